"""Reads CI workflow files of the code host, with clear complaints."""
