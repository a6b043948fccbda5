"""What takes long to make, and may be put into a new state folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

__all__ = ["Warm"]

Warm = Callable[[Path], None]
"""Puts it there."""
