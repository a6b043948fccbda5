"""Reads a project's files from the disk, and nothing outside the project."""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Sequence
from pathlib import Path

__all__ = ["LARGEST", "ProjectFiles"]

LARGEST = 2 * 1024 * 1024
"""Bytes of the largest file that is read."""

FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC | os.O_NOFOLLOW
"""A fifo without a writer must not block, and a link is looked at before it is followed."""


class ProjectFiles:
    """The files of one folder: what leads out of it, is special or too large reads as empty."""

    def __init__(self, root: Path, names: Sequence[str]) -> None:
        self._root = os.path.realpath(root)
        self._names = tuple(names)
        self._inside: dict[str, bool] = {}

    @property
    def names(self) -> Sequence[str]:
        """Relative paths with forward slashes, sorted."""
        return self._names

    def read(self, name: str) -> str:
        """Return the text of a file: "" when it is absent, leads out of the project or is over 2 MB."""
        return text_of(self._bytes(name) or b"")

    def lines(self, name: str) -> int:
        """Return how many lines a text file has: 0 when it cannot be read or is not text."""
        data = self._bytes(name)
        if not data or b"\0" in data[:8192]:
            return 0
        return data.count(b"\n") + (not data.endswith(b"\n"))

    def size(self, name: str) -> int:
        """Return the bytes of a file without reading it: 0 when there is none inside the project."""
        descriptor = self._open(name)
        if descriptor is None:
            return 0
        try:
            return regular_size(descriptor) or 0
        finally:
            os.close(descriptor)

    def _bytes(self, name: str) -> bytes | None:
        descriptor = self._open(name)
        if descriptor is None:
            return None
        try:
            size = regular_size(descriptor)
            if size is None or size > LARGEST:
                return None
            return read_all(descriptor)
        except OSError:
            return None
        finally:
            os.close(descriptor)

    def _open(self, name: str) -> int | None:
        path = os.path.join(self._root, name)  # noqa: PTH118 - thousands of files, and pathlib is slow
        try:
            if not self._holds(os.path.dirname(path)):  # noqa: PTH120
                return None
            if os.path.islink(path):  # noqa: PTH114
                path = os.path.realpath(path)
                if not self._contains(path):
                    return None
            return os.open(path, FLAGS)
        except (OSError, ValueError):
            return None

    def _holds(self, folder: str) -> bool:
        """Return whether a folder, links in its path followed, is inside the project."""
        known = self._inside.get(folder)
        if known is None:
            known = self._inside[folder] = self._contains(os.path.realpath(folder))
        return known

    def _contains(self, path: str) -> bool:
        return path == self._root or path.startswith(self._root.rstrip(os.sep) + os.sep)


def text_of(data: bytes) -> str:
    """Decode a file: UTF-8, or UTF-16 when its byte order mark says so; undecodable bytes are replaced."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    return data.decode("utf-8-sig", errors="replace")


def regular_size(descriptor: int) -> int | None:
    """Return the bytes of a regular file; None for anything else."""
    status = os.fstat(descriptor)
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def read_all(descriptor: int) -> bytes | None:
    """Return what a file holds; None when it grew over the largest size meanwhile."""
    parts: list[bytes] = []
    total = 0
    while part := os.read(descriptor, LARGEST + 1 - total):
        parts.append(part)
        total += len(part)
        if total > LARGEST:
            return None
    return b"".join(parts)
