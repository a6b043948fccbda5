"""Covered: which lines and sightings are part of what a parser has understood as one thing."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from autonomous_cicd.domain.diagnosis import Sighting

__all__ = ["Covers", "not_covered"]


class Covers:
    """The lines that the reports of parsers take up."""

    def __init__(self, sightings: Iterable[Sighting]) -> None:
        """Take what was seen."""
        spans = sorted(one.covers for one in sightings if one.covers != (0, 0))
        self._starts = [first for first, _ in spans]
        self._ends = list(accumulate((last for _, last in spans), max))

    def has(self, line: int) -> bool:
        """Whether a line is part of one: what looks like a command there may be a diff."""
        at = bisect.bisect_right(self._starts, line)
        return at > 0 and self._ends[at - 1] >= line


def not_covered(sightings: Sequence[Sighting]) -> Iterator[Sighting]:
    """Yield, in their order, those that are no part of what another rule has understood."""
    waiting = sorted((one for one in sightings if one.covers != (0, 0)), key=lambda one: -one.covers[0])
    widest: dict[str, tuple[int, int]] = {}
    covered: set[int] = set()
    for at in sorted(range(len(sightings)), key=lambda at: _span(sightings[at])[0]):
        one = sightings[at]
        first, last = _span(one)
        while waiting and waiting[-1].covers[0] <= first:
            cover = waiting.pop()
            reach = cover.covers[1], -cover.covers[0]
            widest[cover.rule] = max(widest.get(cover.rule, reach), reach)
        # What covers the very same lines is no whole of which this is a part.
        needed = last, -first + (one.covers != (0, 0))
        if any(reached >= needed for rule, reached in widest.items() if rule != one.rule):
            covered.add(at)
    yield from (one for at, one in enumerate(sightings) if at not in covered)


def _span(one: Sighting) -> tuple[int, int]:
    return one.covers if one.covers != (0, 0) else (one.line, one.line)
