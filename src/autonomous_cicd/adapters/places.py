"""Where a checkout is, where a private copy may go, and what a file system's refusal means."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autonomous_cicd.errors import Unavailable, UsageError

__all__ = [
    "above",
    "explained",
    "is_inside",
    "new_folder",
    "readable_folder",
    "repository_above",
    "through_link",
]

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_ROOM = "free some space, or let AUTONOMOUS_CICD_STATE_DIR name a folder on a larger disk"


def readable_folder(path: Path) -> str:
    """Return the real path of a folder. Raises UsageError that says what else it is."""
    try:
        root = os.path.realpath(path)
        with os.scandir(root):
            return root
    except FileNotFoundError as error:
        raise UsageError(f"{path} does not exist", hint="give the folder of a project") from error
    except NotADirectoryError as error:
        raise UsageError(f"{path} is not a folder", hint="give the folder that it is in") from error
    except PermissionError as error:
        raise UsageError(
            f"{path} cannot be read: permission denied", hint="ask its owner for access"
        ) from error
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{str(path)!r} cannot be read: {error}", hint="give the folder of a project"
        ) from error


def repository_above(root: str) -> str | None:
    """Return the nearest folder, this one or one above, that has a repository. Raises UsageError."""
    if _is_bare(root):
        raise UsageError(
            f"{root} is a bare repository, it has no files", hint="give the folder of a clone of it"
        )
    folder = root
    while not os.path.lexists(f"{folder}/.git"):
        folder, last = os.path.dirname(folder), folder
        if folder == last:
            return None
    return folder


def _is_bare(root: str) -> bool:
    return (
        not os.path.lexists(f"{root}/.git")
        and os.path.isfile(f"{root}/HEAD")
        and os.path.isdir(f"{root}/objects")
        and os.path.isdir(f"{root}/refs")
    )


def above(root: Path, prefix: str) -> str:
    """Return the folder in which `root` is called `prefix`."""
    return str(root.parents[prefix.count("/")] if prefix else root)


def new_folder(path: Path, source: str) -> str:
    """Make a folder for a copy of `source`, or take an empty one. Raises UsageError."""
    target = os.path.realpath(path)
    if is_inside(target, source):
        raise UsageError(
            f"a copy of {source} cannot be made inside it, at {target}", hint="choose another place"
        )
    with explained(target):
        try:
            os.mkdir(target, 0o700)
        except FileExistsError as error:
            if not os.path.isdir(target) or os.listdir(target):
                raise UsageError(f"{target} is in the way of a copy", hint="remove it") from error
    return target


def is_inside(path: str, folder: str) -> bool:
    """Return whether a path is that folder or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/") or not folder


def through_link(root: str, folder: str) -> bool:
    """Return whether a folder of `root` is no real folder all the way."""
    path = root
    for part in folder.split("/") if folder else ():
        path = f"{path}/{part}"
        if part == ".." or os.path.islink(path) or not os.path.isdir(path):
            return True
    return False


@contextmanager
def explained(place: object) -> Iterator[None]:
    """Turn what the file system says into an error that tells what to do."""
    try:
        yield
    except OSError as error:
        where = error.filename2 or error.filename or place
        if isinstance(where, bytes | int):
            where = place
        if error.errno in _FULL:
            raise Unavailable(f"no space is left on the disk of {place}", hint=_ROOM) from error
        if isinstance(error, PermissionError):
            raise UsageError(
                f"{where} cannot be read or written: permission denied",
                hint="mend its permissions, or let .gitignore leave it out",
            ) from error
        raise Unavailable(f"{where}: {error.strerror or error}") from error
