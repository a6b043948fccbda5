"""A report: what was found out about a repository, brought up to date in its one issue at the host."""

from __future__ import annotations

from typing import Any

from autonomous_cicd.domain.code_host import HostIssue
from autonomous_cicd.domain.report_facts import ReportKind
from autonomous_cicd.journeys.practice import Practice
from autonomous_cicd.services.deliver_at_host import Words
from autonomous_cicd.services.host_facts import gather
from autonomous_cicd.services.host_reports import report_text

__all__ = ["reported"]


async def reported(
    practice: Practice, repository: str, kind: ReportKind, *, dry: bool = False
) -> tuple[Words, HostIssue | None]:
    """Return a report, and the issue in which it stands; None when nothing is to be written."""
    details: Any = practice.host  # what reads at the host tells the details too
    now = practice.app.clock.now()
    facts = await gather(kind, repository, host=practice.host, details=details, book=practice.book, now=now)
    words = Words(*report_text(kind, facts, practice.pen))
    return words, None if dry else await practice.deliver.report(repository, kind.value, words)
