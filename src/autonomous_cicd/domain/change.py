"""Change, Commit, Changes: what became different between two states of a project."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from autonomous_cicd.values import dataclass

__all__ = ["MOST_COMMITS", "MOST_FILES", "Change", "Changes", "Commit", "Kind"]

MOST_COMMITS = 50
"""Commits that are told, the newest."""
MOST_FILES = 5_000
"""Changed files that are told."""


class Kind(StrEnum):
    """What happened to a file. One that was renamed is removed under one name and added under another."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """A file that is not what it was."""

    file: str
    """Relative to the project's folder, with forward slashes."""
    kind: Kind = Kind.CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit, with the files that it touches."""

    id: str
    subject: str = ""
    body: str = ""
    """What its author says below the subject; only the beginning, and not where a host tells the commit."""
    written: float = 0.0
    """When its author wrote it: seconds since the epoch."""
    files: tuple[str, ...] = ()
    """None for a merge: its parents have them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What changed on the way from one state of a project to another."""

    files: tuple[Change, ...] = ()
    """Sorted by name; at most `MOST_FILES`."""
    commits: tuple[Commit, ...] = ()
    """The newest first; at most `MOST_COMMITS`."""

    def and_then(self, later: Changes) -> Changes:
        """Return these changes with those that came after them; of a file, the later kind holds."""
        files = {one.file: one for one in (*self.files, *later.files)}
        together = tuple(files[name] for name in sorted(files))
        return replace(
            self, files=together[:MOST_FILES], commits=(*later.commits, *self.commits)[:MOST_COMMITS]
        )
