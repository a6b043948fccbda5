"""Surmise: what probably failed where no rule knows, from the words of a log and from what was running."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter

from autonomous_cicd.domain.advice import usual
from autonomous_cicd.domain.cause import Cause, Outcome
from autonomous_cicd.domain.diagnosis import Category, Role, Sighting
from autonomous_cicd.domain.guess import SAYING, likeliest, loud
from autonomous_cicd.domain.kinds import kind
from autonomous_cicd.domain.log import Sign
from autonomous_cicd.domain.survived import Survived
from autonomous_cicd.domain.wording import meaning
from autonomous_cicd.services.scan import Seen

__all__ = ["CLEAR", "GUESS", "surmised"]

GUESS = 0.25
"""Confidence in what is merely guessed; causes that are less sure come after it."""
CLEAR = 0.28
"""The same where the words leave little doubt of the kind; too little for anything to be done unasked."""
OPEN = 0.22
"""The same where nobody says that anything failed."""
SECTION = 400
"""Lines of a step among which is guessed, before its end."""
STEPS = 3
"""Steps that are looked back at, for one that says something."""
INNER = ("+", "> ")
"""How commands begin that a step runs."""
SCRIPT = 40
"""Lines of a step's script that are looked at."""
NEAR_END, AT_END = 40, 2
"""Lines before the end of a log that nobody says the outcome of, in which an error is believed: where
something else says that it failed, and where nothing does."""


def surmised(seen: Seen, how: Outcome) -> tuple[Cause, ...]:
    """Return the likeliest lines of the step that failed as a cause, of the likeliest kind."""
    if how is Outcome.OPEN and not _broke_off(seen):
        return ()
    said, score = _said(seen)
    if not said:
        return ()
    category, clear = kind([seen.log[number] for number in said], _commands(seen, said[0]))
    sure = clear and score >= SAYING and how is Outcome.FAILED
    advice = usual(category)
    known = category is not Category.UNKNOWN
    sighting = Sighting(
        rule="last-lines",
        category=category,
        severity=advice.severity,
        confidence=OPEN if how is Outcome.OPEN else CLEAR if sure else GUESS,
        role=Role.HINT,
        line=said[0],
        cause=f"no rule knows it; by its words, {meaning(category)}"
        if known
        else "it failed, and no known cause stands in its log",
        remedies=advice.remedies,
        evidence=said[1:],
    )
    return (Cause(sighting=sighting, confidence=sighting.confidence),)


def _broke_off(seen: Seen) -> bool:
    """Whether a log ends with an error that no rule knows, though nobody says that the run failed."""
    if any(one.role is Role.CAUSE for one in seen.sightings):
        return False  # known, and there were reasons not to believe it
    good = max((mark.line for mark in seen.marks if mark.sign in (Sign.STEP_PASSED, Sign.RETRY)), default=0)
    failed = any(one.role is Role.EFFECT and one.line > good for one in seen.sightings)
    last = seen.log.before(seen.log.count + 1, NEAR_END if failed else AT_END)
    return any(loud(line) and number > good for number, line in last)


def _said(seen: Seen) -> tuple[tuple[int, ...], float]:
    """Return the likeliest lines of the last steps before the end of the run."""
    survived = Survived(seen.marks)
    ends = (m.line for m in seen.marks if m.sign is Sign.RUN_FAILED and not survived.has(m.line))
    stop = next(ends, seen.log.count + 1)
    at_stop = (stop,) if stop in seen.log and seen.log[stop].startswith("##[error]") else ()
    best: tuple[tuple[int, ...], float] = ((), 0.0)
    until = stop
    for first in _starts(seen, stop):
        numbers = [number for number in seen.log.numbers(first + 1) if number < until]
        found = _best(seen, [*numbers[-SECTION:], *(at_stop if until == stop else ())])
        if found[1] < SAYING and len(numbers) > SECTION:
            # Scripts show what may help to understand it, at length, after they said what is wrong.
            found = max(found, _best(seen, numbers[:-SECTION]), key=itemgetter(1))
        if not best[0] or found[1] >= SAYING:
            best = found
        if best[1] >= SAYING:
            break
        until = first
    return best


def _best(seen: Seen, numbers: Sequence[int]) -> tuple[tuple[int, ...], float]:
    return likeliest([(number, seen.log[number]) for number in numbers])


def _starts(seen: Seen, stop: int) -> Iterator[int]:
    """Yield where the output of the last steps begins, from the last one on."""
    begins: list[int] = []
    for mark in seen.marks:
        if mark.line >= stop:
            break
        if mark.sign is Sign.COMMAND and not mark.text.startswith("+"):
            begins.append(mark.line)
        elif mark.sign is Sign.ECHO_END and begins:
            begins[-1] = mark.line
    yield from begins[: -STEPS - 1 : -1]
    yield 0


def _commands(seen: Seen, line: int) -> list[str]:
    """Return what was running when a line was printed, the innermost first."""
    found: list[str] = []
    begun = 0
    for mark in seen.marks:
        if mark.line >= line:
            break
        if mark.sign is Sign.COMMAND:
            inner = mark.text.startswith(INNER)
            found = [mark.text, *found[-1:]] if inner else [mark.text]
            begun = begun if inner else mark.line
        elif mark.sign is Sign.ECHO_END and begun and mark.text.startswith("##["):
            found.append(
                " ".join(seen.log[number] for number in range(begun + 1, min(mark.line, begun + SCRIPT)))
            )
            begun = 0
    return found[:3]
