"""Service: what the server does about each delivery, and what people decide about changes."""

from __future__ import annotations

import asyncio
from functools import cached_property

from autonomous_cicd.app import App
from autonomous_cicd.desk import Desk
from autonomous_cicd.domain.delivery import Ended, Lease, Progress
from autonomous_cicd.domain.event import Event
from autonomous_cicd.domain.incident import Incident
from autonomous_cicd.domain.report_facts import ReportKind
from autonomous_cicd.hosts import CodeHost
from autonomous_cicd.journeys.consent import agreed
from autonomous_cicd.journeys.doors import answered
from autonomous_cicd.journeys.opened import practice_of
from autonomous_cicd.journeys.practice import Practice
from autonomous_cicd.journeys.reconciled import reconciled
from autonomous_cicd.journeys.report import reported
from autonomous_cicd.lazy import teller

__all__ = ["Service"]

PERSON = "a person, through the interface"


class Service:
    """Handles deliveries with the code host of the settings. Everything runs in one event loop."""

    def __init__(self, app: App) -> None:
        """Take the operator's App."""
        self._app = app
        self._desk = Desk(app)
        self._stop = asyncio.Event()
        self._begun = asyncio.Lock()
        self._reconciled = False

    @cached_property
    def _practice(self) -> Practice:
        return practice_of(self._app, stop=self._stop, tell=teller(self._app).tell)

    @property
    def host(self) -> CodeHost:
        """Where missed deliveries and failed runs are asked for."""
        return self._practice.host

    async def handle(self, event: Event, lease: Lease) -> Ended:
        """Do what follows from an event. Raises PortError when it may be tried again later.

        Before the first one it is found out what became of what was begun when a process died.
        """
        async with self._begun:
            if not self._reconciled:
                await reconciled(self._practice)
                self._reconciled = True
        return Ended(Progress.DONE, await answered(self._practice, event))

    async def approve(self, id: str, diff: str) -> Incident:
        """Deliver a change that waited for a person. Raises NotFound, and UsageError for another change."""
        incident = self._desk.casebook.incident(id)
        if incident.at_host:
            await agreed(self._practice, incident, diff, PERSON)
            return self._desk.casebook.incident(id)
        return (await asyncio.to_thread(self._desk.approve, id, diff, apply=False))[0]

    async def reject(self, id: str, why: str) -> Incident:
        """Dismiss an incident that waits for a person. Raises NotFound, UsageError."""
        return await asyncio.to_thread(self._desk.reject, id, why)

    async def report(self, repository: str, kind: ReportKind) -> None:
        """Bring a report up to date in its issue."""
        await reported(self._practice, repository, kind)

    async def close(self) -> None:
        """End what is under way, and let go of what is open."""
        self._stop.set()
        if "_practice" in self.__dict__:
            await self._practice.aclose()
