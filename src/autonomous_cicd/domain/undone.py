"""Undone: whether a commit took a change over, or took it back."""

from __future__ import annotations

from collections import Counter

from autonomous_cicd.domain.patch import FileChange, Patch

__all__ = ["takes_back", "takes_over"]


def takes_over(commit: Patch, ours: Patch) -> bool:
    """Whether a commit does all that a change of ours does, perhaps among other things."""
    theirs = {one.name: one for one in commit}
    return bool(ours) and all(
        one.name in theirs
        and (one.executable == one.was_executable or theirs[one.name].executable == one.executable)
        and all(map(_within, one.lines, theirs[one.name].lines))
        for one in ours
    )


def takes_back(commit: Patch, ours: Patch, subject: str = "") -> bool:
    """Whether a commit does the reverse of a change of ours, and nothing else to its files.

    When its subject says that it reverts something it may do more.
    """
    back = Patch.of(_reversed(one) for one in ours)
    if not takes_over(commit, back):
        return False
    names = set(ours.files)
    rest = [one for one in commit if one.name in names]
    return subject.lower().startswith("revert") or takes_over(back, Patch.of(rest))


def _reversed(change: FileChange) -> FileChange:
    return FileChange(
        name=change.name,
        before=change.after,
        after=change.before,
        was_executable=change.executable,
        executable=change.was_executable,
    )


def _within(few: tuple[str, ...], many: tuple[str, ...]) -> bool:
    return Counter(few) <= Counter(many)
