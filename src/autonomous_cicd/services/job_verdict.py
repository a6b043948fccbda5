"""What a workflow job that ended says about the project, and what it does not say."""

from __future__ import annotations

from collections.abc import Sequence

from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.domain.run import TaskStatus
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.services.job_live import Ended, LeftOut

__all__ = ["skipped", "verdict"]

NOT_FOUND = frozenset((126, 127))
NAMED = 3
NAME = 60
"""How much of a step's name is said: a reason must not drown in a long command."""


def verdict(
    *,
    failed: Ended | None,
    failed_name: str,
    left_out: Sequence[LeftOut],
    total: int,
    checks: int,
    not_checked: str = "",
    unsure_needs: Sequence[str] = (),
) -> tuple[TaskStatus, str]:
    """Return the status of a job and its reason.

    `total` is the number of its steps, `checks` how many executed something of the project. A failure that
    something left out explains is no verdict; neither is a job that executed nothing.
    """
    harmful = [one for one in left_out if not one.harmless]
    if not_checked:
        return TaskStatus.NOT_CHECKED, not_checked
    if failed:
        return _failure(failed, failed_name, harmful, unsure_needs)
    if not checks:
        why = f": {harmful[0].reason}" if harmful else ""
        return TaskStatus.NOT_CHECKED, f"none of its scripts was executed here{why}"
    parts = []
    if whole := {one.step for one in harmful}:
        parts.append(f"{len(whole)} of {max(total, len(whole))} steps were not run here, its green says less")
    if unsure_needs:
        parts.append(f"it needs {', '.join(unsure_needs)}, which could not be checked here")
    return TaskStatus.PASSED, "; ".join(parts)


def _failure(
    failed: Ended, name: str, harmful: Sequence[LeftOut], unsure_needs: Sequence[str]
) -> tuple[TaskStatus, str]:
    """Return what a failing step means."""
    name = printable_line(name, NAME)
    what = f"step {name!r} failed: {failed.reason}"
    if failed.doubt:
        return TaskStatus.NOT_CHECKED, f"{failed.doubt} (step {name!r})"
    causes = [f"{printable_line(one.step, NAME)} ({one.reason})" for one in harmful[:NAMED]]
    causes += [f"the job {need}, which could not be checked here" for need in unsure_needs[:NAMED]]
    if causes and failed.exit_code in NOT_FOUND:
        return TaskStatus.NOT_CHECKED, f"{', '.join(causes)} was left out here, and then {what}"
    if causes:
        what = f"{what}; it may depend on what was left out here: {', '.join(causes)}"
    return (TaskStatus.TIMED_OUT if failed.timed_out else TaskStatus.FAILED), what


def skipped(left_out: Sequence[LeftOut]) -> tuple[Skipped, ...]:
    """Return what the report lists as left out, each thing once."""
    return tuple(dict.fromkeys(Skipped(one.step, one.reason, one.check) for one in left_out))
