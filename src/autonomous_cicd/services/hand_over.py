"""Hand-over: everything a person needs who takes an incident over, as a page in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autonomous_cicd.domain.incident import Attempt, Incident
from autonomous_cicd.domain.text import printable_line

__all__ = ["hand_over"]

QUOTES = 8
LONGEST = 300


def hand_over(
    incident: Incident,
    *,
    why: str,
    reproduce: Sequence[str],
    passed_over: Sequence[str] = (),
    proven: str = "",
    proposed: str = "",
) -> str:
    """Return the page: cause, evidence, what was tried with its proofs, suspects, how to reproduce it.

    `passed_over`: what could not be tried, and why.
    `proven`: a diff that heals some failures of the run, and alone does not make it green.
    `proposed`: a diff that makes it green, and is right only if a person says so.
    """
    return "\n".join(_lines(incident, why, reproduce, passed_over, proven, proposed)) + "\n"


def _lines(
    incident: Incident,
    why: str,
    reproduce: Sequence[str],
    passed_over: Sequence[str],
    proven: str,
    proposed: str,
) -> Iterator[str]:
    failure = incident.failure
    yield f"# {_one_line(failure.cause or failure.message) if failure else 'A failure without a cause'}"
    yield ""
    yield why
    if failure:
        yield ""
        yield f"- task: {_one_line(incident.task)}"
        yield f"- category: {failure.category.value}, severity {failure.severity.value}"
        yield f"- confidence {failure.confidence:.0%}, fingerprint `{failure.fingerprint}`"
        if failure.place.file:
            line = f":{failure.place.line}" if failure.place.line else ""
            yield f"- place: {_one_line(failure.place.file)}{line}"
        yield ""
        yield _one_line(failure.explanation, 1000)
        yield ""
        yield "## Evidence"
        yield ""
        for quote in failure.evidence[:QUOTES]:
            yield f"    {quote.line:>6}  {_one_line(quote.text)}"
        if failure.suspects:
            yield ""
            yield "## Suspects"
            yield ""
            yield from (f"- {_one_line(one)}" for one in failure.suspects)
    yield ""
    yield "## What was tried"
    yield ""
    yield from _tried(incident.attempts)
    if passed_over:
        yield ""
        yield "## What could not be tried"
        yield ""
        yield from (f"- {_one_line(one)}" for one in passed_over)
    if proven:
        yield ""
        yield "## What is proven so far"
        yield ""
        yield "This heals some of the run's failures; it was not delivered, because the run is not green."
        yield ""
        yield from (f"    {line}" for line in proven.splitlines())
    if proposed:
        yield ""
        yield "## What would make it green"
        yield ""
        yield "With this the failure is gone. Whether it is right only you know; if not, change what failed."
        yield ""
        yield from (f"    {line}" for line in proposed.splitlines()[:200])
    yield ""
    yield "## How to reproduce it"
    yield ""
    yield from (f"    {_one_line(line)}" for line in reproduce)


def _tried(attempts: Sequence[Attempt]) -> Iterator[str]:
    if not attempts:
        yield "Nothing: no remedy knows a way against it."
    for number, attempt in enumerate(attempts, 1):
        outcome = attempt.verification
        reason = f": {_one_line(outcome.reason)}" if outcome.reason else ""
        yield f"{number}. `{attempt.remedy}`: {_one_line(attempt.summary)} -> {outcome.outcome.value}{reason}"
        for trial in outcome.trials:
            yield f"   - {trial.what}: {'green' if trial.green else 'red'} in {trial.seconds:.1f} s"
        if attempt.patch:
            yield ""
            yield from (f"        {line}" for line in attempt.patch.diff().splitlines()[:60])
            yield ""


def _one_line(text: str, limit: int = LONGEST) -> str:
    return printable_line(text, limit)
