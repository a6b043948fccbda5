"""Python."""

from autonomous_cicd.ecosystems.python.plugin import Python

__all__ = ["Python"]
