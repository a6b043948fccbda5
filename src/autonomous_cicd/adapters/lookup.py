"""What every store decides alike, whatever it keeps its records in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autonomous_cicd.errors import NotFound

__all__ = ["REMEMBERED", "log_missing", "median", "only_run", "task_missing"]

REMEMBERED = 10
"""How many of a task's last durations count."""
_SHOWN = 5


def median(values: Iterable[float]) -> float:
    """Return the middle value, or the mean of the two middle ones."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def only_run(found: Sequence[str], wanted: str) -> str:
    """Return the run id that is meant, of those that begin with what was asked for. Raises NotFound."""
    if wanted in found or len(found) == 1:
        return wanted if wanted in found else found[0]
    if not found:
        hint = "`autonomous-cicd runs` lists the newest"
        raise NotFound(
            "there is no run yet" if wanted == "last" else f"there is no run {wanted!r}", hint=hint
        )
    shown = ", ".join(sorted(found)[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")
    raise NotFound(f"{len(found)} runs begin with {wanted!r}: {shown}", hint="give more of the id")


def task_missing(run_id: str, task: str) -> NotFound:
    """Return the error for a task that a run does not have."""
    return NotFound(f"run {run_id} has no task {task!r}", hint=f"`autonomous-cicd show {run_id}` lists them")


def log_missing(run_id: str, task: str) -> NotFound:
    """Return the error for a log that was removed because of its age, or for want of room."""
    return NotFound(f"the log of {task!r} in run {run_id} is not kept any more", hint="run it again")
