"""CodegenAgent and the HTTP service below it, against a server of our own on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tests.hosts.clocks import HurriedClock

from autonomous_cicd.adapters.codegen import CodegenAgent
from autonomous_cicd.adapters.http import Service
from autonomous_cicd.domain.brief import Brief
from autonomous_cicd.errors import NotFound, PortError, Unauthorized, Unavailable, UsageError

BRIEF = Brief(purpose="healing", text="mend it")
RUN = "/v1/organizations/7/agent/run"


@contextmanager
def serving(answers: Sequence[tuple[int, Any]]) -> Iterator[tuple[str, list[tuple[str, str, str, Any]]]]:
    """Serve these answers in their order, the last one for ever; yield the address and what was asked."""
    left, asked = list(answers), list[tuple[str, str, str, Any]]()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            asked.append((self.command, self.path, self.headers.get("Authorization", ""), body))
            status, value = left.pop(0) if len(left) > 1 else left[0]
            data = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def agent(address: str, seconds: float = 30.0) -> CodegenAgent:
    bearer = {"Authorization": "Bearer key"}
    service = Service(address, headers=bearer, name="Codegen", clock=HurriedClock())
    return CodegenAgent(service, "7", seconds=seconds, pause=0.0)


@pytest.mark.parametrize("done", ["COMPLETE", "completed"])
async def test_it_asks_and_waits_for_the_answer(done: str) -> None:
    """The words for a state differ between its sources; an unknown one means that it is at work."""
    answers = [
        (200, {"id": 5, "status": "queued"}),
        (200, {"id": 5, "status": "PONDERING"}),
        (200, {"id": 5, "status": done, "result": "a diff"}),
    ]
    with serving(answers) as (address, asked):
        reply = await agent(address).ask(BRIEF)
    assert "a diff" == reply.text
    assert [("POST", RUN), ("GET", f"{RUN}/5"), ("GET", f"{RUN}/5")] == [one[:2] for one in asked]
    assert {"Bearer key"} == {one[2] for one in asked}
    assert {"prompt": "mend it"} == asked[0][3]


@pytest.mark.parametrize(
    ("status", "value", "error"),
    [
        (401, {}, Unauthorized),
        (403, {}, Unauthorized),
        (402, {"message": "plan"}, Unavailable),
        (404, {}, NotFound),
        (422, {"detail": []}, Unavailable),
        (429, {}, Unavailable),
        (502, b"<html>", Unavailable),
        (302, {}, Unavailable),
        (200, b"no json", Unavailable),
        (200, [], Unavailable),
        (200, {"id": "../../users/me", "status": "queued"}, Unavailable),
        (200, {"id": 5, "status": "FAILED"}, Unavailable),
    ],
)
async def test_what_it_refuses_is_an_error_of_ours(status: int, value: Any, error: type[PortError]) -> None:
    """And nothing is asked anywhere else, least of all with the key."""
    with serving([(status, value)]) as (address, asked), pytest.raises(error):
        await agent(address).ask(BRIEF)
    assert 1 == len(asked)


async def test_it_may_not_take_for_ever() -> None:
    running = serving([(200, {"id": 5, "status": "running"})])
    with running as (address, _), pytest.raises(Unavailable, match="longer than"):
        await agent(address, seconds=0.05).ask(BRIEF)


async def test_a_service_that_is_not_there_is_an_error_of_ours() -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        await agent("http://127.0.0.1:9").ask(BRIEF)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "nowhere", "ftp://host"])
def test_only_addresses_of_the_web_are_taken(address: str) -> None:
    with pytest.raises(UsageError):
        Service(address, headers={}, name="Codegen")
