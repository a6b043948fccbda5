"""Gate: who may ask the server anything, from where, and how often."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Iterable

from autonomous_cicd.web.answers import Receive, Scope, Send, drain, refuse_socket, send_problem

__all__ = ["OPEN", "Gate", "Pace", "is_loopback"]

OPEN = frozenset({"/healthz", "/readyz"})
"""What everybody may ask: whether the server lives."""
STOP = "/api/stop"
"""Where everything is stopped: that must work at any pace."""
LOGINS, CHANGES, MINUTE = 20, 60, 60.0
SAFE = frozenset({"GET", "HEAD"})
BODY = 1024 * 1024
"""Bytes of a body that is not wanted, and read all the same."""
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_KNOWN = 10_000
"""Addresses that are remembered at most."""
PROTOCOL = "bearer."
"""With what the subprotocol begins by which a page, which can send no headers, brings the token."""


class Pace:
    """Counts what somebody did within the last minute."""

    def __init__(self, most: int, now: Callable[[], float]) -> None:
        """Take how often a minute, and a clock that only goes forward."""
        self._most = most
        self._now = now
        self._times: OrderedDict[str, list[float]] = OrderedDict()

    def over(self, who: str) -> bool:
        """Return whether somebody did it too often."""
        since = self._now() - MINUTE
        times = [one for one in self._times.get(who, ()) if one > since]
        return len(times) >= self._most

    def count(self, who: str) -> None:
        """Note that somebody did it."""
        now = self._now()
        times = self._times.pop(who, [])
        self._times[who] = [*(one for one in times[-self._most :] if one > now - MINUTE), now]
        if len(self._times) > _KNOWN:
            self._times.popitem(last=False)


class _Refused(Exception):
    """A request that does not pass, with the status, the reason and the next step."""

    def __init__(self, status: int, why: str, hint: str = "") -> None:
        super().__init__(why)
        self.status = status
        self.hint = hint


class Gate:
    """Lets requests through to an ASGI application, or not."""

    def __init__(
        self,
        inner: Callable[[Scope, Receive, Send], object],
        token: str,
        hosts: Iterable[str],
        now: Callable[[], float],
    ) -> None:
        """`hosts`: names by which the server may be asked when there is no token; `now` goes only forward."""
        self._inner = inner
        self._token = hashlib.sha256(token.encode()).digest() if token else b""
        self._hosts = frozenset(one.lower() for one in hosts) | _LOOPBACK
        self._logins = Pace(LOGINS, now)
        self._changes = Pace(CHANGES, now)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, or say why not."""
        try:
            self._pass(scope)
        except _Refused as error:
            await _refuse(error, scope, receive, send)
        else:
            await self._inner(scope, receive, send)  # type: ignore[misc]

    def _pass(self, scope: Scope) -> None:
        headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name in headers and name in (b"host", b"origin", b"authorization"):
                raise _Refused(400, "a header is there twice")
            headers[name] = value
        client = scope.get("client")
        address = client[0] if client else ""
        socket = scope["type"] == "websocket"
        changes = not socket and scope["method"] not in SAFE
        self._check_host(headers)
        self._check_origin(headers, scope, strict=socket or changes)
        if self._token and scope["path"] not in OPEN:
            self._check_token(headers, address)
        if changes and scope["path"] != STOP:
            who = "" if self._token else address
            if self._changes.over(who):
                raise _Refused(429, f"more than {CHANGES} changes a minute", "try again in a minute")
            self._changes.count(who)

    def _check_host(self, headers: dict[bytes, bytes]) -> None:
        """Refuse to be asked by a name that is not ours: it may be a page that had its name point to us."""
        host = _name(headers.get(b"host", b""))
        if not host:
            raise _Refused(400, "a name of this server in Host is missing")
        if not self._token and host not in self._hosts:
            hint = "add the name to server.allowed_hosts"
            raise _Refused(421, "this server is not known by that name", hint)

    def _check_origin(self, headers: dict[bytes, bytes], scope: Scope, *, strict: bool) -> None:
        """Refuse pages of others: they could let a person's browser do what that person may."""
        origin = headers.get(b"origin")
        site = headers.get(b"sec-fetch-site", b"none")
        if not strict and (self._token or _is_visit(headers)):
            return
        if site not in (b"same-origin", b"none"):
            raise _Refused(403, "a page of somebody else asks")
        if origin is not None:
            scheme, _, rest = origin.partition(b"://")
            if scheme not in (b"http", b"https") or rest != headers.get(b"host"):
                raise _Refused(403, "a page of somebody else asks")

    def _check_token(self, headers: dict[bytes, bytes], address: str) -> None:
        """Refuse whoever has not the token. The right one passes at any pace.

        Behind a proxy all share an address: else anybody who guesses would lock everybody out.
        """
        kind, _, token = headers.get(b"authorization", b"").partition(b" ")
        if kind.lower() != b"bearer":
            token = _subprotocol(headers.get(b"sec-websocket-protocol", b""))
        if not token:
            raise _Refused(401, "a token is missing", "send it as `Authorization: Bearer TOKEN`")
        if not hmac.compare_digest(hashlib.sha256(token.strip()).digest(), self._token):
            if self._logins.over(address):
                raise _Refused(429, f"more than {LOGINS} wrong tokens a minute", "try again in a minute")
            self._logins.count(address)
            raise _Refused(401, "the token is wrong")


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach that address."""
    plain = host.lower().strip("[]")
    try:
        return ipaddress.ip_address(plain).is_loopback
    except ValueError:
        return plain == "localhost"


def _name(host: bytes) -> str:
    """Return the name in a Host header; "" when it is none."""
    text = host.decode("latin-1").lower()
    if text.startswith("["):
        name, bracket, rest = text[1:].partition("]")
        port = rest.removeprefix(":") if bracket else "?"
    else:
        name, _, port = text.partition(":")
    return name if not port or port.isdecimal() else ""


def _is_visit(headers: dict[bytes, bytes]) -> bool:
    """Return whether a person follows a link: then the page that had it learns nothing."""
    mode, target = headers.get(b"sec-fetch-mode"), headers.get(b"sec-fetch-dest")
    return mode == b"navigate" and target == b"document"


def _subprotocol(told: bytes) -> bytes:
    words = [word.strip() for word in told.split(b",")]
    return next((word.removeprefix(b"bearer.") for word in words if word.startswith(b"bearer.")), b"")


async def _refuse(error: _Refused, scope: Scope, receive: Receive, send: Send) -> None:
    more = {401: [(b"www-authenticate", b"Bearer")], 429: [(b"retry-after", b"60")]}
    headers, why = more.get(error.status, []), str(error)
    if scope["type"] == "websocket":
        await refuse_socket(scope, receive, send, error.status, why, error.hint, headers=headers)
        return
    unread = not await drain(receive, BODY)
    await send_problem(send, error.status, why, error.hint, headers=headers, close=unread)
