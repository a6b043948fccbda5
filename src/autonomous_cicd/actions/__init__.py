"""Workflow actions carried out by our own means."""
