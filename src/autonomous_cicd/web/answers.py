"""Answers: how the server says something, so that it is inert wherever it is shown."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from typing import Any, TypeAlias

__all__ = [
    "SECURITY",
    "Receive",
    "Scope",
    "Send",
    "drain",
    "json_bytes",
    "problem",
    "refuse_socket",
    "send_bytes",
    "send_json",
    "send_problem",
]

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Header: TypeAlias = tuple[bytes, bytes]

SECURITY: tuple[Header, ...] = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
"""Sent with every answer: nothing of it is a page with anything active, and nobody keeps it."""
PROBLEM = b"application/problem+json"
_SIGNS = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def json_bytes(value: object) -> bytes:
    """Return a value as JSON in ASCII, without signs that a page could take for its own."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).translate(_SIGNS).encode("ascii")


def problem(status: int, detail: str, hint: str = "") -> dict[str, object]:
    """Return what is said of something that cannot be done (RFC 9457)."""
    told: dict[str, object] = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return {**told, "hint": hint} if hint else told


async def drain(receive: Receive, most: int) -> bool:
    """Read what is left of a body and forget it; False when it is more than that.

    Who still writes when we hang up never reads our answer.
    """
    read = 0
    while read <= most:
        message = await receive()
        read += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return True
    return False


async def send_json(
    send: Send,
    status: int,
    value: object,
    *,
    kind: bytes = b"application/json",
    headers: Iterable[Header] = (),
    head: bool = False,
) -> None:
    """Answer with a value; `head`: with what is said about it only."""
    await send_bytes(send, status, json_bytes(value), kind=kind, headers=headers, head=head)


async def send_bytes(
    send: Send,
    status: int,
    body: bytes,
    *,
    kind: bytes,
    headers: Iterable[Header] = (),
    head: bool = False,
) -> None:
    """Answer with bytes of a kind."""
    size = str(len(body)).encode()
    lines = [(b"content-type", kind), (b"content-length", size), *SECURITY, *headers]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": b"" if head else body})


async def send_problem(
    send: Send,
    status: int,
    detail: str,
    hint: str = "",
    *,
    headers: Iterable[Header] = (),
    close: bool = False,
) -> None:
    """Say what cannot be done and why; `close`: whatever else comes over this connection is not read."""
    more = [*headers, (b"connection", b"close")] if close else headers
    await send_json(send, status, problem(status, detail, hint), kind=PROBLEM, headers=more)


async def refuse_socket(
    scope: Scope,
    receive: Receive,
    send: Send,
    status: int,
    detail: str,
    hint: str = "",
    *,
    headers: Iterable[Header] = (),
) -> None:
    """Say why a socket is not opened: as a plain answer, where the server can give one instead."""
    await receive()
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008, "reason": detail})  # answers 403
        return

    async def answer(message: MutableMapping[str, Any]) -> None:
        """Send a message under the name that it has before a handshake."""
        await send({**message, "type": f"websocket.{message['type']}"})

    await send_problem(answer, status, detail, hint, headers=headers)
