"""A person's own folder: reads files exactly, and replaces them all at once or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from autonomous_cicd.adapters.places import through_link
from autonomous_cicd.adapters.private_copies import exact_text, fitting, mode_of
from autonomous_cicd.domain.patch import FileChange, Patch
from autonomous_cicd.errors import Conflict, Unavailable

__all__ = ["ProjectFolder", "replace_all"]


class ProjectFolder:
    """A folder in which a person asked for files. No link is followed."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, name: str) -> str | None:
        """Return the text of a file; None where there is none.

        Raises Conflict when something else is there, or on the way there: nothing can be written then.
        """
        text = exact_text(self._root, name)
        fitting(self._root, FileChange(name=name, before=text))
        return text

    def write(self, patch: Patch) -> None:
        """Change files: all of them or none. Raises Conflict, or Unavailable when one cannot be written."""
        replace_all(self._root, patch)


def replace_all(root: Path, patch: Patch) -> None:
    """Put other files in the place of some, each in one step; what was done is undone when one fails."""
    for change in patch:
        fitting(root, change)
    done: list[FileChange] = []
    try:
        for change in patch:
            _replace(root, change)
            done.append(change)
    except BaseException:
        for change in reversed(done):
            with contextlib.suppress(Conflict):  # somebody else changed it since: it is theirs now
                _replace(root, _undone(change))
        raise


def _undone(change: FileChange) -> FileChange:
    return FileChange(
        name=change.name,
        before=change.after,
        after=change.before,
        was_executable=change.executable,
        executable=change.was_executable,
    )


def _replace(root: Path, change: FileChange) -> None:
    """Put another file in the place of one, in one step."""
    path = fitting(root, change)
    try:
        if change.after is None:
            path.unlink()
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        if through_link(str(root), "/".join(change.name.split("/")[:-1])):
            raise Conflict(f"{change.name} lies behind a link")
        mode = mode_of(path, change)
        descriptor, name = tempfile.mkstemp(prefix=".autonomous-cicd-", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(change.after.encode("utf-8"))
                os.fchmod(file.fileno(), mode)
            Path(name).rename(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Unavailable(f"{change.name} cannot be written: {error.strerror}") from error
