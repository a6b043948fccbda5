"""Keeps software green by itself: runs a project's pipeline, and heals what breaks."""

__version__ = "0.1.0"
