"""Live: tells whoever listens what happens, also what other processes do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from autonomous_cicd.errors import NotFound, PortError
from autonomous_cicd.ports import Store
from autonomous_cicd.web.answers import json_bytes, refuse_socket
from autonomous_cicd.web.gate import PROTOCOL
from autonomous_cicd.web.views import run_view, short_incident_view

__all__ = ["FRAME", "READERS", "SUBPROTOCOL", "Hub"]

SUBPROTOCOL = "autonomous-cicd"
"""What a page offers besides the one that brings its token: one of those offered has to be agreed to, and
that must not be the secret."""

READERS = 256
"""Sockets at once."""
QUEUE = 256
"""Events that wait for one reader; who is slower than that is dropped."""
FRAME = 64 * 1024
"""Bytes of a frame at most, in both directions."""
IDLE = 60.0
"""Seconds of silence after which a sign of life is sent."""
LOOK = 1.0
"""Seconds between two looks at what other processes did."""
NEWEST = 100
"""Deliveries and incidents that are looked at."""
TOO_SLOW = 1008


class _Reader:
    def __init__(self) -> None:
        self.queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE)
        self.dropped = asyncio.Event()


class Hub:
    """Knows who listens, and what was told last."""

    def __init__(self, store: Store, wrong: Callable[[str], None] = lambda what: None) -> None:
        """Take the store that is looked at, and who is told what ails us."""
        self._store = store
        self._wrong = wrong
        self._readers: set[_Reader] = set()
        self._known: dict[tuple[str, str], object] = {}
        self._begun = False
        self._touched: set[str] = set()
        self._poked = asyncio.Event()

    @property
    def readers(self) -> int:
        """How many listen."""
        return len(self._readers)

    def poke(self, id: str = "") -> None:
        """Have it looked at once, at this delivery too."""
        if self._readers:
            if id and len(self._touched) < NEWEST * 10:
                self._touched.add(id)
            self._poked.set()

    async def watch(self) -> None:
        """Look again and again, as long as somebody listens."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._poked.wait()
            self._poked.clear()
            if not self._readers:
                self._begun = False
                continue
            touched, self._touched = self._touched, set()
            try:
                found = await asyncio.to_thread(self._look, touched)
            except PortError as error:
                self._wrong(f"the store cannot be read: {error}")
                await asyncio.sleep(LOOK)
            else:
                self._tell(found)

    async def serve(self, socket: WebSocket) -> None:
        """Tell one reader everything from now on, until it goes."""
        refused = self._refusal(socket)
        if refused is not None:
            await refuse_socket(socket.scope, socket.receive, socket.send, *refused)
            return
        await socket.accept(_protocol(socket))
        reader = _Reader()
        self._readers.add(reader)
        try:
            await socket.send_text('{"type":"hello"}')
            self.poke()
            await _until_gone(socket, reader)
        except (WebSocketDisconnect, RuntimeError):
            pass  # it has gone in the middle of a word
        finally:
            self._readers.discard(reader)

    def _refusal(self, socket: WebSocket) -> tuple[int, str, str] | None:
        """Return why somebody cannot listen: status, reason and next step."""
        if len(self._readers) >= READERS:
            return 503, f"{READERS} listen already", "close other pages, or try again later"
        if socket.scope.get("subprotocols") and not _protocol(socket):
            # Browsers fail a connection where none of those is agreed to that they offered.
            return 400, "no subprotocol is offered but the token", f"offer `{SUBPROTOCOL}` besides"
        return None

    def _look(self, touched: Iterable[str]) -> list[tuple[tuple[str, str], object, dict[str, Any]]]:
        """Return what there is: its name, what changes with it, and how it is told."""
        inbox = self._store.inbox
        deliveries = list(reversed(inbox.deliveries(limit=NEWEST)))
        there = {one.id for one in deliveries}
        for id in touched:
            with suppress(NotFound):
                if id not in there:
                    deliveries.append(inbox.delivery(id))
        found: list[tuple[tuple[str, str], object, dict[str, Any]]] = [
            (("run", one.id), (one.progress, one.tries, one.outcome, one.due), run_view(one))
            for one in deliveries
        ]
        for incident in reversed(self._store.casebook.incidents(limit=NEWEST)):
            state = (incident.state, len(incident.history), len(incident.attempts))
            found.append((("incident", incident.id), state, short_incident_view(incident)))
        return found

    def _tell(self, found: list[tuple[tuple[str, str], object, dict[str, Any]]]) -> None:
        news = [(name, view) for name, state, view in found if self._known.get(name) != state]
        self._known = {name: state for name, state, _ in found}
        if not self._begun:
            self._begun = True  # what was there before anybody listened is no news
            return
        for (kind, _), view in news:
            told = json_bytes({"type": kind, kind: view})
            for reader in self._readers:
                if reader.queue.full():
                    reader.dropped.set()
                elif len(told) <= FRAME:
                    reader.queue.put_nowait(told)


async def _until_gone(socket: WebSocket, reader: _Reader) -> None:
    listens = asyncio.ensure_future(_listen(socket))
    speaks = asyncio.ensure_future(_speak(socket, reader))
    dropped = asyncio.ensure_future(reader.dropped.wait())
    try:
        await asyncio.wait({listens, speaks, dropped}, return_when=asyncio.FIRST_COMPLETED)
        if dropped.done():
            with suppress(RuntimeError, TimeoutError):
                async with asyncio.timeout(5):
                    await socket.close(TOO_SLOW, "too slow")
    finally:
        for one in (listens, speaks, dropped):
            one.cancel()
        await asyncio.gather(listens, speaks, dropped, return_exceptions=True)


async def _listen(socket: WebSocket) -> None:
    """Take what comes: nothing that a reader says means anything to us."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _speak(socket: WebSocket, reader: _Reader) -> None:
    while True:
        try:
            # `wait_for` of Python 3.11 forgets to end when it is cancelled while something comes.
            async with asyncio.timeout(IDLE):
                told = await reader.queue.get()
        except TimeoutError:
            told = b'{"type":"ping"}'
        await socket.send_text(told.decode("ascii"))


def _protocol(socket: WebSocket) -> str | None:
    """Return which of the subprotocols that a page offered we agree to: ours, or else what it calls it."""
    offered: list[str] = socket.scope.get("subprotocols", [])
    if SUBPROTOCOL in offered:
        return SUBPROTOCOL
    return next((one for one in offered if not one.startswith(PROTOCOL)), None)
