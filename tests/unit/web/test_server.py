"""Server: the real one over loopback, asked by people, programs and whoever means harm."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from tests.incidents import an_incident
from tests.servers import (
    PATH,
    SECRET,
    ask,
    change,
    deliver,
    environment,
    eventually,
    failed_run,
    raw,
    running,
    signed,
)
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from autonomous_cicd.app import App
from autonomous_cicd.domain.code_host import HostedRun
from autonomous_cicd.domain.delivery import Ended, Lease, Progress
from autonomous_cicd.domain.event import Event
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.domain.patch import FileChange, Patch
from autonomous_cicd.domain.report_facts import ReportKind
from autonomous_cicd.domain.track import AuditEntry
from autonomous_cicd.errors import Unavailable, UsageError
from autonomous_cicd.web.log_lines import log_line
from autonomous_cicd.web.office import NoJourneys
from autonomous_cicd.web.server import Server, bind

PATCH = Patch.of([FileChange(name="a.txt", before="a\n", after="b\n")])
NASTY = "<script>alert(1)</script>\x1b[31m\u202e"


class Prepared(NoJourneys):
    """Does what the title of a run says; agrees to changes without doing anything."""

    async def handle(self, event: Event, lease: Lease) -> Ended:
        match event.title:
            case "wait":
                await asyncio.Event().wait()
            case "away":
                raise Unavailable("the host is away")
        return Ended(Progress.DONE, f"healed {event.title}")

    async def approve(self, id: str, diff: str) -> Incident:
        if id.startswith("bad"):
            raise UsageError("approved, and still not delivered")
        return an_incident(id=id, state=State.RESOLVED, patch=PATCH)

    async def reject(self, id: str, why: str) -> Incident:
        return an_incident(id=id, state=State.DISMISSED, patch=PATCH)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, App]]:
    with running(tmp_path_factory.mktemp("server"), Prepared) as both:
        yield both


@pytest.fixture
def port(served: tuple[int, App]) -> int:
    return served[0]


@pytest.fixture
def app(served: tuple[int, App]) -> App:
    return served[1]


def status_of(port: int, id: str) -> str:
    return str(ask(port, f"/api/runs/{id}").json["status"])


def test_a_delivery_is_acknowledged_worked_on_and_shown(port: int) -> None:
    assert 202 == deliver(port, failed_run(7, name="CI"), id="one").status
    eventually(lambda: status_of(port, "one") == "done")
    shown = ask(port, "/api/runs/one").json
    assert ("one", 7, "healed CI", "acme/shop") == (
        shown["delivery_id"],
        shown["workflow_run_id"],
        shown["outcome"],
        shown["repository"],
    )


def test_a_delivery_counts_once(port: int) -> None:
    assert 202 == deliver(port, failed_run(8), id="twice").status
    assert 202 == deliver(port, failed_run(8), id="twice").status
    assert 202 == deliver(port, failed_run(9), id="twice").status
    assert 8 == ask(port, "/api/runs/twice").json["workflow_run_id"]


def test_a_person_ends_it_and_has_it_done_again(port: int) -> None:
    deliver(port, failed_run(10, name="wait"), id="long")
    eventually(lambda: status_of(port, "long") == "working")
    assert 409 == change(port, "/api/runs/long/retry").status
    assert 200 == change(port, "/api/runs/long/cancel").status
    eventually(lambda: status_of(port, "long") == "cancelled", 30)
    assert 409 == change(port, "/api/runs/long/cancel").status
    assert 200 == change(port, "/api/runs/long/retry").status
    change(port, "/api/runs/long/cancel")


def test_it_is_listed_in_pages(port: int) -> None:
    for number in range(5):
        deliver(port, failed_run(100 + number, conclusion="cancelled"), id=f"page-{number}")
    first = ask(port, "/api/runs?limit=3&status=left").json
    second = ask(port, f"/api/runs?limit=3&status=left&cursor={first['next']}").json
    ids = [one["id"] for one in first["runs"] + second["runs"]]
    assert [f"page-{number}" for number in (4, 3, 2, 1, 0)] == ids[:5]
    assert [] == ask(port, "/api/runs?repository=acme/other").json["runs"]


ODD = {
    "an unknown parameter": "/api/runs?colour=red",
    "a parameter twice": "/api/runs?limit=1&limit=2",
    "too many": "/api/runs?limit=501",
    "none": "/api/runs?limit=0",
    "below zero": "/api/runs?limit=-1",
    "no number": "/api/runs?limit=many",
    "a number of another alphabet": "/api/runs?limit=%D9%A1",
    "an endless number": "/api/runs?limit=" + "9" * 5_000,
    "an unknown word": "/api/runs?status=bad",
    "a place of another list": "/api/incidents?cursor=nothing",
    "a long text": "/api/runs?repository=" + "a" * 300,
}


@pytest.mark.parametrize("case", ODD)
def test_odd_questions_are_refused(port: int, case: str) -> None:
    answer = ask(port, ODD[case])
    assert (400, "application/problem+json") == (answer.status, answer.headers["content-type"])


NOTHING = [
    "/nothing",
    "/api",
    "/api/runs/",
    "/api/runs/nothing",
    "/api/runs/..%2f..%2fetc%2fpasswd",
    "/api/runs/../../etc/passwd",
    "/api/runs/" + "a" * 5_000,
    "/api/runs/%00",
    "/api/runs/%ff%fe",
    "/api/runs/'%20OR%201=1",
    "/api/incidents/nothing",
    "/static/../../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    f"/{'%3Cscript%3E'}",
]


@pytest.mark.parametrize("path", NOTHING)
def test_what_is_not_there_is_not_found_and_not_repeated(port: int, path: str) -> None:
    answer = ask(port, path)
    assert 404 == answer.status
    assert b"<" not in answer.body
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "nosniff" == answer.headers["x-content-type-options"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/api/runs"), ("POST", "/api/runs"), ("GET", "/api/runs/x/../y/z"), ("OPTIONS", "/api/runs")],
)
def test_what_cannot_be_done_is_refused(port: int, method: str, path: str) -> None:
    answer = ask(port, path, method)
    assert answer.status in (404, 405)
    assert "access-control-allow-origin" not in answer.headers


def test_an_incident_is_shown_inert(port: int, app: App) -> None:
    app.store.casebook.save(an_incident(id="aaaa00000001", task=NASTY, state=State.WAITING, patch=PATCH))
    answer = ask(port, "/api/incidents/aaaa00000001")
    assert PATCH.diff() == answer.json["diff_text"]
    assert PATCH.id == answer.json["diff"]
    assert b"<script>" not in answer.body
    assert "\x1b" not in answer.json["task"]
    assert "\u202e" not in answer.json["task"]
    assert "aaaa00000001" in [
        one["id"] for one in ask(port, "/api/incidents?state=waiting").json["incidents"]
    ]
    assert "aaaa00000001" in [one["id"] for one in ask(port, "/api/approvals").json["approvals"]]


def test_incidents_are_listed_in_pages(port: int, app: App) -> None:
    for number in range(5):
        app.store.casebook.save(an_incident(id=f"cccc0000000{number}", project="/paged"))
    first = ask(port, "/api/incidents?project=/paged&limit=3").json
    second = ask(port, f"/api/incidents?project=/paged&limit=3&cursor={first['next']}").json
    assert [4, 3, 2, 1, 0] == [int(one["id"][-1]) for one in first["incidents"] + second["incidents"]]
    assert second["next"] is None


def test_an_approval_is_of_that_very_diff(port: int, app: App) -> None:
    app.store.casebook.save(an_incident(id="bbbb00000001", state=State.WAITING, patch=PATCH))
    path = "/api/approvals/bbbb00000001/approve"
    assert 400 == change(port, path).status
    assert 400 == change(port, path, {"diff": PATCH.id[:12]}).status
    assert 400 == change(port, path, {"diff": True}).status
    assert 400 == change(port, path, {"diff": PATCH.id, "force": True}).status
    assert 409 == change(port, path, {"diff": "0" * 64}).status
    assert 403 == change(port, path, {"diff": PATCH.id}, Origin="http://evil.example").status
    answer = change(port, path, {"diff": PATCH.id})
    assert (200, "resolved") == (answer.status, answer.json["state"])
    assert 404 == change(port, "/api/approvals/none/approve", {"diff": PATCH.id}).status


def test_what_cannot_be_delivered_is_a_conflict(port: int, app: App) -> None:
    app.store.casebook.save(an_incident(id="bad100000001", state=State.WAITING, patch=PATCH))
    answer = change(port, "/api/approvals/bad100000001/approve", {"diff": PATCH.id})
    assert (409, "approved, and still not delivered") == (answer.status, answer.json["detail"])


def test_a_change_is_rejected(port: int, app: App) -> None:
    app.store.casebook.save(an_incident(id="dddd00000001", state=State.WAITING, patch=PATCH))
    app.store.casebook.save(an_incident(id="dddd00000002", state=State.RESOLVED, patch=PATCH))
    answer = change(port, "/api/approvals/dddd00000001/reject", {"why": "no"})
    assert (200, "dismissed") == (answer.status, answer.json["state"])
    assert 409 == change(port, "/api/approvals/dddd00000002/reject").status


def test_everything_is_stopped_and_goes_on(port: int, app: App) -> None:
    assert {"stopped": False} == ask(port, "/api/stop").json
    assert {"stopped": True} == change(port, "/api/stop", {"stopped": True}).json
    assert (app.state / "stopped").exists()
    assert ask(port, "/api/health").json["stopped"]
    assert {"stopped": False} == change(port, "/api/stop", {"stopped": False}).json
    assert "stopped everything" in [one["what"] for one in ask(port, "/api/audit").json["audit"]]


def test_the_rest_is_told(port: int, app: App) -> None:
    app.store.casebook.note(AuditEntry(at=1.0, actor="a person", what=NASTY))
    assert b"<script>" not in ask(port, "/api/audit?limit=500").body
    assert "retry" in [one["name"] for one in ask(port, "/api/remedies").json["remedies"]]
    assert {"healing", "runs"} == ask(port, "/api/metrics").json.keys()
    assert "ok" == ask(port, "/healthz").json["status"]
    assert "ready" == ask(port, "/readyz").json["status"]
    assert "3.1.0" == ask(port, "/api/openapi.json").json["openapi"]
    assert "autonomous-cicd" == ask(port, "/").json["name"]


def test_without_its_store_nothing_is_acknowledged(tmp_path: Path) -> None:
    """The file that was removed is still open: what goes there is lost at the end."""
    store = tmp_path / "state" / "store.db"
    with running(tmp_path) as (port, _):
        assert 202 == deliver(port, failed_run(1), id="before").status
        store.rename(store.with_name("away.db"))
        assert 503 == deliver(port, failed_run(2), id="lost").status
        ready = ask(port, "/readyz")
        assert (503, True) == (ready.status, b"was removed or replaced" in ready.body)
        store.with_name("away.db").replace(store)
        assert 202 == deliver(port, failed_run(2), id="lost").status
        assert 200 == ask(port, "/readyz").status


def test_who_waits_for_the_store_is_not_ready(tmp_path: Path) -> None:
    with running(tmp_path) as (port, _):
        other = sqlite3.connect(tmp_path / "state" / "store.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        assert 503 == ask(port, "/readyz").status
        assert time.monotonic() - began < 5
        other.execute("ROLLBACK")
        assert 200 == ask(port, "/readyz").status
        other.close()


def test_metrics_have_no_word_of_strangers(port: int) -> None:
    deliver(
        port, failed_run(1_000, head_branch="branch-of-a-stranger", name="name-of-a-stranger"), id="metric"
    )
    before = ask(port, "/metrics").body.decode()
    for number in range(30):
        deliver(
            port,
            failed_run(2_000 + number, head_branch=f"b-{number}", conclusion=f"c_{number}"),
            id=f"m-{number}",
        )
        ask(port, f"/nothing-{number}")
    after = ask(port, "/metrics").body.decode()
    assert "stranger" not in after
    assert before.count("\n") == after.count("\n")
    assert 'autonomous_cicd_webhooks_total{status="202"}' in after


BAD_BODIES = {
    "no JSON": (400, b"{", "application/json"),
    "a list": (400, b"[]", "application/json"),
    "a name twice": (400, b'{"stopped":true,"stopped":false}', "application/json"),
    "deep": (400, b'{"stopped":' + b"[" * 5_000 + b"]" * 5_000 + b"}", "application/json"),
    "not JSON at all": (415, b'{"stopped":true}', "text/plain"),
    "a form": (415, b"stopped=true", "application/x-www-form-urlencoded"),
    "too large": (413, b" " * (1024 * 1024 + 1), "application/json"),
    "missing": (400, b"", "application/json"),
    "another kind": (400, b'{"stopped":"yes"}', "application/json"),
}


@pytest.mark.parametrize("case", BAD_BODIES)
def test_odd_bodies_are_refused(port: int, case: str) -> None:
    status, body, kind = BAD_BODIES[case]
    assert status == ask(port, "/api/stop", "POST", body, {"Content-Type": kind}).status


HOST = b"Host: 127.0.0.1\r\n"
RAW = {
    "no HTTP": b"hello\r\n\r\n",
    "two lengths": b"POST /api/stop HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "length and pieces": b"POST /api/stop HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n",
    "odd pieces": b"POST /api/stop HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "an odd encoding": b"POST /api/stop HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\nhello",
    "a blank before the colon": b"GET /api/runs HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n",
    "a folded header": b"GET /api/runs HTTP/1.1\r\n" + HOST + b"A: b\r\n c\r\n\r\n",
    "a zero in a header": b"GET /api/runs HTTP/1.1\r\n" + HOST + b"A: b\x00c\r\n\r\n",
    "letters that are not ASCII": b"GET /\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n",
    "a tunnel": b"CONNECT 10.0.0.1:80 HTTP/1.1\r\n" + HOST + b"\r\n",
    "another version": b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    "no name": b"GET /api/runs HTTP/1.1\r\n\r\n",
    "two names": b"GET /api/runs HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n",
    "long headers": b"GET /api/runs HTTP/1.1\r\n" + HOST + b"A: " + b"b" * 70_000 + b"\r\n\r\n",
    "many headers": b"GET /api/runs HTTP/1.1\r\n" + HOST + b"A: b\r\n" * 20_000 + b"\r\n",
    "a long address": b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
}


@pytest.mark.parametrize("case", RAW)
def test_what_is_no_proper_request_is_refused(port: int, case: str) -> None:
    answer = raw(port, RAW[case], wait=3.0)
    assert answer[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 421", b"HTTP/1.1 431", b"HTTP/1.1 501"), answer
    assert 1 == answer.count(b"HTTP/1.1 ")
    assert 200 == ask(port, "/healthz").status


def test_an_endless_body_is_cut_off(port: int) -> None:
    head = f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {10 * 1024**3}\r\n\r\n"
    assert raw(port, head.encode(), wait=3.0).startswith(b"HTTP/1.1 413")
    headers = "".join(f"{name}: {value}\r\n" for name, value in signed(b"").items())
    assert raw(port, head.replace("\r\n\r\n", f"\r\n{headers}\r\n").encode(), wait=3.0).startswith(
        b"HTTP/1.1 413"
    )


def test_foreign_pages_and_names_get_nothing(port: int) -> None:
    assert 421 == ask(port, "/api/runs", headers={"Host": "evil.example"}).status
    assert 403 == change(port, "/api/stop", {"stopped": True}, Origin="http://evil.example").status
    assert {"stopped": False} == ask(port, "/api/stop").json


class Listener:
    """Listens to live events on a thread of its own."""

    def __init__(self, port: int) -> None:
        self.heard: list[Any] = []
        self._port = port
        self._thread = threading.Thread(target=lambda: asyncio.run(self._listen()), daemon=True)
        self._thread.start()
        eventually(lambda: bool(self.heard))
        time.sleep(1.5)  # the first look is over

    async def _listen(self) -> None:
        with contextlib.suppress(ConnectionClosed):  # the server ends before us
            async with connect(f"ws://127.0.0.1:{self._port}/ws") as socket:
                async for told in socket:
                    self.heard.append(json.loads(told))


def test_live_events_are_told(port: int, app: App) -> None:
    listener = Listener(port)
    assert {"type": "hello"} == listener.heard[0]
    deliver(port, failed_run(500, name="live"), id="live-1")

    def statuses() -> list[str]:
        return [one["run"]["status"] for one in listener.heard if one.get("run", {}).get("id") == "live-1"]

    eventually(lambda: "done" in statuses())
    app.store.casebook.save(an_incident(id="eeee00000001", state=State.WAITING, patch=PATCH))
    eventually(
        lambda: (
            ("incident", "eeee00000001")
            in [(one["type"], one.get("incident", {}).get("id")) for one in listener.heard]
        )
    )


async def test_only_our_own_pages_may_listen(port: int) -> None:
    for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}):
        with pytest.raises(InvalidStatus, match="403"):
            await connect(f"ws://127.0.0.1:{port}/ws", additional_headers=headers)
    async with connect(f"ws://127.0.0.1:{port}/ws", origin=f"http://127.0.0.1:{port}") as socket:  # type: ignore[arg-type]
        assert {"type": "hello"} == json.loads(await socket.recv())


async def test_who_shouts_is_not_listened_to(port: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}/ws") as socket:
        await socket.recv()
        await socket.send("hello")
        with pytest.raises(ConnectionClosed):
            await socket.send("x" * 100_000)
            await socket.recv()
    assert 200 == ask(port, "/healthz").status


def test_slow_and_many_are_sent_away_and_others_served(tmp_path: Path) -> None:
    more = {"AUTONOMOUS_CICD_SERVER_CONNECTIONS_PER_ADDRESS": "8"}
    with running(tmp_path, Prepared, **more) as (port, _):
        slow = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(7)]
        for one in slow:
            one.sendall(b"POST /webhooks/github HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A")
        assert 200 == ask(port, "/healthz").status
        many = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(4)]
        answers = [one.recv(100) for one in many[1:]]
        assert [b"HTTP/1.1 503"] * 3 == [one[:12] for one in answers]
        assert [b"HTTP/1.1 408"] * 7 == [one.recv(100)[:12] for one in slow]
        for one in slow + many:
            one.close()
        eventually(lambda: ask(port, "/healthz").status == 200)


def test_beyond_this_machine_a_token_is_needed(tmp_path: Path) -> None:
    app = App.open(None, environment={"HOME": str(tmp_path), "AUTONOMOUS_CICD_SERVER_HOST": "0.0.0.0"})
    with pytest.raises(UsageError, match="no token is set"):
        Server(app, NoJourneys)
    app.close()


def test_with_a_token_it_is_asked_for(tmp_path: Path) -> None:
    with running(tmp_path, Prepared, AUTONOMOUS_CICD_SERVER_TOKEN="t0ken") as (port, _):
        for path in ("/", "/api/runs", "/metrics", "/api/openapi.json", "/nothing"):
            assert 401 == ask(port, path).status
            assert ask(port, path, headers={"Authorization": "Bearer t0ken"}).status in (200, 404)
        assert 202 == deliver(port, failed_run(1)).status
        assert 200 == ask(port, "/healthz").status


async def test_with_a_token_sockets_need_it_too(tmp_path: Path) -> None:
    with running(tmp_path, Prepared, AUTONOMOUS_CICD_SERVER_TOKEN="t0ken") as (port, _):
        address = f"ws://127.0.0.1:{port}/ws"
        with pytest.raises(InvalidStatus, match="401"):
            await connect(address)
        async with connect(address, additional_headers={"Authorization": "Bearer t0ken"}) as socket:
            await socket.recv()
        pair = ["autonomous-cicd", "bearer.t0ken"]
        for offered in (pair, pair[::-1]):
            async with connect(address, subprotocols=offered) as socket:  # type: ignore[arg-type]
                assert "autonomous-cicd" == socket.subprotocol
        with pytest.raises(InvalidStatus, match="400"):
            await connect(address, subprotocols=["bearer.t0ken"])  # type: ignore[list-item]


def test_without_a_secret_deliveries_are_refused(tmp_path: Path) -> None:
    with running(tmp_path, Prepared, GITHUB_WEBHOOK_SECRET="") as (port, app):
        assert 401 == deliver(port, failed_run(1)).status
        assert () == app.store.inbox.deliveries()


def test_an_address_that_is_taken_is_told() -> None:
    with bind("127.0.0.1", 0) as one, pytest.raises(UsageError, match="cannot be listened at"):
        bind("127.0.0.1", one.getsockname()[1])
    with pytest.raises(UsageError, match="cannot be listened at"):
        bind("203.0.113.1", 0)


def test_lines_of_the_log_cannot_be_forged() -> None:
    line = log_line("info", "delivery", id='x"\n{"level": "error"}', outcome=NASTY)
    assert 1 == len(line.splitlines())
    assert line.isascii() and line.isprintable()
    assert NASTY == json.loads(line)["outcome"]


def test_secrets_are_in_no_answer(port: int) -> None:
    for path in ("/api/health", "/metrics", "/api/openapi.json", "/"):
        assert SECRET.encode() not in ask(port, path).body


class Asked(Prepared):
    """Asks a host that knows of one failed run."""

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self.host: Any = self

    async def runs(self, repository: str, *, status: str, **more: Any) -> tuple[HostedRun, ...]:
        run = HostedRun(
            id=77,
            repository=repository,
            workflow="polled",
            path="ci.yml",
            commit="a" * 40,
            branch="main",
            event="push",
            status="completed",
            conclusion="failure",
            updated=time.time(),
        )
        return (run,) if status == "failure" else ()


def test_where_no_webhook_comes_failed_runs_are_asked_for(tmp_path: Path) -> None:
    more = {"AUTONOMOUS_CICD_SERVER_POLL": "true", "AUTONOMOUS_CICD_SERVER_REPOSITORIES": "acme/shop"}
    with running(tmp_path, Asked, **more) as (port, _):
        path = "/api/runs/poll:acme%2Fshop:77:1"
        eventually(lambda: ask(port, path).status == 200 and ask(port, path).json["status"] == "done")
        assert "healed polled" == ask(port, path).json["outcome"]


def test_who_is_to_ask_for_runs_must_know_where(tmp_path: Path) -> None:
    polls = environment(tmp_path, AUTONOMOUS_CICD_SERVER_POLL="true")
    app = App.open(None, environment=polls)
    with contextlib.closing(app), pytest.raises(UsageError, match="no repository is named") as caught:
        Server(app, Asked)
    assert "set integrations.github.repository or server.repositories" in caught.value.hint


POLL = {"AUTONOMOUS_CICD_SERVER_POLL": "true"}
NAMES = {"GITHUB_REPOSITORY": "acme/shop"}
UNASKED: dict[str, tuple[type[Prepared], dict[str, str], str]] = {
    "runs, without a token": (Prepared, POLL | NAMES, "runs cannot be asked for: no token of the code host"),
    "deliveries, without a token": (Prepared, NAMES, "missed cannot be asked for: no token of the code host"),
    "deliveries of nowhere": (
        Asked,
        {},
        "missed cannot be asked for: set integrations.github.repository or server.repositories",
    ),
    "no webhook is taken": (Asked, {"GITHUB_WEBHOOK_SECRET": ""}, ""),
}


@pytest.mark.parametrize("case", UNASKED)
def test_what_cannot_be_asked_for_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    kind, more, said = UNASKED[case]
    with running(tmp_path, kind, **more) as (port, _):
        eventually(lambda: ask(port, "/readyz").status == 200)
    lines = [one for one in capsys.readouterr().err.splitlines() if "cannot be asked for" in one]
    assert ([said] if said else []) == [said for one in lines if said in one]
    assert bool(said) == len(lines)


class Reported(Prepared):
    """Writes down which reports are wanted."""

    written: ClassVar[list[tuple[str, str]]] = []

    async def report(self, repository: str, kind: ReportKind) -> None:
        self.written.append((repository, kind.value))


def test_reports_are_written_at_their_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autonomous_cicd.services.reporting.next_time", lambda kind, now: now + 0.2)
    more = {**NAMES, "AUTONOMOUS_CICD_SERVER_REPORTS": "weekly,failure", "GITHUB_WEBHOOK_SECRET": ""}
    Reported.written.clear()
    with running(tmp_path, Reported, **more):
        eventually(lambda: len(Reported.written) >= 2)
    assert {("acme/shop", "weekly"), ("acme/shop", "failure")} == set(Reported.written)


class Broken(Prepared):
    """Cannot be made."""

    def __init__(self, app: App) -> None:
        raise UsageError("the key of the app cannot be read")


def test_who_cannot_work_does_not_serve(tmp_path: Path) -> None:
    app = App.open(None, environment=environment(tmp_path))
    with contextlib.closing(app), contextlib.closing(bind("127.0.0.1", 0)) as listening:
        server = Server(app, Broken)
        with pytest.raises(UsageError, match="the key of the app cannot be read"):
            server.run(listening)


def test_what_is_under_way_is_given_back_at_the_end(tmp_path: Path) -> None:
    began = time.monotonic()
    with running(tmp_path, Prepared) as (port, app):
        deliver(port, failed_run(1, name="wait"), id="under-way")
        eventually(lambda: status_of(port, "under-way") == "working")
        began = time.monotonic()
    assert time.monotonic() - began < 10
    with running(tmp_path, Prepared) as (port, app):
        eventually(lambda: status_of(port, "under-way") == "working")
        assert 2 == app.store.inbox.delivery("under-way").tries
