"""How a diagnosis looks on a terminal: the cause, its proof, what helps; it fits a screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autonomous_cicd.cli.summary import Line, Tone, plural
from autonomous_cicd.domain.cause import Outcome
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.domain.wording import remedy_words
from autonomous_cicd.services.diagnose import Diagnosis
from autonomous_cicd.services.failure_report import percent

__all__ = ["told"]

CAUSES = 3
"""Causes of one log that are told; the rest is counted."""
PROOF = 6
"""Lines of proof of the root cause."""
MANY = 4
"""Logs from which on each is told in fewer lines."""


def told(found: Sequence[tuple[str, Diagnosis]], columns: int = 100) -> Iterator[Line]:
    """Yield the lines that tell what some logs say."""
    brief = len(found) >= MANY
    for number, (name, diagnosis) in enumerate(found):
        if number and not brief:
            yield Line("")
        yield from _log(name, diagnosis, brief, columns)
    if len(found) > 1:
        red = sum(1 for _, one in found if one.failures)
        unread = sum(1 for _, one in found if one.unread and not one.failures)
        said = f", not known of {unread}" if unread else ""
        yield Line("")
        yield Line(
            f"{plural(len(found), 'log')}: a failure in {red}, none in {len(found) - red - unread}{said}"
        )


def _log(name: str, diagnosis: Diagnosis, brief: bool, columns: int) -> Iterator[Line]:
    shown = printable_line(name, columns)
    size = plural(diagnosis.lines, "line")
    if diagnosis.unread and not diagnosis.failures:
        yield Line(f"{shown}: not wholly read; no failure found in {size}", Tone.DOUBT)
    elif not diagnosis.failures:
        passed = ", and the run passed" if diagnosis.outcome is Outcome.PASSED else ""
        yield Line(f"{shown}: no failure found in {size}{passed}", Tone.GOOD)
    else:
        count = plural(len(diagnosis.failures), "cause")
        yield Line(f"{shown}: {count} in {size}", Tone.BAD)
        for number, failure in enumerate(diagnosis.failures[: 1 if brief else CAUSES]):
            yield from _failure(failure, number == 0, brief, columns)
        rest = len(diagnosis.failures) - (1 if brief else CAUSES)
        if rest > 0:
            yield Line(f"  and {plural(rest, 'more possible cause')}: --json has them", Tone.QUIET)
    for note in diagnosis.notes:
        yield from (Line(f"  {part}", Tone.DOUBT) for part in _wrapped(f"note: {note}", columns - 2))


def _failure(failure: Failure, first: bool, brief: bool, columns: int) -> Iterator[Line]:
    title = "root cause" if first else "also"
    sure = f"{failure.severity} severity, {percent(failure.confidence)} sure"
    if not brief:
        yield Line("")
    yield Line(f"  {title}: {failure.category} ({sure})", Tone.BAD if first else Tone.DOUBT)
    if first and not brief:
        yield from (Line(f"  {part}") for part in _wrapped(failure.explanation, columns - 2))
    for quote in failure.evidence[: 1 if brief else PROOF if first else 2]:
        yield Line(f"  {quote.line:>7} | {printable_line(quote.text, columns - 12)}")
    if first and not brief:
        for remedy in failure.remedies[:2]:
            yield Line(f"  helps: {remedy_words(remedy)} [{remedy}]")
        yield Line(f"  fingerprint: {failure.fingerprint}", Tone.QUIET)


def _wrapped(text: str, width: int) -> Iterator[str]:
    """Yield a paragraph in lines of bearable length."""
    line = ""
    for word in printable_line(text).split(" "):
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line
