"""Diagnose: a log in, its failures out, the root cause first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from autonomous_cicd.domain.cause import Cause, Outcome, causes, outcome
from autonomous_cicd.domain.change import Changes
from autonomous_cicd.domain.diagnosis import Category, Failure, Sighting
from autonomous_cicd.domain.encoded import as_utf8
from autonomous_cicd.domain.jobs import STEP
from autonomous_cicd.domain.log import Log, Sign
from autonomous_cicd.domain.suspects import suspects
from autonomous_cicd.plugins import Parser
from autonomous_cicd.rules.book import Book
from autonomous_cicd.services.explain import Known, explain
from autonomous_cicd.services.green import Green
from autonomous_cicd.services.passed import FirstLook, ends_of
from autonomous_cicd.services.scan import Scan, Seen
from autonomous_cicd.services.surmise import GUESS, surmised
from autonomous_cicd.values import dataclass

__all__ = ["Diagnoser", "Diagnosis", "Green", "Heard"]

USUAL = 0.2
"""What is left of the confidence in something that stands in the last green log too."""
WEAK = 0.45
"""Confidence in a cause up to which the likeliest lines of the step that failed are told as well."""
MOST = 50
"""Failures that are told of one log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What a log says."""

    outcome: Outcome
    failures: tuple[Failure, ...]
    lines: int
    bytes: int
    notes: tuple[str, ...] = ()
    """What was left out of it, and what an agent was asked in vain."""
    unread: tuple[str, ...] = ()
    """What was left out of it: that it has no failure is not known then."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is told after somebody was asked, and what is to be said of that."""

    failures: tuple[Failure, ...]
    notes: tuple[str, ...] = ()


class Diagnoser:
    """Knows the rules and parsers, and tells what is wrong in one log after the other."""

    def __init__(
        self,
        book: Book,
        parsers: Sequence[Parser],
        redact: Callable[[str], str],
        learned: Callable[[Sequence[Failure]], tuple[Failure, ...]] = tuple,
        asked: Callable[[Sequence[Failure], Log], Heard] = lambda failures, _: Heard(tuple(failures)),
    ) -> None:
        """Take what is looked for, what removes secrets, what was learned, and who is asked in doubt."""
        self._book = book
        self._ends = ends_of(book)
        self._parsers = parsers
        self._redact = redact
        self._learned = learned
        self._asked = asked

    def scan(self) -> Scan:
        """Return what takes a log as it comes."""
        return Scan(self._book, self._parsers, self._redact)

    def diagnose(
        self,
        pieces: Iterable[bytes],
        *,
        failed: bool = False,
        unread: Sequence[str] = (),
        green: Green | None = None,
        step: str = "",
        changes: Changes | None = None,
    ) -> Diagnosis:
        """Return what a log says.

        `failed`: whoever ran it knows that it failed. `unread`: what is left out of the pieces, complete when
        they were read. `green`: what is usual when the same job passes. `step`: what printed it.
        `changes`: what became different since the last green run.
        """
        first = FirstLook(self._ends, as_utf8(pieces))
        if not failed and first.passed():
            return Diagnosis(
                outcome=Outcome.PASSED,
                failures=(),
                lines=first.lines,
                bytes=first.bytes,
                notes=tuple(unread),
                unread=tuple(unread),
            )
        scan = self.scan()
        for piece in first.again():
            scan.feed(piece)
        judged = self.judged(scan.end(), failed=failed, green=green, step=step, changes=changes)
        return replace(judged, unread=tuple(unread), notes=(*unread, *judged.notes))

    def judged(
        self,
        seen: Seen,
        *,
        failed: bool = False,
        green: Green | None = None,
        step: str = "",
        changes: Changes | None = None,
    ) -> Diagnosis:
        """Return what was seen means."""

        def doubt(sighting: Sighting) -> float:
            return USUAL if green and green.usual(seen.log[sighting.line]) else 1.0

        found = causes(seen.sightings, seen.marks, seen.log, failed=failed, doubt=doubt)
        how = Outcome.FAILED if failed else outcome(seen.marks, seen.log, seen.sightings)
        if how is not Outcome.PASSED and not any(_known(one) for one in found):
            guessed = surmised(seen, how)
            found = (*guessed, *_others(found, guessed))
        elif how is Outcome.FAILED and found[0].confidence < WEAK:
            guessed = _others(surmised(seen, how), found[:1])
            later = guessed and _goes_before(found[0], guessed[0], seen)
            found = (*guessed, *found) if later else (found[0], *guessed, *found[1:])
        failures = tuple(_explained(cause, seen.log, step, changes) for cause in found[:MOST])
        heard = self._asked(self._learned(failures), seen.log)
        return Diagnosis(
            outcome=how,
            failures=heard.failures,
            lines=seen.log.count,
            bytes=seen.bytes,
            notes=heard.notes,
        )


def _known(cause: Cause) -> bool:
    """Whether a cause says more than a guess would."""
    return cause.confidence >= GUESS and cause.sighting.category is not Category.UNKNOWN


def _goes_before(cause: Cause, other: Cause, seen: Seen) -> bool:
    """Whether a cause is of an earlier step than another one, which the run survived."""
    if cause.sighting.covers != (0, 0):
        return False
    first, last = cause.sighting.line, other.sighting.line
    return any(
        mark.sign is Sign.COMMAND and mark.text.startswith(STEP) and first < mark.line < last
        for mark in seen.marks
    )


def _others(causes: Sequence[Cause], told: Sequence[Cause]) -> tuple[Cause, ...]:
    """Return the causes of lines that are not told yet."""
    lines = {one.sighting.line for one in told}
    return tuple(one for one in causes if one.sighting.line not in lines)


def _explained(cause: Cause, log: Log, step: str, changes: Changes | None) -> Failure:
    """Explain a cause, with what changed and may have led to it."""
    failure = explain(cause, log, Known(step=step))
    found = suspects(failure, changes) if changes else ()
    return explain(cause, log, Known(step=step, suspects=found)) if found else failure
