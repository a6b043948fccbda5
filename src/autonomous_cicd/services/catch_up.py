"""Catch up: puts into the inbox what the code host could not deliver, and what nobody told us."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from autonomous_cicd.domain.code_host import RED, HostedRun, PastDelivery
from autonomous_cicd.domain.delivery import Delivered, Received
from autonomous_cicd.domain.event import Event
from autonomous_cicd.domain.payload import work_of
from autonomous_cicd.errors import PortError, RateLimited
from autonomous_cicd.hosts import CodeHost
from autonomous_cicd.inbox import Inbox
from autonomous_cicd.ports import Clock
from autonomous_cicd.values import dataclass

__all__ = ["EVERY", "CatchUp", "keep_up"]

EVERY = 600.0
"""Seconds between two looks for what was not delivered."""
OVERLAP = 900.0
"""Seconds before the newest that we know of: what came in between may have been lost."""
FURTHEST = 3 * 86_400.0
"""Seconds that we look back at most: the host itself remembers deliveries no longer."""
FIRST_LOOK = 86_400.0
"""Seconds that we look back when we know of nothing yet."""
RUNS = 100
"""Runs of one conclusion that are asked for."""
_OF_RUNS = frozenset({"workflow_run", "check_suite", "check_run", "workflow_job"})
"""What is told of runs: those are asked for themselves, as they are now."""
_OF_PEOPLE = frozenset({"issue_comment", "issues", "pull_request"})
"""What people did: it has to be read as it was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUp:
    """Who is asked about what, and where it goes."""

    host: CodeHost
    inbox: Inbox
    clock: Clock
    repositories: Sequence[str]
    poll: bool = False
    """Whether no webhook reaches us: then all runs are asked for, not only after a failed delivery."""

    async def once(self) -> int:
        """Put into the inbox what is missing; return how much that was."""
        return sum([await self._of(one) for one in self.repositories])

    async def _of(self, repository: str) -> int:
        known = await asyncio.to_thread(lambda: self.inbox.deliveries(repository=repository, limit=500))
        now = self.clock.now()
        newest = max((one.at for one in known), default=now - FIRST_LOOK)
        since = max(min(newest, now) - OVERLAP, now - FURTHEST)
        missed = [] if self.poll else await self._missed(repository, since)
        found = [await self._told(repository, one) for one in missed if one.event in _OF_PEOPLE]
        received = [one for one in found if one]
        if self.poll or any(one.event in _OF_RUNS for one in missed):
            received += await self._runs(repository, known, since)
        return await asyncio.to_thread(self.inbox.receive, received) if received else 0

    async def _runs(self, repository: str, known: Sequence[Delivered], since: float) -> list[Received]:
        """Return the runs that ended, and that we know nothing of."""
        told = {(one.event.run, one.event.attempt) for one in known if one.key}
        runs = [
            run
            for conclusion in (*sorted(RED), "success")
            for run in await self.host.runs(repository, status=conclusion, since=since, limit=RUNS)
            if (run.id, run.attempt) not in told
        ]
        now = self.clock.now()
        return [one for run in runs if (one := _received(run, repository, now)).key]

    async def _missed(self, repository: str, since: float) -> list[PastDelivery]:
        """Return what the host tried to tell us and we did not take, each once, the oldest first."""
        past = {one.guid: one for one in await self.host.deliveries(repository, since)}
        known = await asyncio.to_thread(self.inbox.known, list(past))
        return [one for guid, one in reversed(past.items()) if guid not in known]

    async def _told(self, repository: str, missed: PastDelivery) -> Received | None:
        event = await self.host.told(repository, missed.id)
        if event is None or event.repository.lower() != repository.lower():
            return None  # an app is told of all its repositories
        return Received(id=missed.guid, event=event, at=self.clock.now(), key=work_of(event))


async def keep_up(
    what: CatchUp,
    every: float,
    *,
    found: Callable[[int], None] = lambda count: None,
    wrong: Callable[[str], None] = lambda what: None,
) -> None:
    """Catch up now and again and again; `found` is told how much was missing, `wrong` what ails us."""
    while True:
        wait = every
        try:
            if count := await what.once():
                found(count)
        except RateLimited as error:
            wrong(f"the host asks us to wait: {error}")
            wait = max(every, error.retry_after)
        except PortError as error:
            wrong(f"it cannot be asked what was missed: {error}")
        await what.clock.sleep(wait)


def _received(run: HostedRun, repository: str, now: float) -> Received:
    event = Event(
        name="workflow_run",
        action="completed",
        repository=repository,
        sender=run.actor,
        run=run.id,
        attempt=run.attempt,
        commit=run.commit,
        branch=run.branch,
        head_repository=run.head_repository,
        workflow=run.path,
        status=run.status,
        conclusion=run.conclusion,
        title=run.workflow,
    )
    id = f"poll:{repository.lower()}:{run.id}:{run.attempt}"
    return Received(id=id, event=event, at=now, key=work_of(event))
