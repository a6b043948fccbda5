"""What stands at the code host of a proof: the commands that were run, and how they ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autonomous_cicd.domain.verification import NO_TESTS, Counts, Trial, Verification
from autonomous_cicd.services.pen import Pen

__all__ = ["LISTED", "proof", "trial_lines"]

LISTED = 30
"""Files, commands, suspects and the like that are listed; the rest is counted."""


def proof(verification: Verification, pen: Pen) -> Iterator[str]:
    """Yield what was run without and with a change, and how it ended."""
    for trial in (*verification.red, *verification.trials):
        yield from trial_lines(trial, pen)
    before, after = _last(verification.red), _last(verification.trials)
    if NO_TESTS not in (before, after):
        yield f"- tests before: {_counted(before)}; after: {_counted(after)}"


def trial_lines(trial: Trial, pen: Pen) -> Iterator[str]:
    """Yield what one run executed."""
    colour = "green" if trial.green else "red"
    yield f"- {pen.plain(trial.what)}: **{colour}** in {trial.seconds:.1f} s{_tests(trial)}"
    for command, code in trial.commands[:LISTED]:
        ended = "not run to its end" if code is None else f"exit code {code}"
        yield from _command(command, ended, pen)
    if len(trial.commands) > LISTED:
        yield f"  - and {len(trial.commands) - LISTED} more commands"


def _command(command: str, ended: str, pen: Pen) -> Iterator[str]:
    """Yield a command and how it ended; each line of a script for itself: joined it would be another one."""
    lines = [line for line in pen.redact(command).split("\n") if line.strip()]
    if len(lines) < 2:
        yield f"  - {pen.code(command)}: {ended}"
        return
    yield f"  - a script of {len(lines)} lines: {ended}"
    yield from (f"    - {pen.code(line)}" for line in lines[:LISTED])
    if len(lines) > LISTED:
        yield f"    - and {len(lines) - LISTED} more lines"


def _last(trials: Sequence[Trial]) -> Counts:
    return trials[-1].tests if trials else NO_TESTS


def _tests(trial: Trial) -> str:
    return "" if trial.tests == NO_TESTS else f", tests: {_counted(trial.tests)}"


def _counted(tests: Counts) -> str:
    return f"{tests.passed} passed, {tests.failed} failed, {tests.skipped} skipped"
