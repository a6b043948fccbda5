"""Tells runs of this machine that are alive from those whose process died, at once and without a clock.

Each run holds a lock on a file beside its private folder. The kernel lets go of it when the process dies,
however it dies; and it holds it while the machine sleeps.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["SUFFIX", "Presence", "folder_size", "the_dead"]

SUFFIX = ".lock"
BLOCK = 512


class Presence:
    """Says that a run is alive, from its making to its end."""

    def __init__(self, runs: Path, run_id: str) -> None:
        """Begin; `runs` is the folder of the private folders of all runs."""
        runs.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = runs / run_id
        """The private folder, that is still to be made."""
        self._place = runs / f"{run_id}{SUFFIX}"
        # It gets its name when the lock is held, so that nobody ever finds it without.
        between = runs / f".{run_id}"
        self._descriptor = os.open(between, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            between.rename(self._place)
        except BaseException:
            os.close(self._descriptor)
            between.unlink(missing_ok=True)
            raise

    def end(self) -> None:
        """Say that nothing of the run is left."""
        self._place.unlink(missing_ok=True)
        os.close(self._descriptor)


def the_dead(runs: Path) -> Iterator[str]:
    """Yield the ids of runs of this machine that died; forget each when what it left was removed.

    A run that somebody else is clearing away is not told twice.
    """
    for place in sorted(runs.glob(f"*{SUFFIX}")):
        with _abandoned(place) as abandoned:
            if abandoned:
                yield place.name.removesuffix(SUFFIX)
                place.unlink(missing_ok=True)


def folder_size(folder: Path) -> int:
    """Return the bytes that a folder has on the disk, whatever becomes of it meanwhile."""
    total = 0
    seen: set[tuple[int, int]] = set()
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                state = os.lstat(os.path.join(place, name))  # noqa: PTH118 - there may be very many
                if state.st_nlink > 1:
                    if (state.st_dev, state.st_ino) in seen:
                        continue
                    seen.add((state.st_dev, state.st_ino))
                total += BLOCK * state.st_blocks
    return total


@contextmanager
def _abandoned(place: Path) -> Iterator[bool]:
    try:
        descriptor = os.open(place, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        yield False
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)
