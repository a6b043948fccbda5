"""Speaks HTTP with one service: bounded in time and size, and credentials never leave for another place.

An answer that is lost is asked for again where that does no harm: at most three times because of the service,
after a pause that chance makes longer or shorter, and never so often that it would be a burden.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Protocol
from urllib.parse import urlencode

import httpx2

from autonomous_cicd.adapters.clock import SystemClock
from autonomous_cicd.adapters.guards import Guards
from autonomous_cicd.adapters.http_answers import (
    Answer,
    Budget,
    Trouble,
    limited,
    origin,
    read_budget,
    read_json,
    redirected,
    retry_after,
    said,
)
from autonomous_cicd.adapters.http_attempts import Attempts, Exhausted, Patience
from autonomous_cicd.adapters.http_cache import KnownAnswers
from autonomous_cicd.adapters.http_download import Download, Sink
from autonomous_cicd.domain.retry_budget import RetryBudget
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import NotFound, RateLimited, Unauthorized, Unavailable, UsageError
from autonomous_cicd.ports import Clock
from autonomous_cicd.values import dataclass

__all__ = ["Answer", "Credentials", "Download", "Patience", "Service"]

REDIRECTS = 3
_SAFE = frozenset({"GET", "HEAD"})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""Hosts that no proxy leads to."""
_PATIENCE = Patience()


class Credentials(Protocol):
    """Knows what opens a service."""

    async def headers(self, path: str) -> Mapping[str, str]:
        """Return what a request for a path carries."""
        ...

    def refused(self, path: str) -> bool:
        """Hear that the service refuses them for a path; return whether there will be others."""
        ...

    def lacking(self) -> str:
        """Return what to do to have any; "" when there are some."""
        ...


@dataclass(slots=True, kw_only=True)
class _Order:
    """A request that is to be answered."""

    method: str
    url: str
    path: str
    body: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True
    sink: Sink | None = None
    """Where a large answer goes."""
    foreign: bool = False
    """Whether it is for a place that the service sent us to: it gets no credentials."""
    final: bool = True
    """Whether it is not begun anew: then what is damaged is better than nothing."""


class Service:
    """One service at one address."""

    def __init__(
        self,
        base: str,
        *,
        headers: Mapping[str, str],
        name: str,
        credentials: Credentials | None = None,
        guards: Guards | None = None,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
        patience: Patience = _PATIENCE,
        lasting: bool = False,
    ) -> None:
        """Take its address, what every request there carries, and what to call it in a message.

        `lasting`: connections are kept for the next request; then it is closed by `aclose` at the end.
        """
        try:
            origin(base)
        except Unavailable:
            raise UsageError(f"{base!r} is no address of {name}", hint="write https://host/path") from None
        self.base = base.rstrip("/")
        self._name = name
        self._headers = {"Accept": "application/json", **headers}
        self._credentials = credentials
        self._guards = guards
        self._clock = clock or SystemClock()
        self._chance = chance
        self._patience = patience
        self._lasting = lasting
        self._client: httpx2.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._known = KnownAnswers()
        self._repetitions = RetryBudget()
        self._budget: Budget | None = None

    async def call(
        self,
        method: str,
        path: str,
        body: Json = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
        share: str = "",
    ) -> Answer:
        """Return the answer to a request below the address; also one that says that it was not accepted.

        `repeatable`: whether asking twice is as good as once; by default what only reads is. Raises
        RateLimited when the service wants us to wait for long; Uncertain when a request that is not
        repeatable may have been done; Unavailable when there is no answer in time, or it is a failure of the
        service; Unauthorized when it refuses our credentials; NotFound when it knows nothing of it.
        """
        order = _Order(
            method=method,
            url=f"{self.base}{path}{f'?{urlencode(query)}' if query else ''}",
            path=path,
            body=body,
            headers=dict(headers or {}),
            repeatable=method in _SAFE if repeatable is None else repeatable,
        )
        return await self._guarded(order, share)

    async def download(self, path: str, *, share: str = "") -> Download:
        """Return what there is to download below the address, also when the service sends us elsewhere.

        There it gets no credentials. What is missing after all attempts is noted.
        """
        sink = Sink(self._patience.most)
        try:
            for last in (False, True):
                order = _Order(method="GET", url=f"{self.base}{path}", path=path, sink=sink)
                answer = await self._guarded(order, share)
                if not (aim := redirected(answer, order.url)):
                    break
                abroad = _Order(method="GET", url=aim, path=path, sink=sink, foreign=True)
                try:
                    await self._guarded(abroad, share)
                    break
                except (NotFound, Unauthorized):  # where we were sent to opens for some minutes only
                    if last:
                        raise Unavailable(f"{self._name} sends us to where {path} is not") from None
        except BaseException:
            sink.close()
            raise
        return sink.download()

    async def aclose(self) -> None:
        """Close its connections."""
        if self._client and self._loop is asyncio.get_running_loop():
            await self._client.aclose()
        self._client = None

    async def _guarded(self, order: _Order, share: str) -> Answer:
        if self._guards is None:
            return await self._answered(order)
        guard = self._guards.of("{}://{}:{}".format(*origin(order.url)))
        order.final = False
        try:
            return await guard.call(lambda: self._answered(order, guard.refuse_open), share)
        except Exhausted:
            if not order.repeatable:
                raise
        order.final = True
        await self._clock.sleep(self._patience.anew * (0.5 + self._chance() / 2))
        return await guard.call(lambda: self._answered(order, guard.refuse_open), share)

    async def _answered(self, order: _Order, refuse: Callable[[], None] = lambda: None) -> Answer:
        """Return the answer to an order, after as many attempts as it takes and as are allowed."""
        attempts = Attempts(self._name, self._patience, self._repetitions, self._chance)
        renewed = False
        while True:
            if not order.foreign:
                self._keep_for_others()
            try:
                answer = await self._exchange(order)
            except Trouble as trouble:
                if trouble.damaged and order.sink and order.final and attempts.damaged_once_too_often:
                    order.sink.give_up(str(trouble))
                    return Answer(status=200, headers={}, body=b"")
                await self._clock.sleep(attempts.pause(trouble, repeatable=order.repeatable))
                refuse()
                continue
            if answer.status == 401 and self._credentials and not order.foreign and not renewed:
                renewed = True
                if self._credentials.refused(order.path):
                    continue
            return self._judged(answer, order)

    def _judged(self, answer: Answer, order: _Order) -> Answer:
        reason = f": {words}" if (words := said(answer)) else ""
        if answer.status in (401, 403):
            if self._credentials and not order.foreign and (hint := self._credentials.lacking()):
                problem = f"{self._name} wants a token for this, and none is set ({answer.status})"
                raise Unauthorized(problem, hint=hint)
            raise Unauthorized(f"{self._name} refuses our credentials ({answer.status}){reason}")
        if answer.status in (404, 410):
            gone = "has no longer" if answer.status == 410 else "knows nothing of"
            raise NotFound(f"{self._name} {gone} {order.path}")
        if order.sink and answer.status >= 300 and not redirected(answer, order.url):
            raise Unavailable(f"{self._name} does not send what was asked for ({answer.status}){reason}")
        return answer

    def _keep_for_others(self) -> None:
        """Raise RateLimited when what is left of the limit for everything is kept for people."""
        budget, now = self._budget, self._clock.now()
        if budget and now < budget.reset and budget.remaining <= budget.limit * self._patience.reserve:
            wait = budget.reset - now
            raise RateLimited(
                f"{self._name} allows us {budget.remaining} more requests of {budget.limit}; they are kept",
                retry_after=wait,
                hint=f"in {wait:.0f} s the limit begins anew",
            )

    async def _exchange(self, order: _Order) -> Answer:
        """Return the answer to one attempt. Raises Trouble when there is none that can be used."""
        url, method = order.url, order.method
        for _ in range(REDIRECTS + 1):
            answer = await self._one(order, method, url)
            aim = redirected(answer, url)
            if not aim:
                return answer
            # What lies elsewhere is opened by its address alone, also when it is at the same host.
            if order.sink and not order.foreign and (origin(aim) != origin(url) or answer.status == 302):
                return Answer(status=302, headers={"location": aim}, body=b"")
            if not order.foreign and origin(aim) != origin(url):
                raise Unavailable(f"{self._name} sends us to another place ({answer.status})")
            if method not in _SAFE and answer.status not in (307, 308):
                raise Unavailable(f"{self._name} answered {answer.status}")
            url = aim
        raise Unavailable(f"{self._name} sends us from place to place")

    async def _one(self, order: _Order, method: str, url: str) -> Answer:
        headers = await self._carried(order, url)
        cached = method == "GET" and order.sink is None
        if cached and (mark := self._known.mark(url)):
            headers["If-None-Match"] = mark
        client = self._connected()
        content = None if order.body is None else json.dumps(order.body).encode()
        if content is not None:
            headers["Content-Type"] = "application/json"
        request = client.build_request(method, url, headers=headers, content=content)
        total = self._patience.download if order.sink else self._patience.total
        async with _in_time(self._name, total):
            response = await client.send(request, stream=True)
            try:
                known = {name.lower(): value for name, value in response.headers.items()}
                sink = order.sink if order.sink and response.status_code == 200 else None
                body = await self._body(response, sink)
            finally:
                await response.aclose()
        answer = Answer(status=response.status_code, headers=known, body=body)
        if answer.status == 304 and cached and (still := self._known.still(url)):
            self._heard(order, answer)
            return still
        if answer.status == 304:
            raise Trouble(f"{self._name} says that nothing changed, but nothing is known", damaged=True)
        self._check(order, answer)
        if cached:
            self._known.keep(url, answer)
        return answer

    async def _carried(self, order: _Order, url: str) -> dict[str, str]:
        """Return what a request carries; to another place it carries nothing that says who we are."""
        if order.foreign or origin(url) != origin(self.base):
            return {"Accept": "*/*"}
        own = await self._credentials.headers(order.path) if self._credentials else {}
        carried = {**self._headers, **own, **order.headers}
        for name, value in carried.items():
            if not (value.isascii() and value.isprintable()):  # the library's own message would show it
                raise Unauthorized(f"{name} for {self._name} has signs that are sent to nobody")
        return carried

    def _check(self, order: _Order, answer: Answer) -> None:
        """Raise Trouble for what is no answer to the question."""
        self._heard(order, answer)
        closed = order.foreign and answer.status == 403  # what we were sent to is open for some minutes only
        wait = None if closed else limited(answer, self._clock.now())
        if wait is not None:
            raise Trouble(f"{self._name} wants us to wait ({answer.status})", sent=False, wait=wait)
        if answer.status >= 500:
            least = retry_after(answer, self._clock.now())
            raise Trouble(f"{self._name} answered {answer.status}", least=least)
        in_json = "json" in answer.headers.get("content-type", "")
        if order.sink and answer.status == 200 and in_json:
            raise Trouble(f"{self._name} sent something else than was asked for", damaged=True)
        if 200 <= answer.status < 300 and answer.body and in_json:
            try:
                read_json(answer.body)
            except ValueError as error:
                raise Trouble(f"the answer of {self._name} is no JSON: {error}", damaged=True) from None

    def _heard(self, order: _Order, answer: Answer) -> None:
        general = answer.headers.get("x-ratelimit-resource", "core") == "core"
        if general and not order.foreign and (budget := read_budget(answer.headers)):
            self._budget = budget

    async def _body(self, response: httpx2.Response, sink: Sink | None) -> bytes:
        """Return the body, or write it to a file."""
        name, expected = self._name, response.headers.get("content-length", "")
        parts: list[bytes] = []
        size = 0
        if sink:
            sink.begin()
        try:
            async for block in response.aiter_bytes():
                if sink:
                    if not sink.write(block):
                        return b""
                    continue
                size += len(block)
                if size > self._patience.largest:
                    most = self._patience.largest >> 20
                    raise Unavailable(f"the answer of {name} is larger than {most} MB")
                parts.append(block)
        except (httpx2.RemoteProtocolError, httpx2.DecodingError):
            got = sink.size if sink else size
            what = f"{got} of {expected}" if expected.isdigit() else str(got)
            raise Trouble(f"the answer of {name} ends after {what} bytes", damaged=True) from None
        if sink and sink.broken():
            raise Trouble(f"the archive that {name} sent has no end", damaged=True)
        return b"".join(parts)

    def _connected(self) -> httpx2.AsyncClient:
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            patience = self._patience
            self._loop = loop
            self._client = httpx2.AsyncClient(
                timeout=httpx2.Timeout(patience.read, connect=patience.connect),
                limits=httpx2.Limits(max_keepalive_connections=None if self._lasting else 0),
                headers={"User-Agent": "autonomous-cicd", "Accept-Encoding": "gzip"},
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                follow_redirects=False,
                # A service that is asked in clear has nothing to prove; loading all certificates takes long.
                verify=not self.base.startswith("http:"),
                trust_env=origin(self.base)[1] not in _LOOPBACK,
            )
        return self._client


@asynccontextmanager
async def _in_time(name: str, seconds: float) -> AsyncIterator[None]:
    """Make Trouble of whatever keeps an answer from coming."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise Trouble(f"{name} took longer than {seconds:g} s") from None
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError) as error:
        raise Trouble(f"{name} does not answer: {error}", sent=False) from None
    except (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol):
        raise Unavailable(f"{name} cannot be asked that way") from None
    except httpx2.TransportError as error:
        reason = str(error) or type(error).__name__
        raise Trouble(f"{name} does not answer: {reason}") from None
