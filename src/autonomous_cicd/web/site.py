"""Site: the whole ASGI application - webhooks without a framework, everything else by Starlette."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route as Path
from starlette.routing import WebSocketRoute

from autonomous_cicd.domain.delivery import Progress, Received
from autonomous_cicd.domain.strict_json import strict_object
from autonomous_cicd.errors import (
    AutonomousCicdError,
    Conflict,
    DocumentError,
    NotFound,
    PortError,
    UsageError,
)
from autonomous_cicd.services.gathered import Gathered
from autonomous_cicd.web.answers import SECURITY, Receive, Scope, Send, json_bytes, problem
from autonomous_cicd.web.counters import Gauge, exposition
from autonomous_cicd.web.endpoints import Asked
from autonomous_cicd.web.gate import Gate
from autonomous_cicd.web.live import Hub
from autonomous_cicd.web.office import Office
from autonomous_cicd.web.openapi import description
from autonomous_cicd.web.routes import ROUTES, Route, read_body, read_query
from autonomous_cicd.web.webhook import PATH, Webhook

__all__ = ["Site"]

BODY = 1024 * 1024
"""Bytes of what an endpoint is sent, at most."""
PROBE = 1.0
"""Seconds within which the store must take a transaction of a server that is ready."""
PROBLEM = "application/problem+json"
_SECURITY = {name.decode(): value.decode() for name, value in SECURITY}
_STATUS: tuple[tuple[type[AutonomousCicdError], int], ...] = (
    (NotFound, 404),
    (Conflict, 409),
    (PortError, 503),
    (DocumentError, 400),
    (UsageError, 409),
)


class Site:
    """The ASGI application of one process."""

    def __init__(self, office: Office, wrong: Callable[[str], None]) -> None:
        """Take what the endpoints stand on, and who is told what ails us."""
        settings = office.app.settings
        github, own = settings.integrations.github, settings.server
        self.office = office
        self.hub = Hub(office.app.store, wrong)
        self._gathered: Gathered[Received] = Gathered(office.inbox.receive)
        office.busy = lambda: self._gathered.waiting
        self._webhook = Webhook(
            github.webhook_secret.reveal(),
            self._keep,
            office.now,
            enabled=github.enable_webhooks,
            wrong=wrong,
        )
        hosts = [own.host, *own.allowed_hosts]
        self._gate = Gate(self._starlette(), own.token.reveal(), hosts, time.monotonic)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] == "http" and scope["path"] == PATH:
            began = time.monotonic()

            async def timed(message: Any) -> None:
                if message["type"] == "http.response.start":
                    self.office.counters.webhook(message["status"], time.monotonic() - began)
                await send(message)

            await self._webhook(scope, receive, timed)
            return

        async def counted(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.office.counters.request(message["status"])
            await send(message)

        await self._gate(scope, receive, counted if scope["type"] == "http" else send)

    async def close(self) -> None:
        """Return when every delivery that was taken is on disk."""
        await self._gathered.close()

    async def _keep(self, delivery: Received) -> None:
        await self._gathered.put(delivery)
        if delivery.key:
            self.office.wake()
        self.hub.poke()

    def _starlette(self) -> Starlette:
        routes: list[Any] = [
            Path(route.path.replace("{id}", "{id:path}"), self._endpoint(route), methods=[route.method])
            for route in ROUTES
        ]
        routes += [
            Path("/", self._index),
            Path("/api/openapi.json", self._openapi),
            Path("/metrics", self._metrics),
            Path("/healthz", self._alive),
            Path("/readyz", self._ready),
            WebSocketRoute("/ws", self.hub.serve),
        ]
        handlers: Mapping[Any, Any] = {
            HTTPException: _odd_request,
            AutonomousCicdError: _not_possible,
            ClientDisconnect: _gone,
            Exception: _bug,
        }
        made = Starlette(routes=routes, exception_handlers=handlers)
        made.router.redirect_slashes = False
        return made

    def _endpoint(self, route: Route) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            query = read_query(route, request.query_params.multi_items())
            body = read_body(route, await _body(request)) if route.body is not None else {}
            asked = Asked(request.path_params.get("id", ""), query, body)
            return _json(await run_in_threadpool(route.answer, self.office, asked))

        return endpoint

    async def _index(self, request: Request) -> Response:
        return _json(
            {"name": "autonomous-cicd", "api": "/api/openapi.json", "live": "/ws", "health": "/healthz"}
        )

    async def _openapi(self, request: Request) -> Response:
        return _json(description())

    async def _alive(self, request: Request) -> Response:
        return _json({"status": "ok"})

    async def _ready(self, request: Request) -> Response:
        await run_in_threadpool(self.office.app.store.probe, PROBE)
        return _json({"status": "ready"})

    async def _metrics(self, request: Request) -> Response:
        text = await run_in_threadpool(self._exposition)
        return _answer(text, media_type="text/plain; version=0.0.4; charset=utf-8")

    def _exposition(self) -> bytes:
        counts = self.office.inbox.counts()
        stopped = float(self.office.desk.switch.exists())
        gauges: list[Gauge] = [
            (
                "autonomous_cicd_deliveries",
                "Deliveries that are remembered, by how far the work on them has come.",
                {("status", one.value): counts[one] for one in Progress},
            ),
            ("autonomous_cicd_readers", "Open sockets with live events.", {("", ""): self.hub.readers}),
            ("autonomous_cicd_stopped", "Whether all acting is stopped.", {("", ""): stopped}),
            *(gauge() for gauge in self.office.gauges),
        ]
        return exposition(self.office.counters, gauges)


async def _body(request: Request) -> dict[str, Any]:
    """Return the object that was sent; none is an empty one."""
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or len(length) > 9:
        raise HTTPException(413, f"at most {BODY:,} bytes are taken")
    data, read = bytearray(), 0
    async for part in request.stream():
        read += len(part)
        if read <= BODY:
            data += part
        elif read > 8 * BODY:
            break
    if read > BODY:
        raise HTTPException(413, f"at most {BODY:,} bytes are taken")
    if not data:
        return {}
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "only JSON is taken")
    return strict_object(bytes(data))


def _json(value: object) -> Response:
    return _answer(json_bytes(value), media_type="application/json")


def _answer(
    body: bytes, *, media_type: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(body, status, {**_SECURITY, **(headers or {})}, media_type)


def _problem(status: int, detail: str, hint: str = "", headers: Mapping[str, str] | None = None) -> Response:
    body = json_bytes(problem(status, detail, hint))
    return _answer(body, media_type=PROBLEM, status=status, headers=headers)


async def _odd_request(request: Request, error: Any) -> Response:
    """Answer what no endpoint takes: what was asked is not repeated."""
    told = {404: "there is nothing at this address", 405: "this cannot be done with it"}
    detail = told.get(error.status_code, error.detail)
    close = {"connection": "close"} if error.status_code == 413 else {}
    return _problem(error.status_code, detail, headers={**(error.headers or {}), **close})


async def _not_possible(request: Request, error: Any) -> Response:
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    later = {"retry-after": "10"} if status == 503 else {}
    return _problem(status, str(error), getattr(error, "hint", ""), headers=later)


async def _gone(request: Request, error: Any) -> Response:
    return _problem(400, "the request ended early")


async def _bug(request: Request, error: Any) -> Response:
    """Answer a bug of ours; it is raised again behind the answer, so that it is logged."""
    return _problem(500, "a bug of ours; the log of the server has the details")
