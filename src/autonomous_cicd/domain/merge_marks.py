"""Merge marks: what is left in a file of a merge that was never ended, and whether both sides can be kept.

Two branches wanted something at the same place. Where the one says all that the other says, that is the end
of it; otherwise only a person knows what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["first_mark", "forgotten", "settled"]

_SIDE = r"(?:(?!(?:<{7}|\|{7}|>{7}) |={7}\r?\n)[^\n]*\n)*"
_UNMERGED = re.compile(
    rf"^<{{7}} [^\n]*\n(?P<ours>{_SIDE})(?:\|{{7}}[^\n]*\n{_SIDE})?"
    rf"={{7}}\r?\n(?P<theirs>{_SIDE})>{{7}} [^\n]*(?:\n|\Z)",
    re.MULTILINE,
)


def first_mark(text: str) -> int:
    """Return the line where the first merge begins that was never ended; 0 when there is none."""
    found = _UNMERGED.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def settled(text: str) -> str:
    """Return a text with all its merges ended so that nothing of either side is lost.

    "" when there is none to end, or the sides of one want different things. A side without any line took away
    what the other one changed.
    """

    def larger(merge: re.Match[str]) -> str:
        """Return the side that holds all of the other."""
        ours, theirs = _lines(merge["ours"]), _lines(merge["theirs"])
        if ours and _holds(theirs, ours) and theirs != ours:
            return merge["theirs"]
        return merge["ours"] if theirs and _holds(ours, theirs) else merge[0]

    ended = _UNMERGED.sub(larger, text)
    return "" if ended == text or _UNMERGED.search(ended) else ended


def forgotten(before: str, after: str) -> bool:
    """Whether a change ends a merge without a line that one of its sides wanted."""
    there = set(_lines(after))
    merges = _UNMERGED.finditer(before)
    return any(not there.issuperset(_lines(merge["ours"] + merge["theirs"])) for merge in merges)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _holds(many: Sequence[str], few: Sequence[str]) -> bool:
    """Whether lines contain others in their order."""
    rest = iter(many)
    return all(line in rest for line in few)
