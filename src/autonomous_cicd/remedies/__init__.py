"""Remedies: one file for one kind of cause."""
