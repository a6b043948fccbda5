"""Why a task failed: its log diagnosed, its private folders left out of what is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from autonomous_cicd.domain.diagnosis import Failure, Quote
from autonomous_cicd.domain.run import TaskResult
from autonomous_cicd.errors import AutonomousCicdError
from autonomous_cicd.services.report import as_in_project

__all__ = ["MOST", "Diagnose", "diagnosed", "failures_of"]

Diagnose = Callable[[bytes, str, bool], tuple[Failure, ...]]
"""Tells the causes in the log of a step, and takes whether that has ended red."""

MOST = 5
"""Causes of one task that are kept."""
TOLD = 0.35
"""Confidence below which nothing is said: the lines that matter are shown in any case."""
LINES = 8


def diagnosed(
    result: TaskResult, log: bytes, run_id: str, diagnose: Diagnose, *, failed: bool = True
) -> TaskResult:
    """Return the result of a task with why it failed, or will; when that cannot be told, it says so."""
    try:
        return replace(result, failures=failures_of(log, result.name, run_id, diagnose, failed=failed))
    except AutonomousCicdError as error:
        why = str(error)
    except Exception as error:  # noqa: BLE001 - a border: what diagnosing does wrong ends no run
        why = f"a bug of ours, {error!r}"
    return replace(result, reason=f"{result.reason} (not diagnosed: {why})".lstrip())


def failures_of(
    log: bytes, step: str, run_id: str, diagnose: Diagnose, *, failed: bool = True
) -> tuple[Failure, ...]:
    """Return why a task failed (or will, while it still runs), the root cause first."""
    told = [failure for failure in diagnose(log, step, failed) if failure.confidence >= TOLD]
    return tuple(_in_project(failure, run_id) for failure in told[:MOST])


def _in_project(failure: Failure, run_id: str) -> Failure:
    def clean(text: str) -> str:
        return as_in_project(text, run_id)

    def cleaned(quotes: tuple[Quote, ...]) -> tuple[Quote, ...]:
        return tuple(Quote(quote.line, clean(quote.text)) for quote in quotes[:LINES])

    return replace(
        failure,
        message=clean(failure.message),
        cause=clean(failure.cause),
        explanation=clean(failure.explanation),
        evidence=cleaned(failure.evidence),
        effects=cleaned(failure.effects),
        files=tuple(map(clean, failure.files)),
        place=replace(failure.place, file=clean(failure.place.file)),
    )
