"""Copies: private copies of a checkout with a patch applied.

What stands in a copy was written by the project: no link is followed when it is changed or read.
"""

from __future__ import annotations

import itertools
import os
import stat
from pathlib import Path

from autonomous_cicd.adapters.git_safely import Repository, absolute_path
from autonomous_cicd.adapters.places import above
from autonomous_cicd.domain.patch import FileChange, Patch
from autonomous_cicd.errors import Conflict
from autonomous_cicd.ports import LINK, Checkout, Workspace

__all__ = ["PrivateCopies", "exact_text", "fitting", "mode_of", "write_change"]

LARGEST = 2 * 1024 * 1024
_IDENTITY = ("-c", "user.name=autonomous-cicd", "-c", "user.email=autonomous-cicd@localhost")
_COMMIT = ("commit", "-q", "--no-verify", "--no-gpg-sign", "--allow-empty", "-m", "Try a change")
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC


class PrivateCopies:
    """Private copies in one folder. Implements `Copies`."""

    def __init__(self, workspace: Workspace, folder: Path, *, path: str | None = None) -> None:
        self._workspace = workspace
        self._folder = folder
        self._path = absolute_path(path)
        self._numbers = itertools.count(1)

    def make(self, checkout: Checkout, patch: Patch) -> Checkout:
        """Return a private copy with a patch applied, committed where the checkout has a commit."""
        place = self._folder / str(next(self._numbers)) / Path(above(checkout.root, checkout.prefix)).name
        place.parent.mkdir(parents=True, mode=0o700)
        if changed := self._workspace.copy(checkout, place):
            raise Conflict(f"{changed[0]} was changed meanwhile", hint="try it again when nobody works on it")
        root = place / checkout.prefix
        for change in patch:
            write_change(root, change)
        if patch and checkout.commit:
            repository = Repository(str(place), self._path, 60.0).made_safe()
            names = [f"{checkout.prefix}/{name}" if checkout.prefix else name for name in patch.files]
            words = ("update-index", "--add", "--remove", "--replace", "-z", "--stdin")
            repository.ask(*words, told="".join(f"{name}\0" for name in names))
            # A change may undo one that was never committed: then nothing differs from HEAD.
            repository.ask(*_IDENTITY, *_COMMIT)
        return self._workspace.checkout(root)

    def changes(self, copy: Checkout, place: Path) -> Patch:
        """Return how a place differs from the private copy that it was copied from. Text files only."""
        now = self._workspace.checkout(place)
        old, new = self._workspace.hashes(copy), self._workspace.hashes(now)
        found: list[FileChange] = []
        for name in sorted({*old, *new}):
            before, after = old.get(name, ""), new.get(name, "")
            if before == after or LINK in (before[-1:], after[-1:]):
                continue
            texts = [
                exact_text(root, name) if id else None for root, id in ((copy.root, before), (place, after))
            ]
            if (before and texts[0] is None) or (after and texts[1] is None):
                continue  # no text, or too much of it: no remedy of ours writes such a file
            found.append(
                FileChange(
                    name=name,
                    before=texts[0],
                    after=texts[1],
                    was_executable=before.endswith("x"),
                    executable=after.endswith("x"),
                )
            )
        return Patch.of(found)

    def remove(self, copy: Checkout) -> None:
        """Remove a private copy."""
        self._workspace.remove(Path(above(copy.root, copy.prefix)).parent)


def write_change(root: Path, change: FileChange) -> None:
    """Make one change in a folder. Raises Conflict when it does not fit, or would write elsewhere."""
    path = fitting(root, change)
    try:
        if change.after is None:
            path.unlink()
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = mode_of(path, change)
        descriptor = os.open(path, _WRITE, 0o644)
        with os.fdopen(descriptor, "wb") as file:
            file.write(change.after.encode("utf-8"))
            os.fchmod(descriptor, mode)
    except OSError as error:
        raise Conflict(f"{change.name} cannot be changed: {error.strerror}") from error


def fitting(root: Path, change: FileChange) -> Path:
    """Return the place of a file that is as a change wants it. Raises Conflict."""
    name = change.name
    parts = name.split("/")
    if not {"", ".", "..", ".git"}.isdisjoint(parts) or "\0" in name:
        raise Conflict(f"{name!r} is no file of the project")
    folder = root
    for part in parts[:-1]:
        folder = folder / part
        if folder.is_symlink() or (os.path.lexists(folder) and not folder.is_dir()):
            raise Conflict(f"{name} lies behind a link")
    path = root / name
    before = exact_text(root, name)
    if before != change.before or (before is None and os.path.lexists(path)):
        raise Conflict(f"{name} is not what the change was made for")
    return path


def mode_of(path: Path, change: FileChange) -> int:
    """Return the permissions that a file is to have: its own, made executable or not if that is changed."""
    mode = stat.S_IMODE(path.stat().st_mode) if change.before is not None else 0o644
    if change.executable == change.was_executable:
        return mode
    return mode | (mode & 0o444) >> 2 if change.executable else mode & ~0o111


def exact_text(root: Path, name: str) -> str | None:
    """Return exactly what a file holds; None when there is none, or it is no text of bounded size."""
    try:
        descriptor = os.open(root / name, _READ)
    except (OSError, ValueError):
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
            return None
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(LARGEST).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    finally:
        os.close(descriptor)
