"""Host facts: gathers what a report tells of. What cannot be looked at is told as such."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from autonomous_cicd.casebook import Casebook
from autonomous_cicd.domain.code_host import Alert, HostedRun
from autonomous_cicd.domain.report_facts import RUNS, Facts, ReportKind
from autonomous_cicd.errors import PortError
from autonomous_cicd.hosts import CodeHost, HostDetails

__all__ = ["gather"]

DAY = 24 * 3600.0
DAYS = {ReportKind.FAILURE: 7, ReportKind.SECURITY: 1, ReportKind.WEEKLY: 7}
MOST_RUNS = 1_000
"""Runs that are looked at: GitHub lists no more."""
INCIDENTS = 1_000
_KINDS = {"dependabot": "vulnerable dependencies", "code-scanning": "findings of code scanning"}

T = TypeVar("T")


async def gather(
    kind: ReportKind, repository: str, *, host: CodeHost, details: HostDetails, book: Casebook, now: float
) -> Facts:
    """Return the facts for a kind of report about a repository."""
    since = now - DAYS[kind] * DAY
    unknown: list[tuple[str, str]] = []
    runs: Sequence[HostedRun] = ()
    alerts: dict[str, tuple[Alert, ...] | None] = {}
    if kind is ReportKind.SECURITY:
        for name, words in _KINDS.items():
            alerts[name] = await _tried(functools.partial(details.alerts, repository, name), words, unknown)
            if alerts[name] is None and words not in dict(unknown):
                unknown.append((words, "the token may not see them, or they are turned off"))
    else:
        begin = since - (now - since) * (kind is ReportKind.WEEKLY)
        ask = functools.partial(host.runs, repository, since=begin, limit=MOST_RUNS)
        runs = await _tried(ask, RUNS, unknown) or ()
        if len(runs) >= MOST_RUNS:
            unknown.append(("older runs", f"only the newest {MOST_RUNS} were looked at"))
    return Facts(
        repository=repository,
        now=now,
        since=since,
        runs=tuple(one for one in runs if one.created >= since),
        earlier=tuple(one for one in runs if one.created < since),
        incidents=book.incidents(repository, INCIDENTS),
        alerts=alerts,
        records=book.records() if kind is ReportKind.WEEKLY else (),
        unknown=tuple(unknown),
    )


async def _tried(ask: Callable[[], Awaitable[T]], words: str, unknown: list[tuple[str, str]]) -> T | None:
    """Return what is asked for; None, with the reason noted, when it cannot be had."""
    try:
        return await ask()
    except PortError as error:
        unknown.append((words, str(error)))
        return None
