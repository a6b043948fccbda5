"""Slots: a name for each server process of this machine, the same again after a crash, and never taken twice.

The kernel lets go of the lock when the process dies, however it dies. So whoever gets a name knows that
nobody else works under it any more, and may take back at once what was leased under it.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path

from autonomous_cicd.errors import Unavailable

__all__ = ["Slot"]

MOST = 256
"""Servers that may share a folder."""


class Slot:
    """The right to a name, as long as the process lives."""

    def __init__(self, folder: Path) -> None:
        """Take the first name that is free. Raises Unavailable when there is none."""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._descriptor = next(
                found for number in range(MOST) if (found := _locked(folder, number)) >= 0
            )
            self.name = _name(self._descriptor)
        except OSError as error:
            hint = "set AUTONOMOUS_CICD_STATE_DIR to a folder that can be written to"
            raise Unavailable(f"{folder} cannot be used: {error.strerror}", hint=hint) from error
        except StopIteration as error:
            raise Unavailable(f"{MOST} servers use {folder} already") from error

    def close(self) -> None:
        """Let others have the name."""
        os.close(self._descriptor)


def _locked(folder: Path, number: int) -> int:
    """Return a descriptor that holds the lock of a slot; -1 when somebody else does."""
    descriptor = os.open(folder / f"server-{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return -1
    return descriptor


def _name(descriptor: int) -> str:
    """Return the name that is written in the file; where there is none, write one that nobody else has."""
    written = os.pread(descriptor, 100, 0).decode("ascii", "replace")
    if written.isalnum():
        return written
    name = secrets.token_hex(16)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, name.encode(), 0)
    return name
