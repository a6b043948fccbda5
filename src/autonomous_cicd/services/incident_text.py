"""An incident, told to a person."""

from __future__ import annotations

import time
from collections.abc import Iterator

from autonomous_cicd.domain.incident import Delivery, Incident, State
from autonomous_cicd.domain.text import printable, printable_line

__all__ = ["incident_text"]

QUOTES = 5
"""Proving lines that are shown."""


def incident_text(incident: Incident) -> str:
    """Return its whole history, what was tried with its proofs, and the page of the hand-over."""
    return "\n".join(_lines(incident))


def _lines(incident: Incident) -> Iterator[str]:
    yield f"incident {incident.id} of {printable_line(incident.project)}: {incident.state.value}"
    if incident.failure:
        failure = incident.failure
        sure = f"{failure.category.value}, {failure.confidence:.0%} sure"
        yield f"{printable_line(incident.task)}: {printable_line(failure.message, 200)} ({sure})"
        if not incident.hand_over:  # that has it all
            yield f"  {printable_line(failure.explanation, 400)}"
            yield from (
                f"  {one.line:>6}  {printable_line(one.text, 160)}" for one in failure.evidence[:QUOTES]
            )
    yield ""
    for entry in incident.history:
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.at))
        yield f"  {when}  {entry.state.value:<10} {printable_line(entry.what, 200)}"
    for number, attempt in enumerate(incident.attempts, 1):
        yield ""
        yield f"attempt {number}: {attempt.remedy} ({attempt.strategy.value}), {attempt.seconds:.1f} s"
        for trial in (*attempt.verification.red, *attempt.verification.trials):
            tests = trial.tests
            counted = f"{tests.passed} passed, {tests.failed} failed, {tests.skipped} skipped"
            colour = "green" if trial.green else "red"
            yield f"  {trial.what}: {colour} in {trial.seconds:.1f} s, tests: {counted}"
            for text, code in trial.commands:
                yield f"    {'-' if code is None else code:>3}  {printable_line(text, 120)}"
    if incident.patch:
        yield ""
        yield printable(incident.patch.diff()).rstrip()
    if incident.delivery:
        yield ""
        yield _delivered(incident.delivery)
    if incident.state is State.WAITING:
        yield ""
        yield f"`autonomous-cicd approve {incident.id} --diff {incident.patch.id[:12]}` delivers it,"
        yield f"`autonomous-cicd reject {incident.id}` dismisses it"
    if incident.hand_over:
        yield ""
        yield printable(incident.hand_over).rstrip()


def _delivered(delivery: Delivery) -> str:
    place = "the working tree" if delivery.applied else delivery.branch or "a patch file"
    file = f"; patch file: {delivery.patch_file}" if delivery.patch_file else ""
    return f"delivered to {place}{file}"
