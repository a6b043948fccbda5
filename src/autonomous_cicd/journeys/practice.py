"""Practice: what the journeys at a code host share - who reads there, who writes, and clones to work in."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from autonomous_cicd import sealed
from autonomous_cicd.app import App, Request
from autonomous_cicd.casebook import Casebook
from autonomous_cicd.desk import Desk
from autonomous_cicd.domain.addresses import site_of
from autonomous_cicd.domain.code_host import HostedRun
from autonomous_cicd.domain.decision import Autonomy
from autonomous_cicd.domain.incident import Incident
from autonomous_cicd.domain.notice import Notice
from autonomous_cicd.domain.redaction import Redactor
from autonomous_cicd.hosts import CodeHost, RemoteGit
from autonomous_cicd.services.deliver_at_host import DeliverAtHost, Outside
from autonomous_cicd.services.heal import Heard
from autonomous_cicd.services.pen import Pen
from autonomous_cicd.settings.load import demands, load

__all__ = ["Practice", "nobody"]

REMEMBERED = 500
"""Incidents of a repository among which what was seen before is looked for."""


async def nobody(notice: Notice) -> None:
    """Tell nobody."""


class Practice:
    """What the journeys at a code host share."""

    def __init__(
        self,
        app: App,
        host: CodeHost,
        git: RemoteGit,
        outside: Outside,
        *,
        stop: asyncio.Event,
        heard: Heard | None = None,
        tell: Callable[[Notice], Awaitable[None]] = nobody,
        overrides: Mapping[str, object] | None = None,
    ) -> None:
        """Take the operator's App, and who reads and writes at the host.

        `tell`: tells people, and never fails. `overrides`: settings that a person gave here and now.
        """
        self.app = app
        self.host = host
        self.git = git
        self.stop = stop
        self.heard = heard or Heard()
        self.tell = tell
        self.desk = Desk(app)
        self._outside = outside
        self._overrides = dict(overrides or {})

    async def aclose(self) -> None:
        """Close what it speaks with."""
        await self.host.aclose()

    @property
    def book(self) -> Casebook:
        """The memory of incidents."""
        return self.desk.casebook

    @cached_property
    def deliver(self) -> DeliverAtHost:
        """Who writes at the host."""
        own = self.app.settings.self_healing
        return DeliverAtHost(
            host=self.host,
            outside=self._outside,
            book=self.book,
            now=self.app.clock.now,
            stopped=self.desk.switch.exists,
            hourly=own.max_pull_requests_per_hour,
            most_open=own.max_open_pull_requests,
        )

    @cached_property
    def pen(self) -> Pen:
        """What writes texts: without secrets, and inert."""
        redact = Redactor(self.app.hidden()).redact
        own = self.app.settings.integrations.github
        listens = own.enable_webhooks and bool(own.webhook_secret)
        return Pen(redact=redact, web=site_of(own.api_url, own.server_url), listens=listens)

    @property
    def autonomy(self) -> Autonomy:
        """How far things are done unasked, as the operator allows."""
        return Autonomy(self.app.settings.autonomy)

    def place(self, repository: str) -> Path:
        """Return by what the project is known here: no folder, but as good as one, the same every time."""
        return self.app.state / "hosts" / repository.lower()

    def clinic(self, repository: str) -> Any:
        """Return what tells why logs of a repository are red."""
        return self.app.clinic(self.place(repository))

    @asynccontextmanager
    async def clone(self, run: HostedRun) -> AsyncIterator[Path]:
        """Lend a private clone with the commit of a run checked out; it is removed at the end."""
        presence = self.app.presence(f"clone-{secrets.token_hex(6)}")
        folder: Path = presence.folder / run.repository.rpartition("/")[2]
        try:
            await self.git.clone(run.repository, run.commit, folder)
            yield folder
        finally:
            await asyncio.to_thread(self.app.remove, presence.folder)
            presence.end()

    @asynccontextmanager
    async def stopping(self) -> AsyncIterator[asyncio.Event]:
        """Lend what ends one healing: it is set when everything is to end, and by the kill switch."""
        own = asyncio.Event()

        async def pass_on() -> None:
            """End this one when everything is to end."""
            await self.stop.wait()
            own.set()

        async def watch_switch() -> None:
            """End this one when somebody pulls the kill switch, whatever is going on just then."""
            while not own.is_set():
                if self.desk.switch.exists():
                    own.set()
                await self.app.clock.sleep(1.0)

        watching = [asyncio.create_task(one) for one in (pass_on(), watch_switch())]
        try:
            yield own
        finally:
            for task in watching:
                task.cancel()

    def app_for(self, clone: Path, repository: str, request: Request) -> App:
        """Return the App of a clone: the repository's settings narrow the operator's, whoever that is.

        Its code sees nothing of our environment but what every project may see.
        """
        own = {path: value for path, value in demands(clone).items() if path not in self._overrides}
        settings = load(
            clone,
            environment=self.app.environment,
            overrides=self._overrides,
            requirements={"the repository's own file": own},
        )
        return App(
            settings,
            environment=sealed.clean(self.app.environment),
            project=self.place(repository),
            request=request,
            store=self.app.store,
            clock=self.app.clock,
            machines=self.app.machines,
            machine=self.app.machine,
            workspace=self.app.workspace,
            state=self.app.state,
        )

    def known(self, repository: str, fingerprint: str) -> tuple[Incident, ...]:
        """Return what was seen of a cause in a repository, the newest first."""
        return tuple(one for one in self.seen(repository) if one.fingerprint == fingerprint)

    def seen(self, repository: str) -> tuple[Incident, ...]:
        """Return what was seen at the host in a repository, the newest first."""
        return tuple(one for one in self.book.incidents(repository, REMEMBERED) if one.at_host)
