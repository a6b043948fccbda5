"""Protocol: what uvicorn speaks, with the limits that it does not have: time, headers, connections."""

from __future__ import annotations

import asyncio
from collections import Counter
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from autonomous_cicd.web.answers import SECURITY, json_bytes, problem

__all__ = ["ANSWERING", "HEAD", "READING", "Connections", "guarded"]

READING = 10.0
"""Seconds within which a whole request must have come."""
ANSWERING = 180.0
"""Seconds within which its answer must have been taken."""
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
        self._addresses: Counter[str] = Counter()

    def enter(self, address: str) -> bool:
        """Count a connection; False when it is one too many."""
        if self.now >= self.most or self._addresses[address] >= self.of_one:
            return False
        self.now += 1
        self._addresses[address] += 1
        return True

    def leave(self, address: str) -> None:
        """Count it no more."""
        self.now -= 1
        self._addresses[address] -= 1
        if self._addresses[address] <= 0:
            del self._addresses[address]


def guarded(connections: Connections) -> type[asyncio.Protocol]:
    """Return the protocol of a server whose connections are these."""

    class Guarded(HttpToolsProtocol):
        """HTTP within limits."""

        _counted = False
        _address = ""
        _waited: asyncio.TimerHandle | None = None
        _head = 0
        _in_head = True
        _too_long = False

        def connection_made(self, transport: Any) -> None:
            """Let a connection in, or not."""
            super().connection_made(transport)
            self._address = self.client[0] if self.client else ""
            self._counted = connections.enter(self._address)
            if self._counted:
                self._wait(connections.reading)
            else:
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
            self._wait(connections.reading)
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
            self._wait(ANSWERING)
            super().on_message_complete()

        def on_response_complete(self) -> None:
            """Hear that it is answered."""
            self._wait(0)
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
            self._wait(0)
            if self._counted:
                self._counted = False
                connections.leave(self._address)

        def _wait(self, seconds: float) -> None:
            if self._waited is not None:
                self._waited.cancel()
            self._waited = self.loop.call_later(seconds, self._late) if seconds else None

        def _late(self) -> None:
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
