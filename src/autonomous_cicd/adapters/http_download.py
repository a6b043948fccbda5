"""Download, Sink: something large that a service sends, in a file that has no name."""

from __future__ import annotations

import tempfile
import zipfile
from typing import IO

from autonomous_cicd.values import dataclass

__all__ = ["Download", "Sink"]


@dataclass(frozen=True, slots=True)
class Download:
    """Something large that a service sent. Its file is gone when it is closed."""

    file: IO[bytes]
    notes: tuple[str, ...] = ()
    """What is missing of it."""


class Sink:
    """Takes what is sent; of several attempts that all broke off it keeps the one that came furthest."""

    def __init__(self, most: int) -> None:
        """Take how many bytes are kept."""
        self._most = most
        self._file: IO[bytes] | None = None
        self._best: IO[bytes] | None = None
        self._furthest = 0
        self.size = 0
        self.notes: list[str] = []

    def begin(self) -> None:
        """Begin an attempt."""
        self._compare()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - who downloads closes it
        self.size = 0
        self.notes = []

    def write(self, block: bytes) -> bool:
        """Take a part; False when no more is wanted."""
        if self._file is None:
            return False
        left = self._most - self.size
        self._file.write(block[:left])
        self.size += min(len(block), left)
        if len(block) > left:
            self.notes = [f"only its first {self._most >> 20} MB were read"]
            return False
        return True

    def broken(self) -> bool:
        """Return whether it is an archive without its end."""
        if self._file is None or self.notes:
            return False
        self._file.seek(0)
        begins = self._file.read(4)
        found = begins == b"PK\x03\x04" and not zipfile.is_zipfile(self._file)
        self._file.seek(0, 2)
        return found

    def give_up(self, note: str) -> None:
        """Be content with the attempt that came furthest."""
        self._compare()
        self._file, self._best = self._best, None
        self.notes = [note]

    def download(self) -> Download:
        """Return what was sent, to be read from its beginning."""
        if self._file is None:
            self.begin()
        if self._best:
            self._best.close()
        file, self._file, self._best = self._file, None, None
        assert file is not None
        file.seek(0)
        return Download(file, tuple(self.notes))

    def close(self) -> None:
        """Forget what was sent."""
        for file in (self._file, self._best):
            if file:
                file.close()
        self._file = self._best = None
        self._furthest = self.size = 0

    def _compare(self) -> None:
        if self._file is None:
            return
        if self._best is None or self.size > self._furthest:
            if self._best:
                self._best.close()
            self._best, self._furthest = self._file, self.size
        else:
            self._file.close()
        self._file = None
