"""Worker: works on deliveries in a thread with an event loop of its own; no answer waits for it."""

from __future__ import annotations

import asyncio
import threading
import traceback
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Protocol

from autonomous_cicd.adapters.slots import Slot
from autonomous_cicd.app import App
from autonomous_cicd.domain.delivery import Progress
from autonomous_cicd.domain.report_facts import ReportKind
from autonomous_cicd.errors import AutonomousCicdError, PortError
from autonomous_cicd.lazy import teller
from autonomous_cicd.services.catch_up import EVERY, CatchUp, keep_up
from autonomous_cicd.services.reporting import Reporting, keep_reporting
from autonomous_cicd.services.work import Job, work
from autonomous_cicd.web.live import Hub
from autonomous_cicd.web.office import Journeys, Office

__all__ = ["NAMED", "Note", "Worker", "watched"]

HOUR = 3_600.0
NAMED = "integrations.github.repository or server.repositories"
"""Where repositories are named that the host is asked about."""


def watched(app: App) -> tuple[str, ...]:
    """Return the repositories that the host is asked about."""
    one, more = app.settings.integrations.github.repository, app.settings.server.repositories
    return tuple(dict.fromkeys(name for name in (one, *more) if name))


class Note(Protocol):
    """Writes a line of our own log."""

    def __call__(self, level: str, what: str, **facts: object) -> None:
        """Write what happened, with some facts."""
        ...


class Worker:
    """Does what follows from deliveries, as long as the server lives."""

    def __init__(
        self,
        office: Office,
        hub: Hub,
        journeys: Callable[[App], Journeys],
        note: Note,
        dead: Callable[[], None],
        *,
        catches_up: bool,
    ) -> None:
        """`journeys` are made where they run; `dead` is told when nothing can be worked on any more."""
        self._office = office
        self._hub = hub
        self._journeys = journeys
        self._note = note
        self._dead = dead
        self._catches_up = catches_up
        self._thread = threading.Thread(target=self._main, name="worker", daemon=True)
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._web: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._nudge = asyncio.Event()
        self._woken = False
        self._error: AutonomousCicdError | None = None

    def start(self, web: asyncio.AbstractEventLoop) -> None:
        """Begin; `web` is the loop of whoever listens to live events."""
        self._web = web
        self._office.nudge = self._nudged
        self._office.wake = self._wake
        self._thread.start()

    def stop(self) -> None:
        """Ask for the end."""
        self._stopping = True
        self._in(self._loop, self._stop.set)

    def join(self, seconds: float) -> None:
        """Wait for the end, so long at most."""
        if self._thread.ident is not None:
            self._thread.join(seconds)

    def check(self) -> None:
        """Raise what kept it from working."""
        if self._error is not None:
            raise self._error

    def _main(self) -> None:
        try:
            asyncio.run(self._run())
        except AutonomousCicdError as error:
            self._error = error
        finally:
            self._office.closed()
            if not self._stopping:
                self._dead()

    async def _run(self) -> None:
        app = self._office.app
        self._loop = loop = asyncio.get_running_loop()
        if self._stopping:
            return
        slot = await asyncio.to_thread(Slot, app.state / "servers")
        journeys = self._journeys(app)
        self._office.opened(journeys, loop)
        own = app.settings.server
        job = Job(
            inbox=self._office.inbox,
            handle=journeys.handle,
            clock=app.clock,
            owner=slot.name,
            concurrency=own.at_once,
            tries=own.tries,
            busy=self._office.busy,
            told=self._told,
            wrong=self._wrong,
        )
        besides = [asyncio.ensure_future(one) for one in self._besides(journeys)]
        for one in besides:
            one.add_done_callback(self._ended)
        try:
            await work(job, self._stop, self._nudge)
        finally:
            for one in besides:
                one.cancel()
            await asyncio.gather(*besides, return_exceptions=True)
            await journeys.close()
            slot.close()

    def _besides(self, journeys: Journeys) -> list[Coroutine[Any, Any, None]]:
        """Return what goes on beside the work."""
        going: list[Coroutine[Any, Any, None]] = [self._tidy(), teller(self._office.app).run(self._stop)]
        if self._catches_up and (what := self._catch_up(journeys)) is not None:
            every = self._office.app.settings.server.poll_seconds if what.poll else EVERY
            going.append(keep_up(what, every, found=self._found, wrong=self._wrong))
        if self._catches_up and (reporting := self._reporting(journeys)) is not None:
            going.append(keep_reporting(reporting))
        return going

    def _reporting(self, journeys: Journeys) -> Reporting | None:
        """Return which reports are written; None when none is wanted, or none can be."""
        app = self._office.app
        kinds, repositories = app.settings.server.reports, watched(app)
        if kinds and not repositories:
            self._wrong(f"no report is written: set {NAMED}")
        if not kinds or not repositories:
            return None
        return Reporting(
            report=journeys.report,
            kinds=tuple(map(ReportKind, kinds)),
            repositories=repositories,
            clock=app.clock,
            wrong=self._wrong,
        )

    def _catch_up(self, journeys: Journeys) -> CatchUp | None:
        """Return who asks what we missed; None, and say so, when nobody can be asked."""
        app = self._office.app
        own = app.settings.server
        if not own.poll and not app.settings.integrations.github.webhook_secret:
            return None  # no delivery is taken, so none is missed
        what = "runs" if own.poll else "deliveries that were missed"
        if journeys.host is None:
            self._wrong(f"{what} cannot be asked for: no token of the code host is set")
            return None
        repositories = watched(app)
        if not repositories:
            self._wrong(f"{what} cannot be asked for: set {NAMED}")
            return None
        return CatchUp(
            host=journeys.host,
            inbox=self._office.inbox,
            clock=app.clock,
            repositories=repositories,
            poll=own.poll,
        )

    async def _tidy(self) -> None:
        """Forget what is too old."""
        app = self._office.app
        while True:
            await app.clock.sleep(HOUR)
            try:
                await asyncio.to_thread(app.store.tidy, app.clock.now())
            except PortError as error:
                self._wrong(f"what is old cannot be forgotten: {error}")

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Hear that something ended that goes on for ever."""
        if not task.cancelled() and (error := task.exception()):
            self._note("error", "".join(traceback.format_exception(error)))

    def _nudged(self, id: str) -> None:
        """Hear from any thread that there is something to be done."""
        self._wake()
        self._in(self._web, lambda: self._hub.poke(id))

    def _wake(self) -> None:
        """Hear from any thread that there is something new; once is enough until the worker looked."""
        if not self._woken:
            self._woken = True
            self._in(self._loop, self._woke)

    def _woke(self) -> None:
        self._woken = False
        self._nudge.set()

    def _found(self, count: int) -> None:
        self._note("info", "put into the inbox what was missed", count=count)
        self._nudge.set()

    def _told(self, id: str, progress: Progress, outcome: str) -> None:
        level = "warning" if progress is Progress.FAILED else "info"
        self._note(level, "delivery", id=id, progress=progress.value, outcome=outcome)
        self._in(self._web, lambda: self._hub.poke(id))

    def _wrong(self, what: str) -> None:
        self._note("warning", what)

    def _in(self, loop: asyncio.AbstractEventLoop | None, what: Callable[[], object]) -> None:
        if loop is not None:
            with suppress(RuntimeError):  # it is closed: nobody listens any more
                loop.call_soon_threadsafe(what)
