"""Reporting: each report at its time, whatever became of the others."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from autonomous_cicd.adapters.memory import MemoryClock
from autonomous_cicd.domain.report_facts import ReportKind
from autonomous_cicd.errors import Unavailable
from autonomous_cicd.services.reporting import Reporting, keep_reporting, next_time

DAILY, WEEKLY = ReportKind.SECURITY, ReportKind.WEEKLY


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("kind", "now", "due"),
    [
        (DAILY, "2026-11-27T01:59:59", "2026-11-27T02:00:00"),
        (DAILY, "2026-11-27T02:00:00", "2026-11-28T02:00:00"),
        (ReportKind.FAILURE, "2026-12-31T12:00:00", "2027-01-01T02:00:00"),
        (WEEKLY, "2026-11-27T12:00:00", "2026-11-30T06:00:00"),
        (WEEKLY, "2026-11-30T05:59:00", "2026-11-30T06:00:00"),
        (WEEKLY, "2026-11-30T06:00:00", "2026-12-07T06:00:00"),
    ],
)
def test_each_report_has_its_time(kind: ReportKind, now: str, due: str) -> None:
    assert at(due) == next_time(kind, at(now))


class Desk:
    """Writes down what was reported; cannot write about one repository."""

    def __init__(self, kinds: Sequence[ReportKind]) -> None:
        self.clock = MemoryClock(at("2026-11-29T12:00:00"))
        self.written: list[tuple[str, str, str]] = []
        self.wrong: list[str] = []
        self.what = Reporting(
            report=self._report,
            kinds=kinds,
            repositories=("acme/away", "acme/shop"),
            clock=self.clock,
            wrong=self.wrong.append,
        )

    async def _report(self, repository: str, kind: ReportKind) -> None:
        if repository == "acme/away":
            raise Unavailable("it does not answer")
        when = datetime.fromtimestamp(self.clock.now(), UTC)
        self.written.append((f"{when:%d %H}", repository, kind.value))

    async def live(self, hours: int) -> None:
        """Let so many hours go by."""
        task = asyncio.ensure_future(keep_reporting(self.what))
        for _ in range(hours * 6):
            await asyncio.sleep(0)
            await self.clock.turn(600)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_reports_are_written_when_they_are_due() -> None:
    desk = Desk((DAILY, WEEKLY))
    await desk.live(48)
    assert [
        ("30 02", "acme/shop", "security"),
        ("30 06", "acme/shop", "weekly"),
        ("01 02", "acme/shop", "security"),
    ] == desk.written
    assert "the security report of acme/away is not written: it does not answer" == desk.wrong[0]
    assert 3 == len(desk.wrong)
