"""Files that a command was told to write its report to."""

from __future__ import annotations

import os
from pathlib import Path

from autonomous_cicd.errors import UsageError

__all__ = ["check_writable", "write_file"]


def check_writable(path: Path) -> None:
    """Refuse a report file that cannot be written before anything is run for it."""
    if path.is_dir() or not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        raise UsageError(f"{path} cannot be written", hint="name a file in a folder that exists")


def write_file(name: str, text: str) -> None:
    """Write a report. Raises UsageError when the disk is full, or the folder has gone meanwhile."""
    try:
        Path(name).write_text(text, encoding="utf-8")
    except OSError as error:
        hint = "the run has its record: `autonomous-cicd show last --json`"
        raise UsageError(f"{name} cannot be written: {error.strerror}", hint=hint) from error
