"""Service: what the server does about each delivery, and what it looks after between them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from autonomous_cicd.app import App
from autonomous_cicd.domain.delivery import Ended, Lease, Progress
from autonomous_cicd.domain.event import Event
from autonomous_cicd.domain.notice import Notice
from autonomous_cicd.journeys.doors import answered
from autonomous_cicd.journeys.opened import open_practice
from autonomous_cicd.journeys.practice import nobody
from autonomous_cicd.journeys.reconciled import reconciled

__all__ = ["Service"]


class Service:
    """Handles deliveries with the code host of the settings."""

    def __init__(
        self, app: App, stop: asyncio.Event, tell: Callable[[Notice], Awaitable[None]] = nobody
    ) -> None:
        """Take the operator's App, what ends everything, and who tells people."""
        self._app = app
        self._stop = stop
        self._tell = tell

    async def handle(self, event: Event, lease: Lease) -> Ended:
        """Do what follows from an event. Raises PortError when it may be tried again later."""
        async with open_practice(self._app, stop=self._stop, tell=self._tell) as practice:
            return Ended(Progress.DONE, await answered(practice, event))

    async def reconcile(self) -> int:
        """See what became of what was begun when a process died; return how much that was."""
        async with open_practice(self._app, stop=self._stop) as practice:
            return await reconciled(practice)
