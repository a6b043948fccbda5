"""Servers for tests: the real one over loopback, in this process or in one of its own, and who asks it."""

from __future__ import annotations

import contextlib
import hmac
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from autonomous_cicd.app import App
from autonomous_cicd.web.office import Journeys, NoJourneys
from autonomous_cicd.web.server import Server, bind

__all__ = [
    "SECRET",
    "Answer",
    "Program",
    "ask",
    "deliver",
    "eventually",
    "failed_run",
    "raw",
    "running",
    "signed",
]

SECRET = "It's a Secret to Everybody"
PATH = "/webhooks/github"
PATIENCE = 60.0


class Answer(NamedTuple):
    """What was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def environment(state: Path, **more: str) -> dict[str, str]:
    """Return the environment of a server that keeps everything in a folder."""
    own = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(state),
        "AUTONOMOUS_CICD_STATE_DIR": str(state / "state"),
        "GITHUB_WEBHOOK_SECRET": SECRET,
        "AUTONOMOUS_CICD_SERVER_CONNECTIONS_PER_ADDRESS": "400",
    }
    return {name: value for name, value in {**own, **more}.items() if value}


@contextlib.contextmanager
def running(
    state: Path, journeys: Callable[[App], Journeys] = NoJourneys, **more: str
) -> Iterator[tuple[int, App]]:
    """Lend the port of a server that runs in a thread of this process, and its App."""
    with contextlib.closing(App.open(None, environment=environment(state, **more))) as app:
        server, ready = Server(app, journeys), threading.Event()
        listening = bind("127.0.0.1", 0)
        port = listening.getsockname()[1]
        thread = threading.Thread(target=server.run, args=(listening,), kwargs={"ready": ready.set})
        thread.start()
        try:
            assert ready.wait(PATIENCE)
            yield port, app
        finally:
            server.stop()
            thread.join(PATIENCE)
            listening.close()
        assert not thread.is_alive()


class Program:
    """`autonomous-cicd serve` in a process of its own."""

    def __init__(self, state: Path, *arguments: str, before: tuple[str, ...] = (), **more: Any) -> None:
        program = [*before, sys.executable, "-m", "autonomous_cicd", "serve", "--port", "0", *arguments]
        self.log = state / f"log-{uuid.uuid4().hex[:8]}"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                program,
                cwd=state,
                env=environment(state, **more),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert self._process.stdout
        self.line = self._process.stdout.readline()
        self.port = int(self.line.partition("://")[2].split()[0].rpartition(":")[2]) if self.line else 0
        self.pid = self._process.pid

    def kill(self) -> None:
        """End it and whatever it started, at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait(PATIENCE)
        self._close()

    def end(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end; return its exit code."""
        self._process.send_signal(number)
        try:
            return self._process.wait(30)
        finally:
            self.kill()

    def _close(self) -> None:
        if self._process.stdout:
            self._process.stdout.close()


def ask(
    port: int,
    path: str,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Ask a server on this machine."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body, dict(headers or {}))
        response = connection.getresponse()
        told = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, told, response.read())
    finally:
        connection.close()


def change(port: int, path: str, value: object = None, **headers: str) -> Answer:
    """Ask for a change."""
    body = b"" if value is None else json.dumps(value).encode()
    return ask(port, path, "POST", body, {"Content-Type": "application/json", **headers})


def failed_run(number: int, **changes: object) -> dict[str, Any]:
    """Return what the host sends of a run that failed."""
    run = {
        "id": number,
        "run_attempt": 1,
        "name": "CI",
        "path": ".github/workflows/ci.yml",
        "head_sha": f"{number:040x}",
        "head_branch": "main",
        "status": "completed",
        "conclusion": "failure",
        **changes,
    }
    return {"action": "completed", "workflow_run": run, "repository": {"full_name": "acme/shop"}}


def signed(body: bytes, *, id: str = "", event: str = "workflow_run", **changes: str) -> dict[str, str]:
    """Return the headers that the host sends with a body; an empty one is left out."""
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Delivery": id or str(uuid.uuid4()),
        "X-GitHub-Event": event,
        "X-Hub-Signature-256": f"sha256={hmac.digest(SECRET.encode(), body, 'sha256').hex()}",
    }
    changed = {name.replace("_", "-"): value for name, value in changes.items()}
    merged = {**headers, **changed}
    return {name: value for name, value in merged.items() if value}


def deliver(port: int, payload: Mapping[str, Any], *, id: str = "", event: str = "workflow_run") -> Answer:
    """Deliver a webhook as the host does."""
    body = json.dumps(payload).encode()
    return ask(port, PATH, "POST", body, signed(body, id=id, event=event))


def raw(port: int, data: bytes, *, wait: float = 20.0) -> bytes:
    """Send bytes as they are; return what is answered until the server hangs up or is silent."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(data)
        answer = b""
        with contextlib.suppress(TimeoutError, ConnectionError):
            while part := connection.recv(65_536):
                answer += part
                if wait < 5:
                    connection.settimeout(wait)
        return answer


def eventually(reached: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)
