"""Webhook: takes signed deliveries, and answers when they are on disk.

It is spoken to without a framework, because a code host that is in a storm sends thousands.
"""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Awaitable, Callable
from urllib.parse import unquote_to_bytes

from autonomous_cicd.domain.delivery import Received
from autonomous_cicd.domain.payload import event_of, work_of
from autonomous_cicd.errors import DocumentError, PortError
from autonomous_cicd.web.answers import Receive, Scope, Send, drain, send_problem
from autonomous_cicd.web.quick_json import quick_object

__all__ = ["LARGEST", "PATH", "Webhook"]

PATH = "/webhooks/github"
LARGEST = 25 * 1024 * 1024
"""Bytes of a delivery: the host sends no more."""
TOGETHER = 256 * 1024 * 1024
"""Bytes of all deliveries that are being read: more are asked to come again."""
LONG, PIECE = 256 * 1024, 2_000
"""Bytes from which a body is hashed in one piece, and read in a thread, and of a piece of a shorter one."""

_JSON, _FORM = b"application/json", b"application/x-www-form-urlencoded"
_HEADERS = ((b"content-type", _JSON), (b"x-content-type-options", b"nosniff"))
_SIGNATURE = re.compile(rb"sha256=([0-9a-f]{64})")
_ID = re.compile(rb"[0-9A-Za-z][0-9A-Za-z._-]{0,99}")
_NAME = re.compile(rb"[a-z][a-z0-9_]{0,59}")
_NUMBER = re.compile(rb"[0-9]{1,18}")

_TOO_LARGE = f"a delivery has at most {LARGEST:,} bytes"
_UNPROVABLE = "no secret is configured, so that nothing is known to be genuine"


class _Refused(Exception):
    """A delivery that is not taken, with the status and the reason; `rest`: bytes to read and forget."""

    def __init__(self, status: int, why: str, *, rest: int = 0, close: bool = False) -> None:
        super().__init__(why)
        self.status = status
        self.rest = rest
        self.close = close


class Webhook:
    """Takes deliveries of the code host: an ASGI application for one path."""

    def __init__(
        self,
        secret: str,
        keep: Callable[[Received], Awaitable[None]],
        now: Callable[[], float],
        *,
        enabled: bool = True,
        wrong: Callable[[str], None] = lambda what: None,
    ) -> None:
        """`keep` returns when a delivery is durable; `wrong` is told what ails us."""
        self._secret = secret.encode()
        self._mark = hmac.new(self._secret, digestmod="sha256")
        self._keep = keep
        self._now = now
        self._enabled = enabled
        self._wrong = wrong
        self._reading = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one delivery, or say why not."""
        try:
            id = await self._take(scope, receive)
        except _Refused as error:
            allowed = [(b"allow", b"POST")] if error.status == 405 else []
            close = error.close or (error.rest > 0 and not await drain(receive, error.rest))
            await send_problem(send, error.status, str(error), headers=allowed, close=close)
        except DocumentError as error:
            await send_problem(send, 400, f"the delivery cannot be read: {error}")
        except PortError as error:
            self._wrong(f"a delivery cannot be kept: {error}")
            later = [(b"retry-after", b"10")]
            await send_problem(send, 503, "the delivery cannot be kept now", headers=later)
        else:
            await _acknowledge(send, id)

    async def _take(self, scope: Scope, receive: Receive) -> bytes:
        if scope["method"] != "POST":
            raise _Refused(405, "deliveries are sent with POST", rest=LARGEST)
        if not self._enabled:
            raise _Refused(403, "no webhooks are taken here", rest=LARGEST)
        if not self._secret:
            raise _Refused(401, _UNPROVABLE, rest=LARGEST)
        headers = _headers(scope)
        size = _size(headers)
        signature = _SIGNATURE.fullmatch(headers.get(b"x-hub-signature-256", b""))
        if signature is None:
            raise _Refused(401, "a signature in X-Hub-Signature-256 is missing", rest=LARGEST)
        body = await self._read(receive, size)
        if not hmac.compare_digest(self._signed(body), signature[1]):
            raise _Refused(401, "the signature is wrong")
        id, name = headers.get(b"x-github-delivery", b""), headers.get(b"x-github-event", b"")
        if not _ID.fullmatch(id):
            raise _Refused(400, "an id in X-GitHub-Delivery is missing")
        if not _NAME.fullmatch(name):
            raise _Refused(400, "the name of an event in X-GitHub-Event is missing")
        told = _payload(headers.get(b"content-type", b""), body)
        # A large one takes seconds; in a thread it lets others be answered meanwhile.
        payload = await asyncio.to_thread(quick_object, told) if len(told) > LONG else quick_object(told)
        event = event_of(name.decode(), payload)
        await self._keep(Received(id=id.decode(), event=event, at=self._now(), key=work_of(event)))
        return id

    def _signed(self, body: bytes) -> bytes:
        """Return the signature of a body.

        A long piece is hashed with the interpreter's lock let go, and other threads would be waited for to
        get it back, which takes a hundred times as long as the hashing.
        """
        if len(body) > LONG:
            return hmac.digest(self._secret, body, "sha256").hex().encode()
        mark = self._mark.copy()
        for start in range(0, len(body), PIECE):
            mark.update(body[start : start + PIECE])
        return mark.hexdigest().encode()

    async def _read(self, receive: Receive, size: int) -> bytes:
        """Return the whole body, never more than may be."""
        parts: list[bytes] = []
        read = 0
        self._reading += size
        try:
            while True:
                if self._reading > TOGETHER:
                    raise _Refused(503, "too much is sent at once", rest=LARGEST)
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _Refused(400, "the delivery ended early", close=True)
                part = message.get("body", b"")
                if read + len(part) > size:
                    self._reading += read + len(part) - size
                    size = read + len(part)
                read += len(part)
                if read > LARGEST:
                    rest = LARGEST if message.get("more_body") else 0
                    raise _Refused(413, _TOO_LARGE, rest=rest)
                parts.append(part)
                if not message.get("more_body"):
                    return parts[0] if len(parts) == 1 else b"".join(parts)
        finally:
            self._reading -= size


async def _acknowledge(send: Send, id: bytes) -> None:
    """Say that a delivery is kept; made by hand, for this is said most often."""
    body = b'{"delivery":"' + id + b'"}'
    headers = [*_HEADERS, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 202, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _headers(scope: Scope) -> dict[bytes, bytes]:
    """Return the headers; whatever is there twice is nobody's word."""
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in found and name.startswith((b"x-", b"content-")):
            raise _Refused(400, "a header is there twice", rest=LARGEST)
        found[name] = value
    return found


def _size(headers: dict[bytes, bytes]) -> int:
    """Return how many bytes are announced; 0 when that is not told."""
    told = headers.get(b"content-length", b"0")
    size = int(told) if _NUMBER.fullmatch(told) else 2 * LARGEST
    if size > LARGEST:
        raise _Refused(413, _TOO_LARGE, rest=size if size < 2 * LARGEST else 0, close=size >= 2 * LARGEST)
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise _Refused(415, "a delivery is not compressed", rest=LARGEST)
    return size


def _payload(kind: bytes, body: bytes) -> bytes:
    """Return the JSON of a body: as it is, or of the field `payload` of a form."""
    kind = kind.partition(b";")[0].strip().lower()
    if kind == _JSON:
        return body
    if kind != _FORM:
        raise _Refused(415, "a delivery is JSON, or a form with the field `payload`")
    fields = [field for field in body.split(b"&", 16) if field.startswith(b"payload=")]
    if len(fields) != 1:
        raise _Refused(400, "the form has no field `payload`, or several")
    return unquote_to_bytes(fields[0].removeprefix(b"payload=").replace(b"+", b" "))
