"""Diagnose: a log in, its failures out, the root cause first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from autonomous_cicd.domain.advice import usual
from autonomous_cicd.domain.cause import Cause, Outcome, causes, outcome
from autonomous_cicd.domain.diagnosis import Category, Failure, Quote, Role, Sighting
from autonomous_cicd.domain.fingerprint import fingerprint
from autonomous_cicd.domain.log import Log, Mark, Sign
from autonomous_cicd.plugins import Parser
from autonomous_cicd.rules.book import Book
from autonomous_cicd.services.scan import Scan, Seen
from autonomous_cicd.values import dataclass

__all__ = ["Diagnoser", "Diagnosis"]

MOST = 50
"""Failures that are told of one log."""
LINES = 20
WIDEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What a log says."""

    outcome: Outcome
    failures: tuple[Failure, ...]
    lines: int
    bytes: int


class Diagnoser:
    """Knows the rules and parsers, and tells what is wrong in one log after the other."""

    def __init__(self, book: Book, parsers: Sequence[Parser], redact: Callable[[str], str]) -> None:
        self._book = book
        self._parsers = parsers
        self._redact = redact

    def scan(self) -> Scan:
        """Return what takes a log as it comes."""
        return Scan(self._book, self._parsers, self._redact)

    def diagnose(self, pieces: Iterable[bytes], *, failed: bool = False) -> Diagnosis:
        """Return what a log says. `failed`: whoever ran it knows that it failed."""
        scan = self.scan()
        for piece in pieces:
            scan.feed(piece)
        return self.judged(scan.end(), failed=failed)

    def judged(self, seen: Seen, *, failed: bool = False) -> Diagnosis:
        """Return what was seen means."""
        found = causes(seen.sightings, seen.marks, seen.log, failed=failed)
        how = Outcome.FAILED if failed else outcome(seen.marks)
        if not found and how is Outcome.FAILED:
            found = tuple(_unexplained(seen.marks, seen.log))
        failures = tuple(_failure(cause, seen.log) for cause in found[:MOST])
        return Diagnosis(outcome=how, failures=failures, lines=seen.log.count, bytes=seen.bytes)


def _unexplained(marks: Sequence[Mark], log: Log) -> Iterable[Cause]:
    """Point to the last lines before the run ended."""
    stop = next((mark.line for mark in marks if mark.sign is Sign.RUN_FAILED), log.count + 1)
    said = [number for number, line in log.before(stop, 30) if line.strip()][:4]
    if said:
        sighting = Sighting(
            rule="last-lines",
            category=Category.UNKNOWN,
            severity=usual(Category.UNKNOWN).severity,
            confidence=0.2,
            role=Role.HINT,
            line=said[0],
            cause="it failed, and no known cause stands in its log",
            remedies=usual(Category.UNKNOWN).remedies,
            evidence=tuple(said[1:]),
        )
        yield Cause(sighting=sighting, confidence=0.2)


def _failure(cause: Cause, log: Log) -> Failure:
    sighting = cause.sighting
    message = _shown(log[sighting.line])
    others = [*sighting.evidence, *(one.line for one in cause.more)]
    numbers = [number for number in dict.fromkeys(others) if number != sighting.line and log[number].strip()]
    return Failure(
        category=sighting.category,
        severity=sighting.severity,
        confidence=round(min(max(cause.confidence, 0.01), 0.99), 2),
        message=message,
        line=sighting.line,
        evidence=tuple(_quote(number, log) for number in (sighting.line, *numbers[: LINES - 1])),
        fingerprint=fingerprint(sighting.category, message),
        cause=sighting.cause,
        explanation=_explained(cause),
        rule=sighting.rule,
        place=sighting.place,
        remedies=sighting.remedies,
        effects=tuple(_quote(one.line, log) for one in cause.effects[:LINES]),
    )


def _explained(cause: Cause) -> str:
    sighting = cause.sighting
    text = f"{sighting.cause[:1].upper()}{sighting.cause[1:]}."
    if cause.more:
        text += f" {len(cause.more)} more of the same kind."
    if cause.effects:
        text += f" {len(cause.effects)} later errors follow from it." if len(cause.effects) > 1 else ""
    return text


def _quote(number: int, log: Log) -> Quote:
    return Quote(number, _shown(log[number]))


def _shown(line: str) -> str:
    text = line.strip()
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"
