"""Gate: foreign pages, foreign names and whoever has no token get nothing."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from autonomous_cicd.web.gate import CHANGES, LOGINS, MINUTE, Gate, Pace, is_loopback


class Door:
    """A gate, and what came through it."""

    def __init__(self, token: str = "", *hosts: str) -> None:
        self.passed = 0
        self.time = 0.0
        self.gate = Gate(self._inner, token, hosts, lambda: self.time)

    async def _inner(self, scope: Any, receive: Any, send: Any) -> None:
        self.passed += 1

    def ask(
        self,
        *,
        method: str = "GET",
        path: str = "/api/runs",
        address: str = "127.0.0.1",
        socket: bool = False,
        **headers: str,
    ) -> tuple[int, dict[str, str]]:
        """Return the status, 200 for what passes, and the headers."""
        told = {"host": "127.0.0.1:8765"} | {name.replace("_", "-"): value for name, value in headers.items()}
        scope: dict[str, Any] = {
            "type": "websocket" if socket else "http",
            "path": path,
            "client": (address, 5),
            "headers": [
                (name.encode(), value.encode("latin-1")) for name, value in told.items() if value != "-"
            ],
        }
        if not socket:
            scope["method"] = method
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "websocket.connect"}

        async def send(message: Any) -> None:
            sent.append(message)

        before = self.passed
        asyncio.run(self.gate(scope, receive, send))
        if self.passed > before:
            return 200, {}
        if sent[0]["type"] == "websocket.close":
            return 403, {}
        assert json.loads(sent[1]["body"])["status"] == sent[0]["status"]
        return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


OTHER = "http://evil.example"
OWN = "http://127.0.0.1:8765"
CASES: dict[str, tuple[int, dict[str, Any]]] = {
    "a program of this machine": (200, {}),
    "a program that changes something": (200, {"method": "POST"}),
    "a program that listens": (200, {"socket": True}),
    "our own page": (200, {"method": "POST", "origin": OWN, "sec_fetch_site": "same-origin"}),
    "our own page that listens": (200, {"socket": True, "origin": OWN}),
    "by name": (200, {"host": "localhost:99"}),
    "by the address of version 6": (200, {"host": "[::1]:8765"}),
    "a link that a person follows": (
        200,
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"},
    ),
    "a name that was made to point here": (421, {"host": "evil.example"}),
    "such a name, listening": (403, {"host": "evil.example:8765", "socket": True}),
    "such a name with ours in it": (421, {"host": "127.0.0.1.evil.example"}),
    "our name as a user": (400, {"host": "127.0.0.1:8765@evil.example"}),
    "no name": (400, {"host": "-"}),
    "an empty name": (400, {"host": ""}),
    "an odd port": (400, {"host": "localhost:http"}),
    "half an address": (400, {"host": "[::1"}),
    "another page that changes something": (403, {"method": "POST", "origin": OTHER}),
    "a page without an origin": (403, {"method": "POST", "origin": "null"}),
    "another port": (403, {"method": "POST", "origin": "http://127.0.0.1:9999"}),
    "another scheme": (403, {"method": "POST", "origin": "file://127.0.0.1:8765"}),
    "a form of another page": (403, {"method": "POST", "sec_fetch_site": "cross-site"}),
    "a page of the same site": (403, {"method": "POST", "sec_fetch_site": "same-site"}),
    "a form that is followed like a link": (
        403,
        {
            "method": "POST",
            "sec_fetch_site": "cross-site",
            "sec_fetch_mode": "navigate",
            "sec_fetch_dest": "document",
        },
    ),
    "another page that deletes": (403, {"method": "DELETE", "origin": OTHER}),
    "another page that listens": (403, {"socket": True, "origin": OTHER}),
    "another page that reads": (403, {"origin": OTHER}),
    "another page that shows us as a picture": (
        403,
        {"sec_fetch_site": "cross-site", "sec_fetch_dest": "image"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_without_a_token(case: str) -> None:
    status, asked = CASES[case]
    assert status == Door().ask(**asked)[0]


def test_more_names_may_be_allowed() -> None:
    assert 200 == Door("", "ci.example.org").ask(host="CI.example.org:443")[0]


def test_a_name_that_is_there_twice_is_none() -> None:
    door = Door()
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    hosts = [(b"host", b"127.0.0.1"), (b"host", b"evil.example")]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": hosts}
    asyncio.run(door.gate(scope, receive, send))
    assert 400 == sent[0]["status"]


TOKEN = "t0ken"
WITH_TOKEN: dict[str, tuple[int, dict[str, Any]]] = {
    "the token": (200, {"authorization": f"Bearer {TOKEN}"}),
    "the token, by any name": (200, {"authorization": f"bearer {TOKEN}", "host": "ci.example.org"}),
    "the token of a page that listens": (
        200,
        {"socket": True, "sec_websocket_protocol": f"v1, bearer.{TOKEN}"},
    ),
    "health": (200, {"path": "/healthz"}),
    "readiness": (200, {"path": "/readyz"}),
    "no token": (401, {}),
    "no token for metrics": (401, {"path": "/metrics"}),
    "no token for the page": (401, {"path": "/"}),
    "no token for what is not there": (401, {"path": "/nothing"}),
    "no token and listening": (403, {"socket": True}),
    "an empty token": (401, {"authorization": "Bearer "}),
    "another token": (401, {"authorization": "Bearer other"}),
    "part of the token": (401, {"authorization": "Bearer t0ke"}),
    "another kind": (401, {"authorization": f"Basic {TOKEN}"}),
    "odd letters": (401, {"authorization": "Bearer \u00e9\u00ff"}),
    "the token, from another page": (
        403,
        {"authorization": f"Bearer {TOKEN}", "method": "POST", "origin": OTHER},
    ),
}


@pytest.mark.parametrize("case", WITH_TOKEN)
def test_with_a_token(case: str) -> None:
    status, asked = WITH_TOKEN[case]
    assert status == Door(TOKEN).ask(**asked)[0]


def test_whoever_is_refused_is_told_how() -> None:
    assert "Bearer" == Door(TOKEN).ask()[1]["www-authenticate"]


def test_wrong_tokens_are_counted_by_address() -> None:
    door = Door(TOKEN)
    for _ in range(LOGINS):
        assert 401 == door.ask(authorization="Bearer no", address="10.0.0.1")[0]
    status, headers = door.ask(authorization="Bearer no", address="10.0.0.1")
    assert (429, "60") == (status, headers["retry-after"])
    assert 401 == door.ask(authorization="Bearer no", address="10.0.0.2")[0]
    door.time = MINUTE + 1
    assert 401 == door.ask(authorization="Bearer no", address="10.0.0.1")[0]


def test_who_guesses_locks_nobody_out() -> None:
    door = Door(TOKEN)
    for _ in range(LOGINS + 1):
        door.ask(authorization="Bearer no")
    assert (429, 401) == (door.ask(authorization="Bearer no")[0], door.ask()[0])
    assert 200 == door.ask(authorization=f"Bearer {TOKEN}")[0]
    assert 200 == door.ask(authorization=f"Bearer {TOKEN}", method="POST", path="/api/stop")[0]
    assert 200 == door.ask(socket=True, sec_websocket_protocol=f"v1, bearer.{TOKEN}")[0]


@pytest.mark.parametrize("token", ["", TOKEN])
def test_changes_are_counted(token: str) -> None:
    door = Door(token)
    for _ in range(CHANGES):
        assert 200 == door.ask(method="POST", authorization=f"Bearer {TOKEN}")[0]
    assert 429 == door.ask(method="POST", authorization=f"Bearer {TOKEN}")[0]
    assert 429 == door.ask(method="POST", authorization=f"Bearer {TOKEN}", path="/api/stop/")[0]
    assert 200 == door.ask(method="POST", authorization=f"Bearer {TOKEN}", path="/api/stop")[0]
    assert 200 == door.ask(authorization=f"Bearer {TOKEN}")[0]
    door.time = MINUTE + 1
    assert 200 == door.ask(method="POST", authorization=f"Bearer {TOKEN}")[0]


def test_many_addresses_do_not_fill_the_memory() -> None:
    pace = Pace(2, lambda: 0.0)
    for number in range(30_000):
        pace.count(str(number))
    assert not pace.over("0")
    assert len(pace._times) <= 10_000
    for _ in range(1_000):
        pace.count("x")
    assert pace.over("x")
    assert len(pace._times["x"]) <= 3


@pytest.mark.parametrize(
    ("host", "is_it"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("localhost", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.1", False),
        ("localhost.evil.example", False),
        ("127.evil.example", False),
    ],
)
def test_what_only_this_machine_reaches(host: str, is_it: bool) -> None:
    assert is_it == is_loopback(host)
