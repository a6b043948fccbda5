"""Jobs: a log in which several jobs stand one behind the other, taken apart."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from itertools import pairwise

from autonomous_cicd.domain.diagnosis import Sighting
from autonomous_cicd.domain.log import Mark, Sign
from autonomous_cicd.values import dataclass

__all__ = ["STEP", "Job", "jobs"]

STEP = "##[group]Run "
"""How a step begins whose script the host shows."""

MANY = 3
"""Steps from which on it is told that no other kind is shown; two that are the same are of two jobs."""


@dataclass(frozen=True, slots=True)
class Job:
    """What was seen in the lines of one job, and what they say of its course."""

    sightings: tuple[Sighting, ...]
    marks: tuple[Mark, ...]
    end: int
    """Its last line."""


def jobs(sightings: Sequence[Sighting], marks: Sequence[Mark], end: int) -> Iterator[Job]:
    """Yield the jobs of a log, which has so many lines; what ended one of them says nothing of another."""
    starts = [mark.line for mark in marks if mark.sign is Sign.JOB]
    borders = (starts if len(starts) > 1 else _red_steps(marks))[1:]
    seen, said = [one.line for one in sightings], [mark.line for mark in marks]
    for first, following in pairwise([0, *borders, end + 1]):
        yield Job(
            tuple(sightings[bisect.bisect_left(seen, first) : bisect.bisect_left(seen, following)]),
            tuple(marks[bisect.bisect_left(said, first) : bisect.bisect_left(said, following)]),
            following - 1,
        )


def _red_steps(marks: Sequence[Mark]) -> list[int]:
    """Return where the steps begin of a log that shows nothing but steps that failed, of any job."""
    if any(mark.sign in (Sign.CLEAN_UP, Sign.JOB) for mark in marks):
        return []
    steps = [mark for mark in marks if mark.sign is Sign.COMMAND and mark.text.startswith(STEP)]
    if len(steps) < MANY and len({step.text for step in steps}) == len(steps):
        return []
    begun = [step.line for step in steps]
    ends = [m.line for m in marks if m.sign is Sign.RUN_FAILED and m.text.startswith("##[error]")]
    last = ends[-1] + 1 if ends else 0
    red = all(
        bisect.bisect(ends, first) < bisect.bisect(ends, until) for first, until in pairwise([*begun, last])
    )
    return begun if red else []
