"""Puts files back into a folder, never through a link and never outside of it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from autonomous_cicd.errors import Conflict

__all__ = ["Destination", "check_aim", "check_name"]

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_BETWEEN = ".autonomous-cicd.new"
"""Name of a file until it is complete."""
_FORBIDDEN = frozenset({"", ".", "..", ".git"})


class Destination:
    """A folder into which files are put: each appears whole, in place of what had its name."""

    def __init__(self, root: Path) -> None:
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._folder = ""
        self._descriptor = os.dup(self._root)

    def __enter__(self) -> Destination:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)
        os.close(self._root)

    @contextmanager
    def file(self, name: str, mode: int) -> Iterator[int]:
        """Give the descriptor of a new file, put in its place when the block ends well. Raises Conflict."""
        folder, own = self._enter(name)
        self._clear(folder, _BETWEEN)
        descriptor = os.open(_BETWEEN, _NEW, 0o600, dir_fd=folder)
        try:
            yield descriptor
            os.fchmod(descriptor, mode & 0o777)
            self._place(folder, own, name)
        finally:
            os.close(descriptor)
            self._clear(folder, _BETWEEN)

    def link(self, name: str, aim: str) -> None:
        """Make a link that stays inside. Raises Conflict, or ValueError when it would not."""
        check_aim(name, aim)
        folder, own = self._enter(name)
        self._clear(folder, _BETWEEN)
        os.symlink(aim, _BETWEEN, dir_fd=folder)
        self._place(folder, own, name)

    def _enter(self, name: str) -> tuple[int, str]:
        """Return the open folder that a name stands in, and its last part."""
        check_name(name)
        folder, _, own = name.rpartition("/")
        if folder != self._folder:
            os.close(self._descriptor)
            self._descriptor, self._folder = os.dup(self._root), ""
            for part in folder.split("/") if folder else ():
                self._descend(part, name)
            self._folder = folder
        return self._descriptor, own

    def _descend(self, part: str, name: str) -> None:
        outer = self._descriptor
        with suppress(FileExistsError):
            os.mkdir(part, dir_fd=outer)
        try:
            self._descriptor = os.open(part, _FOLDER, dir_fd=outer)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENOTDIR):
                raise Conflict(f"{name} cannot be put back: {part} is a link or a file there") from error
            raise
        os.close(outer)

    @staticmethod
    def _place(folder: int, own: str, name: str) -> None:
        try:
            os.rename(_BETWEEN, own, src_dir_fd=folder, dst_dir_fd=folder)
        except IsADirectoryError as error:
            raise Conflict(f"{name} cannot be put back: it is a folder there") from error

    @staticmethod
    def _clear(folder: int, name: str) -> None:
        try:
            os.unlink(name, dir_fd=folder)
        except FileNotFoundError:
            return


def check_name(name: str) -> None:
    """Refuse a name that leads out of the folder or into its repository. Raises ValueError."""
    if "\0" in name or not _FORBIDDEN.isdisjoint(name.split("/")):
        raise ValueError(f"{name!r} is not the name of a file in the project")


def check_aim(name: str, aim: str) -> None:
    """Refuse a link that leads out of the folder. Raises ValueError.

    It may climb only before it descends: whatever links it then passes, none of them leads out either.
    """
    parts = aim.split("/")
    climbs = next((place for place, part in enumerate(parts) if part != ".."), len(parts))
    if aim.startswith("/") or "\0" in aim or not aim or climbs > name.count("/") or ".." in parts[climbs:]:
        raise ValueError(f"the link {name!r} leads out of the project, to {aim!r}")
