"""Speaks HTTP with one service: bounded in time and size, and credentials never leave for another place."""

from __future__ import annotations

import asyncio
import http.client
import json
import ssl
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import NotFound, Unauthorized, Unavailable, UsageError
from autonomous_cicd.values import dataclass

__all__ = ["Answer", "Service"]

LARGEST = 50 * 1024 * 1024
CONNECT = 5.0
READ = 30.0
TOTAL = 60.0
_BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a service answered."""

    status: int
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes

    def json(self) -> Json:
        """Return the body as JSON. Raises Unavailable when it is none."""
        try:
            value: Json = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Unavailable(f"the answer is no JSON: {error}") from error
        return value


class Service:
    """One service at one address. A redirect is an answer like any other: nothing follows it."""

    def __init__(self, base: str, *, headers: Mapping[str, str], name: str) -> None:
        """Take its address, what every request carries, and what to call it in a message."""
        parts = urlsplit(base)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"{base!r} is no address of {name}", hint="write https://host/path")
        self._parts = parts
        self._headers = dict(headers)
        self._name = name

    async def call(self, method: str, path: str, body: Json = None) -> Answer:
        """Return the answer to a request below the address.

        Raises Unavailable when there is none in time, or it is a failure of the service; Unauthorized when it
        refuses our credentials; NotFound when it knows nothing of it.
        """
        answer = await asyncio.to_thread(self._call, method, path, body)
        if answer.status in (401, 403):
            raise Unauthorized(f"{self._name} refuses our credentials ({answer.status})")
        if answer.status == 404:
            raise NotFound(f"{self._name} knows nothing of {path}")
        if answer.status == 429 or answer.status >= 500 or answer.status in (301, 302, 303, 307, 308):
            raise Unavailable(f"{self._name} answered {answer.status}")
        return answer

    def _call(self, method: str, path: str, body: Json) -> Answer:
        until = time.monotonic() + TOTAL
        connection = self._connection()
        headers = {**self._headers, "Accept": "application/json", "User-Agent": "autonomous-cicd"}
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.connect()
            if connection.sock:
                connection.sock.settimeout(READ)
            connection.request(method, self._parts.path.rstrip("/") + path, body=data, headers=headers)
            answer = connection.getresponse()
            parts: list[bytes] = []
            size = 0
            while block := answer.read(_BLOCK):
                parts.append(block)
                size += len(block)
                if size > LARGEST or time.monotonic() > until:
                    raise Unavailable(f"the answer of {self._name} is too large, or takes too long")
            known = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(status=answer.status, headers=known, body=b"".join(parts))
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable(f"{self._name} does not answer: {error}") from error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=CONNECT)
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=CONNECT, context=context)
