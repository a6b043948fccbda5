"""Past: the commits that led to a checkout, and what each of them changed.

Nothing that the repository's own configuration names is started, see `git_safely`; nothing is fetched.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from autonomous_cicd.adapters.files import LARGEST
from autonomous_cicd.adapters.git_safely import absolute_path
from autonomous_cicd.adapters.history import Place, commits_of, place_of
from autonomous_cicd.domain.change import MOST_FILES, Commit
from autonomous_cicd.domain.patch import FileChange, Patch
from autonomous_cicd.errors import NotFound, UsageError
from autonomous_cicd.values import dataclass

__all__ = ["GitPast"]

MOST_BYTES = 32 * 1024 * 1024
"""Bytes of all the texts of one patch."""

_LOG = (
    *("log", "-z", "--format=%x00%H%x00%at%x00%s%x00%b", "--name-only", "--no-renames", "--first-parent"),
    *("--diff-merges=first-parent", "--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-color"),
    *("--no-notes", "--no-mailmap"),
)
_TREES = ("diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv")
_NO_TREE = {
    40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
"""The tree without files, by the length of its id."""
_FILES = ("100644", "100755", "100664")
_ABSENT = "000000"


class GitPast:
    """What git knows of how a checkout came to be. Implements `Past`."""

    def __init__(
        self, root: Path, green: str = "", *, path: str | None = None, timeout: float = 60.0
    ) -> None:
        """Take the checkout, and the commit of the last run that passed here, as far as it is known."""
        self.green = green
        self._root = root
        self._path = absolute_path(path)
        self._timeout = timeout
        self._found: Place | None = None

    def commits(self, limit: int = 50) -> tuple[Commit, ...]:
        """Return the newest commits along the first parents, the newest first."""
        try:
            place = self._place()
        except UsageError:
            return ()
        if limit < 1 or not place.ids(["HEAD^{commit}"])[0]:
            return ()
        records = place.repository.ask(*_LOG, f"-n{limit}", "--end-of-options", "HEAD")
        return tuple(self._known(commits_of(records, place), place))

    def patch_of(self, commit: str) -> Patch:
        """Return what a commit changed against its first parent, for a root commit against nothing.

        Files that are no text, or over 2 MB, are left out. Raises NotFound for a commit that is not there, or
        of which the parent is not, as in a shallow clone.
        """
        place = self._place()
        whole = place.commit(commit)
        parent = _parent(place, whole)
        new, old = place.ids([f"{whole}^{{tree}}", f"{parent or whole}^{{tree}}"])
        if not (new and old):
            hint = "`git fetch --unshallow` gets the older commits"
            raise NotFound(f"the parent of {whole[:12]} is not there", hint=hint)
        old = old if parent else _NO_TREE[len(whole)]
        records = place.repository.ask(*_TREES, "--end-of-options", old, new)
        entries = [one for one in _entries(records) if one.name.startswith(place.below)][:MOST_FILES]
        try:
            texts = _texts(place, entries)
        except UsageError as error:
            raise NotFound(f"what {whole[:12]} changed is not there: {error}", hint=error.hint) from error
        return Patch.of(
            one.change(place.below, texts)
            for one in entries
            if all(id in texts for id in (one.old, one.new) if id)
        )

    def _place(self) -> Place:
        if self._found is None:
            self._found = place_of(self._root, self._path, self._timeout)
        return self._found

    def _known(self, commits: Iterable[Commit], place: Place) -> list[Commit]:
        """Return the commits; of one whose parent is not there nobody knows what it changed."""
        found = list(commits)
        if found and (parent := _parent(place, found[-1].id)) and not place.ids([parent])[0]:
            last = found[-1]
            found[-1] = replace(last, files=())
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A file that differs between two trees; an id is "" where there is no such file."""

    name: str
    old: str
    new: str
    was_executable: bool
    executable: bool

    def change(self, below: str, texts: Mapping[str, str]) -> FileChange:
        """Return it with its texts, by its name below a folder."""
        return FileChange(
            name=self.name[len(below) :],
            before=texts[self.old] if self.old else None,
            after=texts[self.new] if self.new else None,
            was_executable=self.was_executable,
            executable=self.executable,
        )


def _parent(place: Place, commit: str) -> str:
    """Return the first parent as the commit itself names it: a shallow clone knows of none."""
    text = "\0".join(place.repository.ask("cat-file", "commit", commit))
    head = text.partition("\n\n")[0].split("\n")
    return next((line[7:] for line in head if line.startswith("parent ")), "")


def _entries(records: Sequence[str]) -> list[_Entry]:
    """Read pairs of `:mode mode id id letter` and a name. Links and submodules are left out."""
    found = []
    for said, name in zip(records[::2], records[1::2], strict=False):
        modes = said.removeprefix(":").split(" ")
        if len(modes) == 5 and all(mode in (*_FILES, _ABSENT) for mode in modes[:2]):
            found.append(
                _Entry(
                    name=name,
                    old="" if modes[0] == _ABSENT else modes[2],
                    new="" if modes[1] == _ABSENT else modes[3],
                    was_executable=modes[0] == "100755",
                    executable=modes[1] == "100755",
                )
            )
    return found


def _texts(place: Place, entries: Iterable[_Entry]) -> dict[str, str]:
    """Return the texts of the blobs that are there, are text and not too large, by their ids."""
    ids = list(dict.fromkeys(id for one in entries for id in (one.old, one.new) if id))
    if not ids:
        return {}
    told = "".join(f"{id}\n" for id in ids)
    sizes = "".join(place.repository.ask("cat-file", "--batch-check=%(objectsize)", told=told)).splitlines()
    small, total = [], 0
    for id, told_size in zip(ids, sizes, strict=True):
        length = int(told_size) if told_size.isdecimal() else LARGEST + 1
        if length <= LARGEST and total + length <= MOST_BYTES:
            small.append((id, length))
            total += length
    if not small:
        return {}
    asked = "".join(f"{id}\n" for id, _ in small)
    data = os.fsencode("\0".join(place.repository.ask("cat-file", "--batch=%(objectsize)", told=asked)))
    found: dict[str, str] = {}
    at = 0
    for id, size in small:
        start = data.index(b"\n", at) + 1
        at = start + size + 1
        if (text := _text(data[start : start + size])) is not None:
            found[id] = text
    return found


def _text(data: bytes) -> str | None:
    """Return a file's text as `Files` reads it; None when it is none."""
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
