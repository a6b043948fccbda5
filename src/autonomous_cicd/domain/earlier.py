"""What a file said before, and the least of it that puts right what it says now."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

from autonomous_cicd.domain.change import Commit
from autonomous_cicd.domain.patch import FileChange, Patch

__all__ = ["earlier_changes", "earlier_texts", "restored"]

_MOST_HUNKS = 24
_MOST_TRIES = 400
_MOST_PAIRS = 400
_ALIKE = 0.6


def earlier_changes(
    commits: Iterable[Commit], patch_of: Callable[[str], Patch], name: str, most: int = 10
) -> Iterator[FileChange]:
    """Yield the last changes of a file, the newest first."""
    for commit in commits:
        if name in commit.files:
            for change in patch_of(commit.id):
                if change.name == name:
                    yield change
                    most -= 1
            if most <= 0:
                return


def earlier_texts(
    commits: Iterable[Commit], patch_of: Callable[[str], Patch], name: str, most: int = 10
) -> Iterator[str]:
    """Yield what a file said before each of its last changes, the newest first."""
    for change in earlier_changes(commits, patch_of, name, most):
        if change.before:
            yield change.before


def restored(now: str, before: str, fits: Callable[[str], object], near: int = 0) -> str:
    """Return the text with the fewest of its changed places as they were that make it fit; "" when none do.

    Of equally few, those nearest to line `near` (from 1) are taken.
    """
    old, new = before.split("\n"), now.split("\n")
    hunks = list(_hunks(old, new))
    if not hunks or len(hunks) > _MOST_HUNKS:
        return ""
    hunks.sort(key=lambda one: min(abs(one[0] + 1 - near), abs(one[1] - near)))
    tries = 0
    for count in range(1, len(hunks) + 1):
        for chosen in combinations(hunks, count):
            tries += 1
            if tries > _MOST_TRIES:
                return ""
            text = _with(new, chosen)
            if fits(text):
                return text
    return ""


Hunk = tuple[int, int, tuple[str, ...]]
"""Lines of the text as it is now, from 0, and what stood there before."""


def _hunks(old: list[str], new: list[str]) -> Iterator[Hunk]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag == "equal":
            continue
        if last - first == end - start:
            # Lines that face each other are put back one by one: what was wanted beside them stays.
            for number in range(end - start):
                yield start + number, start + number + 1, (old[first + number],)
        else:
            yield from _aligned(old[first:last], new[start:end], start)


def _aligned(old: list[str], new: list[str], start: int) -> Iterator[Hunk]:
    """Yield what differs between unequal numbers of lines, those that resemble each other one by one."""
    if len(old) * len(new) > _MOST_PAIRS:
        yield start, start + len(new), tuple(old)
        return
    left = right = 0
    for one, other in [*_pairs(old, new), (len(old), len(new))]:
        if one > left or other > right:
            yield start + right, start + other, tuple(old[left:one])
        if one < len(old):
            if old[one] != new[other]:
                yield start + other, start + other + 1, (old[one],)
            left, right = one + 1, other + 1


def _pairs(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Return which lines face each other: the most alike that stand in the same order."""
    best: list[list[float]] = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_alike(one, other) for other in new] for one in old]
    for one in range(len(old) - 1, -1, -1):
        for other in range(len(new) - 1, -1, -1):
            paired = alike[one][other] + best[one + 1][other + 1] if alike[one][other] else 0.0
            best[one][other] = max(best[one + 1][other], best[one][other + 1], paired)
    found: list[tuple[int, int]] = []
    one = other = 0
    while one < len(old) and other < len(new):
        if alike[one][other] and best[one][other] == alike[one][other] + best[one + 1][other + 1]:
            found.append((one, other))
            one, other = one + 1, other + 1
        elif best[one][other] == best[one + 1][other]:
            one += 1
        else:
            other += 1
    return found


def _alike(one: str, other: str) -> float:
    ratio = difflib.SequenceMatcher(None, one.strip(), other.strip(), autojunk=False).ratio()
    return ratio if ratio >= _ALIKE else 0.0


def _with(new: list[str], chosen: Iterable[Hunk]) -> str:
    lines = list(new)
    for start, end, before in sorted(chosen, reverse=True):
        lines[start:end] = before
    return "\n".join(lines)
