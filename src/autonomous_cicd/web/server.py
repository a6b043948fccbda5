"""Server: one process that answers, works on deliveries, and ends in order."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn

from autonomous_cicd.app import App
from autonomous_cicd.errors import UsageError
from autonomous_cicd.web.gate import is_loopback
from autonomous_cicd.web.library_lines import take_over
from autonomous_cicd.web.live import FRAME
from autonomous_cicd.web.log_lines import tell
from autonomous_cicd.web.office import Journeys, Office
from autonomous_cicd.web.protocol import Connections, guarded
from autonomous_cicd.web.site import Site
from autonomous_cicd.web.worker import NAMED, Worker, watched

__all__ = ["Server", "bind", "check"]

TURN = 0.0005
"""Seconds after which a thread lets another go on: whoever writes to the disk must not wait for its turn."""
ANSWERS_END = 4
"""Seconds that answers under way have when the server ends."""
WORK_ENDS = 9.0
"""Seconds that the work has."""
DOORS = 16
"""How often the socket is listened at: each lets one connection in a turn of the loop, and with a single one
whoever comes new would wait for seconds while those who are in are busy."""


def check(app: App) -> None:
    """Raise UsageError when the server must not start like this."""
    own = app.settings.server
    if not own.token and not is_loopback(own.host):
        problem = f"{own.host} can be reached by others, and no token is set"
        raise UsageError(problem, hint="set AUTONOMOUS_CICD_SERVER_TOKEN, or listen at 127.0.0.1")
    if own.poll and not watched(app):
        hint = f"set {NAMED} (in the environment: GITHUB_REPOSITORY=owner/name)"
        raise UsageError("the host is to be asked for runs, and no repository is named", hint=hint)


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens. Raises UsageError when the address is taken or none of ours."""
    try:
        kind, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(kind, socket.SOCK_STREAM)
    except OSError as error:
        raise UsageError(f"{host} is no address to listen at: {error.strerror}") from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(2_048)
    except OSError as error:
        listening.close()
        hint = "name another port: --port N, or 0 for any that is free"
        raise UsageError(f"{host}:{port} cannot be listened at: {error.strerror}", hint=hint) from error
    listening.setblocking(False)
    return listening


class Server:
    """One process of the server."""

    def __init__(self, app: App, journeys: Callable[[App], Journeys], *, catches_up: bool = True) -> None:
        """Take the App, and who does what follows: it is made in the thread where it is done."""
        check(app)
        self._app = app
        self._make = journeys
        self._catches_up = catches_up
        own = app.settings.server
        self._connections = Connections(own.max_connections, own.connections_per_address)
        self._server: uvicorn.Server | None = None
        self._asked = False

    def run(self, listening: socket.socket, *, ready: Callable[[], None] = lambda: None) -> None:
        """Serve until told to stop by a signal or by `stop`; `ready` is called when requests are taken."""
        config = uvicorn.Config(
            self._answer,
            interface="asgi3",
            http=guarded(self._connections),
            ws="websockets-sansio",
            ws_max_size=FRAME,
            ws_ping_interval=30.0,
            ws_ping_timeout=30.0,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=ANSWERS_END,
        )
        take_over()
        self._server = _Quiet(config, ready)
        sys.setswitchinterval(TURN)
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(self._serve(self._server, listening))

    def stop(self) -> None:
        """End in order; may be called from any thread, and more than once."""
        self._asked = True
        if self._server is not None:
            self._server.should_exit = True

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        await self._site(scope, receive, send)

    async def _serve(self, server: uvicorn.Server, listening: socket.socket) -> None:
        office = Office(self._app)
        self._site = site = Site(office, self._wrong)
        office.gauges.append(
            lambda: ("autonomous_cicd_connections", "Open connections.", {("", ""): self._connections.now})
        )
        loop = asyncio.get_running_loop()
        if threading.current_thread() is threading.main_thread():
            for one in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(one, self.stop)
        worker = Worker(office, site.hub, self._make, tell, self.stop, catches_up=self._catches_up)
        watching = [asyncio.ensure_future(one) for one in (site.hub.watch(), self._connections.watch())]
        try:
            await asyncio.to_thread(self._app.store.inbox.counts)  # a store that cannot be used is told now
            worker.start(loop)
            server.should_exit = self._asked
            await server.serve([listening, *(listening.dup() for _ in range(DOORS - 1))])
        finally:
            for task in watching:
                task.cancel()
            worker.stop()
            await site.close()
            await asyncio.to_thread(worker.join, WORK_ENDS)
        worker.check()

    def _wrong(self, what: str) -> None:
        tell("warning", what)


class _Quiet(uvicorn.Server):
    """Leaves signals to us: they are told to both threads, and the exit code stays 0."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say when requests are taken."""
        await super().startup(sockets)
        self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing."""
        yield
