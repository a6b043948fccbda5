"""Protocol: what uvicorn speaks, with the limits that it does not have: time, headers, connections."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from http import HTTPStatus
from math import inf
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from autonomous_cicd.web.answers import SECURITY, json_bytes, problem

__all__ = ["ANSWERING", "HEAD", "READING", "Connections", "guarded"]

READING = 10.0
"""Seconds within which a whole request must have come."""
ANSWERING = 180.0
"""Seconds within which its answer must have been taken."""
LOOK = 0.5
"""Seconds between two looks at who is late."""
HEAD = 64 * 1024
"""Bytes of a request without its body."""


class Connections:
    """Counts who is connected, and says who may."""

    def __init__(self, most: int, of_one: int, *, reading: float = READING) -> None:
        """Take how many there may be at once, in all and of one address."""
        self.most = most
        self.of_one = of_one
        self.reading = reading
        self.now = 0
        self.time = 0.0
        """Seconds by a clock that only goes forward, as of the last look at who is late."""
        self._open: set[Any] = set()
        self._addresses: Counter[str] = Counter()

    async def watch(self) -> None:
        """Hang up on whoever is late, again and again: a timer for each request would take longer."""
        while True:
            self.time = time.monotonic()
            for one in [one for one in self._open if one.deadline < self.time]:
                one.late()
            await asyncio.sleep(LOOK)

    def enter(self, address: str, connection: Any) -> bool:
        """Count a connection; False when it is one too many."""
        if self.now >= self.most or self._addresses[address] >= self.of_one:
            return False
        self.now += 1
        self._addresses[address] += 1
        self._open.add(connection)
        return True

    def leave(self, address: str, connection: Any) -> None:
        """Count it no more."""
        self.now -= 1
        self._open.discard(connection)
        self._addresses[address] -= 1
        if self._addresses[address] <= 0:
            del self._addresses[address]


def guarded(connections: Connections) -> type[asyncio.Protocol]:
    """Return the protocol of a server whose connections are these."""

    class Guarded(HttpToolsProtocol):
        """HTTP within limits."""

        _counted = False
        _address = ""
        deadline = inf
        _head = 0
        _in_head = True
        _too_long = False

        def connection_made(self, transport: Any) -> None:
            """Let a connection in, or not."""
            super().connection_made(transport)
            self._address = self.client[0] if self.client else ""
            self.deadline = connections.time + connections.reading
            self._counted = connections.enter(self._address, self)
            if not self._counted:
                self._end(503, "too many connections")

        def connection_lost(self, exc: Exception | None) -> None:
            """Forget it."""
            self._gone()
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            """Read on, as long as what comes before the body is not endless."""
            if not self._counted:
                return
            super().data_received(data)
            if self._in_head and not self.transport.is_closing():
                self._head += len(data)
                if self._head > HEAD:
                    self._end(431, "the headers are too long")

        def on_message_begin(self) -> None:
            """Hear that a request begins."""
            self._head, self._in_head = 0, True
            self.deadline = connections.time + connections.reading
            super().on_message_begin()

        def on_url(self, url: bytes) -> None:
            """Hear its address."""
            self._measure(len(url))
            super().on_url(url)

        def on_header(self, name: bytes, value: bytes) -> None:
            """Hear a header."""
            self._measure(len(name) + len(value) + 4)
            super().on_header(name, value)

        def on_headers_complete(self) -> None:
            """Hear that the body follows."""
            self._head, self._in_head = 0, False
            super().on_headers_complete()

        def on_message_complete(self) -> None:
            """Hear that it is whole."""
            self.deadline = connections.time + ANSWERING
            super().on_message_complete()

        def on_response_complete(self) -> None:
            """Hear that it is answered."""
            self.deadline = inf
            super().on_response_complete()

        def handle_websocket_upgrade(self) -> None:
            """Hand the connection over: it is counted where it goes."""
            self._gone()
            super().handle_websocket_upgrade()

        def send_400_response(self, msg: str) -> None:
            """Say that it cannot be understood."""
            self._end(431 if self._too_long else 400, "the headers are too long" if self._too_long else msg)

        def _measure(self, size: int) -> None:
            self._head += size
            if self._head > HEAD:
                self._too_long = True
                raise ValueError("the headers are too long")

        def _gone(self) -> None:
            self.deadline = inf
            if self._counted:
                self._counted = False
                connections.leave(self._address, self)

        def late(self) -> None:
            """Hang up: it took too long."""
            if not self.transport.is_closing():
                self._end(408, "it took too long")

        def _end(self, status: int, why: str) -> None:
            """Say why, unless an answer is under way, and hang up."""
            if self.cycle is None or not self.cycle.response_started or self.cycle.response_complete:
                self.transport.write(_raw(status, why))
            self.transport.close()

    return Guarded


def _raw(status: int, why: str) -> bytes:
    body = json_bytes(problem(status, why))
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        *SECURITY,
    ]
    lines = b"".join(b"%s: %s\r\n" % one for one in headers)
    return b"HTTP/1.1 %d %s\r\n%s\r\n%s" % (status, HTTPStatus(status).phrase.encode(), lines, body)
