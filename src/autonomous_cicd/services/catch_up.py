"""Catch up: puts into the inbox what the code host could not deliver, and what nobody told us."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from autonomous_cicd.domain.code_host import RED, HostedRun, PastDelivery
from autonomous_cicd.domain.delivery import Received
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
"""Seconds before the last look that the next one begins: what happened just then was perhaps not told yet."""
DAY = 86_400.0
FURTHEST = 3 * DAY
"""Seconds that we look back at most: the host itself remembers deliveries no longer."""
FIRST_LOOK = DAY
"""Seconds that we look back the first time, and further when we knew of something before."""
RUNS = 500
"""Runs of one conclusion that are asked for: five pages."""
KNOWN = 500
"""Deliveries that the inbox is asked for at once."""
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
        """Put into the inbox what is missing; return how much that was.

        One repository that cannot be asked about does not keep the others from it; its error is raised then.
        """
        found, wrong = 0, None
        for one in self.repositories:
            try:
                found += await self._of(one)
            except RateLimited:
                raise
            except PortError as error:
                wrong = wrong or error
        if wrong is not None:
            raise wrong
        return found

    async def _of(self, repository: str) -> int:
        now = self.clock.now()
        since = await asyncio.to_thread(self._since, repository, now)
        missed = [] if self.poll else await self._missed(repository, since)
        found = [await self._told(repository, one) for one in missed if one.event in _OF_PEOPLE]
        received = [one for one in found if one]
        if self.poll or any(one.event in _OF_RUNS for one in missed):
            received += await self._runs(repository, since, now)
        return await asyncio.to_thread(self._keep, repository, received, now)

    def _since(self, repository: str, now: float) -> float:
        """Return from when on we may have missed something: what came by itself says nothing about that."""
        last = self.inbox.looked(repository)
        if not last:
            known = self.inbox.deliveries(repository=repository, limit=KNOWN)
            last = min([now - FIRST_LOOK, *(one.at for one in known)])
        return max(min(last, now) - OVERLAP, now - FURTHEST)

    def _keep(self, repository: str, received: Sequence[Received], now: float) -> int:
        """Keep what was missed, and only then that we looked."""
        count = self.inbox.receive(received) if received else 0
        self.inbox.look(repository, now)
        return count

    async def _runs(self, repository: str, since: float, now: float) -> list[Received]:
        """Return the runs that ended since then, and that we know nothing of.

        The host can only be asked by when a run began, which may be long before it ends, and which one that
        is run again keeps. It is asked for whole days, so that most answers are the same the next time.
        """
        began = (now - FURTHEST) // DAY * DAY
        ended = [
            run
            for conclusion in (*sorted(RED), "success")
            for run in await self.host.runs(repository, status=conclusion, since=began, limit=RUNS)
            if max(run.created, run.updated) >= since
        ]
        told = await asyncio.to_thread(self._runs_told, repository, since) if ended else set()
        fresh = [run for run in ended if (run.id, run.attempt) not in told]
        return [one for run in fresh if (one := _received(run, repository, now)).key]

    def _runs_told(self, repository: str, since: float) -> set[tuple[int, int]]:
        """Return the runs that we were told of since then, and which attempt of each."""
        told: set[tuple[int, int]] = set()
        before = 0
        while True:
            known = self.inbox.deliveries(repository=repository, before=before, limit=KNOWN)
            told |= {(one.event.run, one.event.attempt) for one in known if one.key}
            if len(known) < KNOWN or known[-1].at < since:
                return told
            before = known[-1].position

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
