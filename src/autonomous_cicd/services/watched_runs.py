"""Watched runs: finds the run that was started at the host, and follows runs until they end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from autonomous_cicd.domain.code_host import HostedJob, HostedRun
from autonomous_cicd.hosts import CodeHost
from autonomous_cicd.ports import Clock
from autonomous_cicd.values import dataclass

__all__ = ["Watched", "dispatched_run", "follow", "newest_dispatched"]

FIND = 60.0
"""Seconds in which a run that was asked for appears at the host."""
LOOK = 2.0
"""Seconds between looks for it."""
NEWEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Runs that were followed, as they were at the end."""

    runs: tuple[HostedRun, ...] = ()
    jobs: tuple[HostedJob, ...] = ()
    """Their jobs of the newest attempt."""
    seconds: float = 0.0
    """For how long they were followed."""

    @property
    def ended(self) -> bool:
        """Whether there are any, and all of them ended."""
        return bool(self.runs) and all(one.status == "completed" for one in self.runs)


async def newest_dispatched(host: CodeHost, repository: str, workflow: str) -> frozenset[int]:
    """Return the ids of the newest runs of a workflow that somebody started."""
    known = await host.runs(repository, workflow=workflow, limit=NEWEST)
    return frozenset(one.id for one in known if one.event == "workflow_dispatch")


async def dispatched_run(
    host: CodeHost, repository: str, workflow: str, known: frozenset[int], clock: Clock
) -> HostedRun | None:
    """Return the run that appeared since these were known; None when none does within a minute.

    When others start the same workflow at the same moment, it may be theirs: the host does not tell.
    """
    end = clock.now() + FIND
    while True:
        found = await host.runs(repository, workflow=workflow, limit=NEWEST)
        new = [one for one in found if one.event == "workflow_dispatch" and one.id not in known]
        if new:
            return min(new, key=lambda one: one.id)
        if clock.now() >= end:
            return None
        await clock.sleep(LOOK)


async def follow(
    host: CodeHost,
    look: Callable[[], Awaitable[Sequence[HostedRun]]],
    clock: Clock,
    *,
    interval: float,
    seconds: float,
    patience: float = FIND,
) -> Watched:
    """Look at runs until all of them ended, at most so many seconds; where there are none, `patience`."""
    began = clock.now()
    while True:
        runs = tuple(await look())
        watched = Watched(runs=runs, seconds=clock.now() - began)
        if watched.ended or watched.seconds >= (seconds if runs else min(seconds, patience)):
            break
        await clock.sleep(min(interval, max(0.0, seconds - watched.seconds)))
    jobs = [job for run in runs for job in await host.jobs(run.repository, run.id)]
    return Watched(runs=runs, jobs=tuple(jobs), seconds=watched.seconds)
