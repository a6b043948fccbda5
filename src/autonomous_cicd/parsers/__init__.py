"""Parsers: log formats that need more than one line to be understood."""
