"""Which of the things that were seen in a log is the root cause, and which ones only follow from it."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum

from autonomous_cicd.domain.diagnosis import Category, Role, Sighting
from autonomous_cicd.domain.log import Log, Mark, Sign
from autonomous_cicd.values import dataclass

__all__ = ["Cause", "Outcome", "causes", "outcome"]

SAME_REPORT = 15
"""Lines within which a tool tells first what failed, and then why."""
NEAR_END = 12
"""Lines before the end of a log in which a mere hint is believed, though nobody says that the run failed."""
GOES_ON = 2
"""Lines that must follow when something is tried again: else nobody knows what came of it."""
RETRIED = 4
"""Lines behind a failure within which it is said that it is tried again."""
BELIEVED = 0.5
"""Confidence that a cause needs to be believed, though nobody says that the run failed."""

NEAR_ABOVE, NEAR_BELOW = 6, 25
"""Lines above and below a cause in which an effect proves that it was fatal."""
NEARLY = 0.13
"""Difference of confidence that decides less than which came first."""
WARNED = 0.4
"""What is left of the confidence in what is told as a warning."""
LONG, LATE = 150, 60
"""Lines of a log, and lines behind a cause, from which on it must be proven that it ended anything."""
SURVIVED = 0.4
"""What is left of the confidence in something that other steps followed upon."""
OUTLIVED = 0.8
"""The same when it was fatal for its command: what followed may be the cleaning up."""
IGNORED = 0.25
AFTERWARDS = 0.5
"""What is left when the run had ended: clean-up, or a step that runs always."""
RECOVERED = 0.5
UNPROVEN = 0.8
"""What is left when nothing near says that it was fatal."""
_WARNING = re.compile(r"(?i)(?:##\[warning\]|\W*(?:\d+ )?(?:warn(?:ing)?\b|\[warn))")
_ROLES = {Role.CAUSE: 1.0, Role.HINT: 0.6, Role.EFFECT: 0.25}

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
    """Return how the run ended: what the host says last."""
    last = next(
        (mark.sign for mark in reversed(marks) if mark.sign in (Sign.RUN_FAILED, Sign.RUN_PASSED)), None
    )
    if last is Sign.RUN_FAILED:
        return Outcome.FAILED
    if last is Sign.RUN_PASSED:
        return Outcome.PASSED
    cleaned = any(mark.sign is Sign.CLEAN_UP for mark in marks)
    # An action that fails only says what: the host does not add that the step failed.
    announced = any(_announced(one, log) for one in sightings)
    return Outcome.PASSED if cleaned and not announced else Outcome.OPEN


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
    course = _Course(sightings, marks, log)
    own = list(_not_covered(sightings))
    scored = [(one, one.confidence * doubt(one) * course.weight(one)) for one in own]
    if how is Outcome.OPEN:
        scored = [(one, score) for one, score in scored if course.stands(one, score)]
    return _grouped(_ordered(scored))


def _ordered(scored: Sequence[tuple[Sighting, float]]) -> list[tuple[Sighting, float]]:
    """Order by how sure it is; of what is nearly as sure, what came first leads."""
    rest = sorted(scored, key=lambda pair: -pair[1])
    found: list[tuple[Sighting, float]] = []
    while rest:
        level = [pair for pair in rest if pair[1] > rest[0][1] - NEARLY]
        found += sorted(level, key=lambda pair: pair[0].line)
        rest = rest[len(level) :]
    return found


def _not_covered(sightings: Sequence[Sighting]) -> Iterator[Sighting]:
    """Leave out what a parser has understood as a part of something else."""
    covers = [one for one in sightings if one.covers != (0, 0)]
    yield from (one for one in sightings if not any(_within(one, cover) for cover in covers))


def _within(one: Sighting, cover: Sighting) -> bool:
    first, last = one.covers if one.covers != (0, 0) else (one.line, one.line)
    inside = cover.covers[0] <= first and last <= cover.covers[1]
    return inside and one.covers != cover.covers and one.rule != cover.rule


def _announced(sighting: Sighting, log: Log) -> bool:
    """Whether the host itself calls it an error."""
    return log[sighting.line].startswith("##[error]")


class _Course:
    """The course of a run: which commands it went through, and where it ended."""

    def __init__(self, sightings: Sequence[Sighting], marks: Sequence[Mark], log: Log) -> None:
        covers = [one.covers for one in sightings if one.covers != (0, 0)]
        commands = [mark for mark in marks if mark.sign is Sign.COMMAND and not _inside(mark.line, covers)]
        self._log = log
        self._end = log.count
        self._commands = [mark.line for mark in commands]
        self._passed = [mark.line for mark in marks if mark.sign is Sign.STEP_PASSED]
        self._retries = [mark.line for mark in marks if mark.sign is Sign.RETRY]
        failed = [mark.line for mark in marks if mark.sign in (Sign.STEP_FAILED, Sign.RUN_FAILED)]
        self._failed = sorted([*failed, *(one.line for one in sightings if one.role is Role.EFFECT)])
        stop = _first_after([mark.line for mark in marks if mark.sign is Sign.RUN_FAILED], 0, 0)
        self._stop = stop or self._end
        steps = [mark.line for mark in commands if not mark.text.startswith("+")]
        self._fatal = _chained(sightings, self._near)
        self._step = _last_before(steps, self._stop)
        self._command = _last_before(self._commands, self._stop)

    def weight(self, sighting: Sighting) -> float:
        """Return by what the confidence is multiplied because of where in the run it was seen."""
        weight = _ROLES[sighting.role]
        if _WARNING.match(self._log[sighting.line]):
            weight *= WARNED
        if _announced(sighting, self._log):
            return weight
        proven = self._proven(sighting)
        if sighting.line > self._stop:
            weight *= AFTERWARDS
        elif sighting.line < self._step:
            weight *= SURVIVED
        elif sighting.line < self._command:
            weight *= IGNORED if self._ignored(sighting) else OUTLIVED if proven else SURVIVED
        if self._recovered(sighting):
            weight *= RECOVERED
        return weight if proven else weight * UNPROVEN

    def stands(self, sighting: Sighting, score: float) -> bool:
        """Whether a sighting is believed though nobody says that the run failed."""
        if _announced(sighting, self._log) and sighting.role is not Role.EFFECT:
            return True
        if self._recovered(sighting):
            return False
        strong = sighting.role is Role.CAUSE and sighting.confidence >= BELIEVED
        if sighting.line < self._command:
            good = _first_after(self._passed, sighting.line, 0)
            return strong and self._proven(sighting) and not self._ignored(sighting) and not good
        if self._end > LONG and not self._proven(sighting) and self._end - sighting.line > LATE:
            return False  # a long log that goes on well after it
        return (strong and score >= BELIEVED * UNPROVEN) or self._end - sighting.line < NEAR_END

    def _proven(self, sighting: Sighting) -> bool:
        """Whether this was fatal: something says so near to it, or it is of a list that ended so."""
        return (sighting.rule, sighting.line) in self._fatal

    def _near(self, sighting: Sighting) -> bool:
        """Whether something says near to it, in the same command, that this was fatal."""
        last = max(sighting.line, sighting.covers[1])
        until = min(_first_after(self._commands, last, self._end + 1), last + NEAR_BELOW)
        first = max(_last_before(self._commands, sighting.line + 1), sighting.line - NEAR_ABOVE)
        return sighting.covers != (0, 0) or _last_between(self._failed, first, until + 1) > 0

    def _ignored(self, sighting: Sighting) -> bool:
        """Whether the command that follows says that the failure does not matter."""
        following = self._log[_first_after(self._commands, sighting.line, 0)]
        return following.lstrip("+ ") in ("true", ":")

    def _recovered(self, sighting: Sighting) -> bool:
        """Whether the same command says behind it that all is well, or that it is tried again."""
        if sighting.category is Category.COVERAGE_GATE:
            return False  # that all tests passed does not mend it
        until = _first_after(self._commands, sighting.line, self._end + 1)
        last = max(sighting.line, sighting.covers[1])
        good = _last_between(self._passed, last, until)
        bad = _last_between(self._failed, last, until)
        retried = _first_after(self._retries, sighting.line, 0)
        again = 0 < retried <= last + RETRIED and retried + GOES_ON < self._end
        return good > bad or again


def _chained(sightings: Sequence[Sighting], near: Callable[[Sighting], bool]) -> set[tuple[str, int]]:
    """Return the sightings that are fatal, or that another one of their rule follows upon which is."""
    fatal: set[tuple[str, int]] = set()
    following: dict[str, int] = {}
    for one in sorted(sightings, key=lambda one: -one.line):
        after = following.get(one.rule, 0)
        chained = (one.rule, after) in fatal and after - one.line <= NEAR_BELOW
        if chained or near(one):
            fatal.add((one.rule, one.line))
        following[one.rule] = one.line
    return fatal


def _inside(line: int, covers: Sequence[tuple[int, int]]) -> bool:
    """Whether a line is part of what a parser understood: what looks like a command there may be a diff."""
    return any(first <= line <= last for first, last in covers)


def _last_before(lines: Sequence[int], line: int) -> int:
    at = bisect.bisect_left(lines, line)
    return lines[at - 1] if at else 0


def _first_after(lines: Sequence[int], line: int, default: int) -> int:
    at = bisect.bisect_right(lines, line)
    return lines[at] if at < len(lines) else default


def _last_between(lines: Sequence[int], first: int, until: int) -> int:
    found = _last_before(lines, until)
    return found if found > first else 0


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
    return best


def _follows(sighting: Sighting, root: Sighting) -> bool:
    return sighting.role is not Role.CAUSE or sighting.line > root.line
