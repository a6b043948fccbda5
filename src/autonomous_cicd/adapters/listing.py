"""What git says about a working tree, taken together."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import field

from autonomous_cicd.ports import LINK
from autonomous_cicd.values import dataclass

__all__ = ["SUFFIX", "Listing"]

SUFFIX = {"100644": "", "100755": "x", "120000": LINK}
"""What `adapters.tree.content_id` adds to the id of a file of that mode."""
_SUBMODULE = "160000"


@dataclass(slots=True)
class Listing:
    """What a repository says about its working tree."""

    files: set[str] = field(default_factory=set)
    hashes: dict[str, str] = field(default_factory=dict)
    submodules: set[str] = field(default_factory=set)
    commit: str = ""
    branch: str = ""
    dirty: bool = False

    def tracked(self, records: Iterable[str], top: str) -> None:
        """Take what is in the index: `H 100644 <id> 0<tab>name`."""
        for record in records:
            meta, _, name = record.partition("\t")
            tag, mode, id, _ = meta.split(" ")
            if mode == _SUBMODULE:
                self.submodules.add(name)
            elif tag == "H":
                self.files.add(name)
                self.hashes[name] = id + SUFFIX[mode]
            elif os.path.lexists(f"{top}/{name}"):
                self.files.add(name)  # git was told not to look at it, so it does not know

    def status(self, records: Iterable[str]) -> None:
        """Take what differs from the index, and what is not tracked."""
        for record in records:
            kind = record[:1]
            if kind == "#":
                self._header(*record[2:].split(" ", 1))
            elif kind == "?":
                self._untracked(record[2:])
            else:
                self._different(record.split(" ", 8 if kind == "1" else 10))

    def _header(self, key: str, value: str) -> None:
        if key == "branch.oid" and value != "(initial)":
            self.commit = value
        elif key == "branch.head" and value != "(detached)":
            self.branch = value

    def _untracked(self, name: str) -> None:
        self.dirty = True
        if name.endswith("/"):
            self.submodules.add(name.rstrip("/"))
        else:
            self.files.add(name)

    def _different(self, fields: list[str]) -> None:
        self.dirty = True
        name, worktree = fields[-1], fields[1][1]
        if worktree != ".":
            self.hashes.pop(name, None)
        if worktree == "D":
            self.files.discard(name)
