"""The files of a project as they are with a patch that was not written anywhere."""

from __future__ import annotations

from collections.abc import Sequence

from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.ports import Files

__all__ = ["PatchedFiles"]


class PatchedFiles:
    """Files with a patch. Implements `Files`."""

    def __init__(self, files: Files, patch: Patch) -> None:
        self._files = files
        self._changed = {one.name: one.after for one in patch}
        gone = {name for name, text in self._changed.items() if text is None}
        self._names = tuple(sorted({*files.names, *self._changed} - gone))

    @property
    def names(self) -> Sequence[str]:
        """Relative paths with forward slashes, sorted."""
        return self._names

    def read(self, name: str) -> str:
        """Return the text of a file: "" when it is absent, leads out of the project or is over 2 MB."""
        if name in self._changed:
            return self._changed[name] or ""
        return self._files.read(name)

    def lines(self, name: str) -> int:
        """Return how many lines a text file has."""
        if name in self._changed:
            text = self._changed[name] or ""
            return text.count("\n") + (bool(text) and not text.endswith("\n"))
        return self._files.lines(name)
