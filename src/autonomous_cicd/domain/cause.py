"""Which of the things that were seen in a log is the root cause, and which ones only follow from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum

from autonomous_cicd.domain.course import Course, allowed, announced
from autonomous_cicd.domain.covered import not_covered
from autonomous_cicd.domain.diagnosis import Category, Role, Sighting
from autonomous_cicd.domain.jobs import Job, jobs
from autonomous_cicd.domain.log import Log, Mark, Sign
from autonomous_cicd.domain.survived import Survived
from autonomous_cicd.values import dataclass

__all__ = ["Cause", "Outcome", "causes", "outcome"]

SAME_REPORT = 15
"""Lines within which a tool tells first what failed, and then why."""
NEARLY = 0.13
"""Difference of confidence that decides less than which came first."""
SECTION = "##[section]"
"""How a host begins a step, and ends it."""
CONTAINER = "##[command]"
"""How the host shows that it runs an action in a container."""
STRONG = 0.9
"""Confidence from which on an error at the end of such an action is taken to have ended it."""
SURE = 0.9
"""Confidence of a reader of test reports whose exception says itself what it means."""

_OF_PROGRAM = re.compile(r"CalledProcessError\b|returned non-zero exit (?:status|code)")
"""What tests raise when a program that they call fails."""

_C = Category
_INSTALLING = frozenset({
    _C.NETWORK, _C.RATE_LIMIT, _C.AUTHENTICATION, _C.DEPENDENCY_CONFLICT, _C.LOCKFILE_OUT_OF_SYNC,
    _C.PACKAGING_BUILD, _C.RESOURCE_DISK, _C.PERMISSION,
})  # fmt: skip
_WITHOUT_INSTALL = frozenset({_C.DEPENDENCY_MISSING, _C.IMPORT_ERROR, _C.ENVIRONMENT})
"""What is missing when an installation failed."""


class Outcome(StrEnum):
    """How a run ended, as its log says it."""

    PASSED = "passed"
    FAILED = "failed"
    OPEN = "open"
    """The log does not say it: an excerpt, or the output of a single program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A sighting that counts, how sure it is, and what follows from it."""

    sighting: Sighting
    confidence: float
    more: tuple[Sighting, ...] = ()
    """Others of the same kind."""
    effects: tuple[Sighting, ...] = ()


def outcome(marks: Sequence[Mark], log: Log, sightings: Sequence[Sighting] = ()) -> Outcome:
    """Return how the run ended: red when a job of it did."""
    ends = {_ended(job, log) for job in jobs(sightings, marks, log.count)}
    return next(how for how in (Outcome.FAILED, Outcome.OPEN, Outcome.PASSED) if how in ends)


def _ended(job: Job, log: Log) -> Outcome:
    """Return how a job ended: what the host says last."""
    marks = job.marks
    survived = Survived(marks)
    last = next(
        (
            mark
            for mark in reversed(marks)
            if mark.sign in (Sign.RUN_FAILED, Sign.RUN_PASSED) and not survived.has(mark.line)
        ),
        None,
    )
    if last is not None:
        red = last.sign is Sign.RUN_FAILED and not allowed(last, marks, log)
        return Outcome.FAILED if red else Outcome.PASSED
    # Some hosts tidy up behind every step: that says nothing when another one follows.
    going = max((m.line for m in marks if m.sign is Sign.COMMAND and m.text.startswith(SECTION)), default=0)
    cleaned = next((m.line for m in marks if m.sign is Sign.CLEAN_UP and m.line > going), 0)
    # An action that fails only says what: the host does not add that the step failed.
    told = (one for one in job.sightings if not survived.has(one.line))
    said = any(announced(one, log) for one in told) or _container_failed(job, cleaned)
    return Outcome.PASSED if cleaned and not said else Outcome.OPEN


def _container_failed(job: Job, cleaned: int) -> bool:
    """Whether the last step ran in a container and ended with an error: of those the host says nothing."""
    last = next((m for m in reversed(job.marks) if m.sign is Sign.COMMAND and m.line < cleaned), None)
    if last is None or not last.text.startswith(CONTAINER):
        return False
    first = max(last.line, cleaned - SAME_REPORT)
    return any(
        one.role is Role.CAUSE and one.confidence >= STRONG and first < one.line < cleaned
        for one in job.sightings
    )


def causes(
    sightings: Sequence[Sighting],
    marks: Sequence[Mark],
    log: Log,
    *,
    failed: bool = False,
    doubt: Callable[[Sighting], float] = lambda _: 1.0,
) -> tuple[Cause, ...]:
    """Return the causes, the root cause first; nothing for a run that passed.

    `failed`: whoever ran it knows that it failed. `doubt`: by what the confidence in one is multiplied.
    """
    how = Outcome.FAILED if failed else outcome(marks, log, sightings)
    if how is Outcome.PASSED:
        return ()
    parts = list(jobs(sightings, marks, log.count))
    ended = [how] if len(parts) == 1 else [_ended(job, log) for job in parts]
    scored: list[tuple[Sighting, float]] = []
    for job, own in zip(parts, ended, strict=True):
        if own is not Outcome.PASSED or (failed and Outcome.FAILED not in ended):
            scored += _scored(job, log, doubt, certain=failed or own is Outcome.FAILED)
    return _grouped(_ordered(scored))


def _scored(
    job: Job, log: Log, doubt: Callable[[Sighting], float], *, certain: bool
) -> Iterator[tuple[Sighting, float]]:
    """Yield what counts of a job, and how much. `certain`: it failed."""
    course = Course(job.sightings, job.marks, log, job.end)
    for one in _plainer(list(not_covered(_opened(job.sightings, log)))):
        score = one.confidence * doubt(one) * course.weight(one)
        if certain or course.stands(one, score):
            yield one, score


def _opened(sightings: Sequence[Sighting], log: Log) -> list[Sighting]:
    """Have what a program said count where all that a report says is that this program failed."""
    closed = {one.covers for one in sightings if not _OF_PROGRAM.search(log[one.line])}
    return [
        one if one.covers in closed or one.covers == (0, 0) else replace(one, covers=(0, 0), role=Role.HINT)
        for one in sightings
    ]


def _ordered(scored: Sequence[tuple[Sighting, float]]) -> list[tuple[Sighting, float]]:
    """Order by how sure it is; of what is nearly as sure, what came first leads."""
    rest = sorted(scored, key=lambda pair: -pair[1])
    found: list[tuple[Sighting, float]] = []
    while rest:
        level = [pair for pair in rest if pair[1] > rest[0][1] - NEARLY]
        found += sorted(level, key=lambda pair: pair[0].line)
        rest = rest[len(level) :]
    return found


def _plainer(sightings: Sequence[Sighting]) -> list[Sighting]:
    """Leave out that a line is trouble where something says of the same line which."""
    known = {one.line for one in sightings if _says_what(one)}
    return [one for one in sightings if _says_what(one) or one.role is Role.EFFECT or one.line not in known]


def _says_what(one: Sighting) -> bool:
    return one.role is not Role.EFFECT and one.category is not Category.UNKNOWN


def _grouped(scored: Sequence[tuple[Sighting, float]]) -> tuple[Cause, ...]:
    """Put together what is of one kind; what follows from the root cause is told with it."""
    kinds: dict[tuple[str, Category], list[tuple[Sighting, float]]] = {}
    for one, score in scored:
        kinds.setdefault((one.rule, one.category), []).append((one, score))
    found = [
        Cause(sighting=pairs[0][0], confidence=pairs[0][1], more=tuple(one for one, _ in pairs[1:]))
        for pairs in kinds.values()
    ]
    if not found:
        return ()
    root = _root(found)
    others = [one for one in found if one.sighting is not root.sighting]
    effects = tuple(one for one in others if _follows(one.sighting, root.sighting))
    own = replace(root, effects=tuple(one.sighting for one in effects))
    return (own, *(one for one in others if one not in effects or one.sighting.role is Role.CAUSE))


def _root(found: Sequence[Cause]) -> Cause:
    """Return the best, or what explains that it is missing something."""
    best = found[0]
    if best.sighting.category in _WITHOUT_INSTALL:
        earlier = [
            one
            for one in found[1:]
            if one.sighting.category in _INSTALLING
            and one.sighting.role is Role.CAUSE
            and one.sighting.line < best.sighting.line - SAME_REPORT
        ]
        if earlier:
            return replace(earlier[0], confidence=max(earlier[0].confidence, best.confidence * 0.9))
    if best.sighting.category is _C.TEST_FAILURE:
        # Where a package is missing, tests that only see the consequence fail by their assertions.
        missing = [one for one in found[1:] if _lacks(one.sighting, best.sighting)]
        return missing[0] if missing else best
    return best


def _lacks(one: Sighting, other: Sighting) -> bool:
    """Whether one test of a report fails for want of a package, by which another one may fail as well."""
    same = one.rule == other.rule and one.role is Role.CAUSE
    return same and one.category is _C.DEPENDENCY_MISSING and one.confidence >= SURE


def _follows(sighting: Sighting, root: Sighting) -> bool:
    return sighting.role is not Role.CAUSE or sighting.line > root.line
