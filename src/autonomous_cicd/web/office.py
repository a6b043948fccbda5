"""Office: what the endpoints stand on - the App, its store, and who does what a person asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError
from typing import Any, Protocol, TypeVar

from autonomous_cicd.app import App
from autonomous_cicd.casebook import Casebook
from autonomous_cicd.desk import Desk
from autonomous_cicd.domain.delivery import Ended, Lease, Progress
from autonomous_cicd.domain.event import Event
from autonomous_cicd.domain.incident import Incident
from autonomous_cicd.domain.report_facts import ReportKind
from autonomous_cicd.errors import Unavailable
from autonomous_cicd.hosts import CodeHost
from autonomous_cicd.inbox import Inbox
from autonomous_cicd.web.counters import Counters, Gauge

__all__ = ["Journeys", "NoJourneys", "Office"]

T = TypeVar("T")
PATIENCE = 170.0
"""Seconds that a person waits at most for what was asked for; it goes on after that."""


class Journeys(Protocol):
    """Does what follows from events, and what people decide. Everything runs in one event loop."""

    @property
    def host(self) -> CodeHost | None:
        """Where missed deliveries and failed runs are asked for; None: nowhere."""
        ...

    async def handle(self, event: Event, lease: Lease) -> Ended:
        """Do what follows from an event. A PortError has it tried again later."""
        ...

    async def approve(self, id: str, diff: str) -> Incident:
        """Deliver a change that waited for a person; `diff` is its whole id. Raises NotFound, UsageError."""
        ...

    async def reject(self, id: str, why: str) -> Incident:
        """Dismiss an incident that waits for a person. Raises NotFound, UsageError."""
        ...

    async def report(self, repository: str, kind: ReportKind) -> None:
        """Bring a report up to date in its issue at the host."""
        ...

    async def close(self) -> None:
        """Let go of what is open."""
        ...


class NoJourneys:
    """Records events and leaves them; does what people decide about changes. Implements `Journeys`."""

    host: CodeHost | None = None

    def __init__(self, app: App) -> None:
        self._desk = Desk(app)

    async def handle(self, event: Event, lease: Lease) -> Ended:
        """Leave it."""
        return Ended(Progress.LEFT, "left: no token of the code host is set")

    async def approve(self, id: str, diff: str) -> Incident:
        """Deliver a change here."""
        incident, _ = await asyncio.to_thread(self._desk.approve, id, diff, apply=False)
        return incident

    async def reject(self, id: str, why: str) -> Incident:
        """Dismiss an incident."""
        return await asyncio.to_thread(self._desk.reject, id, why)

    async def report(self, repository: str, kind: ReportKind) -> None:
        """Say that there is nowhere to write it."""
        raise Unavailable("no token of the code host is set", hint="set GITHUB_TOKEN")

    async def close(self) -> None:
        """Do nothing."""


class Office:
    """What the endpoints stand on. Its methods are called from any thread."""

    def __init__(self, app: App) -> None:
        """Take the App."""
        self.app = app
        self.desk = Desk(app)
        self.counters = Counters()
        self.gauges: list[Callable[[], Gauge]] = []
        self.nudge: Callable[[str], None] = lambda id: None
        """Is told of a delivery about which there is something to be done."""
        self.wake: Callable[[], None] = lambda: None
        """Is told that there is something new to be done."""
        self.busy: Callable[[], bool] = lambda: False
        """Says whether deliveries wait to be acknowledged."""
        self._work: tuple[Journeys, asyncio.AbstractEventLoop] | None = None

    @property
    def inbox(self) -> Inbox:
        """The memory of deliveries."""
        return self.app.store.inbox

    @property
    def book(self) -> Casebook:
        """The memory of incidents."""
        return self.app.store.casebook

    def now(self) -> float:
        """Return seconds since the epoch."""
        return self.app.clock.now()

    def opened(self, journeys: Journeys, loop: asyncio.AbstractEventLoop) -> None:
        """Hear who does what is asked for, and in which loop."""
        self._work = journeys, loop

    def closed(self) -> None:
        """Hear that nothing is done any more."""
        self._work = None

    @property
    def works(self) -> bool:
        """Whether this process works on deliveries."""
        return self._work is not None

    def wait_for(self, what: Callable[[Journeys], Coroutine[Any, Any, T]]) -> T:
        """Have something done where the journeys run, and return what came of it."""
        if self._work is None:
            raise Unavailable("nothing is worked on here just now", hint="try again in some seconds")
        journeys, loop = self._work
        try:
            return asyncio.run_coroutine_threadsafe(what(journeys), loop).result(PATIENCE)
        except TimeoutError as error:
            hint = "it goes on; ask for the incident later"
            raise Unavailable("it is not done yet", hint=hint) from error
        except CancelledError as error:
            raise Unavailable("the server ends", hint="ask again when it is back") from error
