"""A storm of webhooks, with the server killed again and again: what is lost, and what done twice.

`./run bench storm`: 2,000 deliveries, 25 kill -9 at random moments; what is not taken is delivered again.
"""

from __future__ import annotations

import contextlib
import functools
import hmac
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue

__all__ = ["Storm", "main", "storm"]

ROOT = Path(__file__).parents[1]
SECRET = "storm"
CLIENTS = 16
PATIENCE = 120.0

SERVER = """
import asyncio, os, sys
from pathlib import Path
from autonomous_cicd.app import App
from autonomous_cicd.domain.delivery import Ended, Progress
from autonomous_cicd.web.office import NoJourneys
from autonomous_cicd.web.server import Server, bind

acts = Path(sys.argv[2])

class Acting(NoJourneys):
    # What it leaves outside is a line of a file, found again by its key, as a pull request is by its branch.
    async def handle(self, event, lease):
        book, key = app.store.casebook, f"act:{event.run}:{event.attempt}"
        if book.intend(key, "p", "i", app.clock.now()) or not left(key):
            await asyncio.sleep(0.002)
            if not left(key):
                with acts.open("a") as file:
                    file.write(key + "\\n")
                    file.flush()
                    os.fsync(file.fileno())
            await asyncio.sleep(0.002)
        book.confirm(key, app.clock.now())
        return Ended(Progress.DONE, "acted")

def left(key):
    return acts.exists() and key in acts.read_text().split()

app = App.open(None, environment=dict(os.environ))
listening = bind("127.0.0.1", int(sys.argv[1]))
Server(app, Acting).run(listening, ready=lambda: print("ready", flush=True))
"""


@dataclass
class Storm:
    """What became of a storm."""

    deliveries: int
    kills: int
    lost: int = 0
    """Acknowledged, and not there."""
    doubled: int = 0
    """Recorded or acted upon more than once."""
    missing: int = 0
    """Acted upon never."""
    unfinished: int = 0
    attempts: int = 0
    seconds: list[float] = field(default_factory=list)
    """Of each acknowledgement."""
    recovery: float = 0.0
    """From the last start to the end of the last delivery that was under way or waited then."""
    errors: Counter[str] = field(default_factory=Counter)
    again: set[int] = field(default_factory=set)
    """Deliveries that are made once more although they were taken."""

    @property
    def p99(self) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)] if self.seconds else 0.0

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.missing or self.unfinished)


class _Server:
    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self.started = 0.0

    def start(self) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder),
            "AUTONOMOUS_CICD_STATE_DIR": str(self._folder / "state"),
            "GITHUB_WEBHOOK_SECRET": SECRET,
        }
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", SERVER, str(self.port), str(self._folder / "acts")],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line == "ready\n", (self._folder / "log").read_text()[-2_000:]
        self.started = time.monotonic()

    def end(self, number: int) -> None:
        assert self._process and self._process.stdout
        self._process.send_signal(number)
        self._process.wait(30)
        self._process.stdout.close()


def storm(deliveries: int, kills: int, folder: Path, *, seed: int = 0) -> Storm:
    """Let a storm go over a server in a folder, and count what is left."""
    told, dice = Storm(deliveries, kills), random.Random(seed)
    waiting: Queue[int] = Queue()
    order = list(range(deliveries))
    dice.shuffle(order)
    for number in order:
        waiting.put(number)
    acknowledged: set[int] = set()
    guard = threading.Lock()
    server = _Server(folder)
    server.start()
    clients = [
        threading.Thread(target=_deliver, args=(server.port, waiting, acknowledged, told, guard, deliveries))
        for _ in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for number in range(kills):
        until = deliveries * (number + 1) * 0.9 / (kills + 1)
        _wait(functools.partial(_reached, acknowledged, until))
        time.sleep(dice.random() * 0.05)
        server.end(signal.SIGKILL)
        server.start()
    for client in clients:
        client.join(PATIENCE)
    last = server.started
    _count(server.port, folder, told, acknowledged, last)
    server.end(signal.SIGTERM)
    return told


def _deliver(
    port: int, waiting: Queue[int], acknowledged: set[int], told: Storm, guard: threading.Lock, all: int
) -> None:
    connection = None
    deadline = time.monotonic() + PATIENCE * 5
    while len(acknowledged) < all and time.monotonic() < deadline:
        try:
            number = waiting.get(timeout=0.05)
        except Empty:
            continue
        body = _body(number)
        headers = {
            "Content-Type": "application/json",
            "X-GitHub-Event": "workflow_run",
            "X-GitHub-Delivery": f"delivery-{number:06}",
            "X-Hub-Signature-256": f"sha256={hmac.digest(SECRET.encode(), body, 'sha256').hex()}",
        }
        began = time.monotonic()
        try:
            connection = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("POST", "/webhooks/github", body, headers)
            response = connection.getresponse()
            response.read()
            status = str(response.status)
        except (OSError, http.client.HTTPException) as error:
            status = type(error).__name__
            if connection is not None:
                connection.close()
                connection = None
            time.sleep(0.02)
        with guard:
            told.attempts += 1
            if status == "202":
                acknowledged.add(number)
                told.seconds.append(time.monotonic() - began)
            else:
                told.errors[status] += 1
        if status != "202" or (number % 7 == 0 and number not in told.again):
            told.again.add(number)
            waiting.put(number)
    if connection is not None:
        connection.close()


def _body(number: int) -> bytes:
    run = {
        "id": 1_000 + number,
        "run_attempt": 1,
        "name": "CI",
        "path": ".github/workflows/ci.yml",
        "head_sha": f"{number:040x}",
        "head_branch": f"branch-{number % 9}",
        "status": "completed",
        "conclusion": "failure",
    }
    whole = {"action": "completed", "workflow_run": run, "repository": {"full_name": "acme/shop"}}
    return json.dumps(whole).encode()


def _count(port: int, folder: Path, told: Storm, acknowledged: set[int], last: float) -> None:
    with contextlib.suppress(AssertionError):
        _wait(lambda: not _left(port))
    told.recovery = time.monotonic() - last
    told.unfinished = _left(port)
    recorded = Counter(_ids(port))
    ids = {f"delivery-{number:06}" for number in acknowledged}
    told.lost = len(ids - recorded.keys())
    acts = Counter((folder / "acts").read_text().split())
    told.doubled = sum(count > 1 for count in (*recorded.values(), *acts.values()))
    told.missing = sum(f"act:{1_000 + number}:1" not in acts for number in acknowledged)


def _ask(port: int, path: str) -> dict[str, object]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        found: dict[str, object] = json.loads(connection.getresponse().read())
        return found
    finally:
        connection.close()


def _left(port: int) -> int:
    health = _ask(port, "/api/health")
    return int(str(health["waiting"])) + int(str(health["working"]))


def _ids(port: int) -> list[str]:
    found: list[str] = []
    cursor = ""
    while True:
        page = _ask(port, f"/api/runs?limit=500{cursor}")
        runs = page["runs"]
        assert isinstance(runs, list)
        found += [one["id"] for one in runs]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


def _reached(acknowledged: set[int], until: float) -> bool:
    return len(acknowledged) >= until


def _wait(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, "the storm does not get on"
        time.sleep(0.005)


def main(quick: bool) -> None:
    """Print what became of it."""
    deliveries, kills = (120, 4) if quick else (2_000, 25)
    with tempfile.TemporaryDirectory(prefix="storm-") as folder:
        told = storm(deliveries, kills, Path(folder))
    row = {
        "deliveries": f"{told.deliveries:,}",
        "kill -9": f"{told.kills}",
        "tries": f"{told.attempts:,}",
        "lost": f"{told.lost}",
        "doubled": f"{told.doubled}",
        "never done": f"{told.missing}",
        "unfinished": f"{told.unfinished}",
        "p99": f"{told.p99 * 1000:.0f} ms",
        "slowest": f"{max(told.seconds):.2f} s",
        "settled after the last start": f"{told.recovery:.1f} s",
    }
    print(f"| {' | '.join(row)} |\n|{' ---: |' * len(row)}\n| {' | '.join(row.values())} |")
