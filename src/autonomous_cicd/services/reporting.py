"""Reporting: has reports brought up to date at their times, as long as the server lives."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

from autonomous_cicd.domain.report_facts import ReportKind
from autonomous_cicd.errors import AutonomousCicdError
from autonomous_cicd.ports import Clock
from autonomous_cicd.values import dataclass

__all__ = ["Reporting", "keep_reporting", "next_time"]

DAILY, WEEKLY = 2, 6
"""Hours of the day, UTC, at which reports are written; the weekly one on Mondays."""
LOOK = 600.0
"""Seconds between two looks at the clock: one that is set, or slept, must not matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """Which reports are written, about what, and by whom."""

    report: Callable[[str, ReportKind], Awaitable[None]]
    kinds: Sequence[ReportKind]
    repositories: Sequence[str]
    clock: Clock
    wrong: Callable[[str], None]
    """Is told what was not written, and why."""


def next_time(kind: ReportKind, now: float) -> float:
    """Return when a report is due, the first time after now."""
    at = datetime.fromtimestamp(now, UTC)
    weekly = kind is ReportKind.WEEKLY
    due = at.replace(hour=WEEKLY if weekly else DAILY, minute=0, second=0, microsecond=0)
    while due <= at or (weekly and due.weekday() != 0):
        due += timedelta(days=1)
    return due.timestamp()


async def keep_reporting(what: Reporting) -> None:
    """Write each report whenever it is due. One that cannot be written is written the next time."""
    due = {kind: next_time(kind, what.clock.now()) for kind in what.kinds}
    while True:
        await what.clock.sleep(max(0.0, min(LOOK, min(due.values()) - what.clock.now())))
        for kind, at in due.items():
            if what.clock.now() < at:
                continue
            for repository in what.repositories:
                try:
                    await what.report(repository, kind)
                except AutonomousCicdError as error:
                    what.wrong(f"the {kind.value} report of {repository} is not written: {error}")
            due[kind] = next_time(kind, what.clock.now())
