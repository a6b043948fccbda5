"""Webhooks acknowledged per second with the commit on disk, beside the barest receiver on FastAPI.

`./run bench webhooks`: both verify the signature over the raw bytes and answer when the delivery is on disk;
the other one commits each by itself, and neither reads nor works on what was delivered. Both are served by
uvicorn with uvloop and httptools, in turn.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import uvloop

__all__ = ["Measured", "load", "main", "payload"]

ROOT = Path(__file__).parents[1]
SECRET = "benchmark"
SIZE = 9_000
"""Bytes of a delivery: about what the host sends of a workflow run."""

OURS = """
import asyncio, gc, os, sys
gc.set_threshold(100_000)  # as the program does
from autonomous_cicd.app import App
from autonomous_cicd.domain.delivery import Ended, Progress
from autonomous_cicd.web.office import NoJourneys
from autonomous_cicd.web.server import Server, bind

class Asking(NoJourneys):
    # Takes as long as a question to a code host.
    async def handle(self, event, lease):
        await asyncio.sleep(0.1)
        return Ended(Progress.DONE, "asked")

app = App.open(None, environment=dict(os.environ))
listening = bind("127.0.0.1", 0)
print(listening.getsockname()[1], flush=True)
Server(app, Asking).run(listening)
"""

BAREST = """
import hashlib, hmac, os, socket, sqlite3, threading
import uvicorn
from fastapi import FastAPI, HTTPException, Request
from starlette.concurrency import run_in_threadpool

secret = os.environ["GITHUB_WEBHOOK_SECRET"].encode()
db = sqlite3.connect(os.environ["AUTONOMOUS_CICD_STATE_DIR"] + ".db", check_same_thread=False)
db.execute("PRAGMA journal_mode = WAL")
db.execute("PRAGMA synchronous = FULL")
db.execute("CREATE TABLE IF NOT EXISTS deliveries (id TEXT PRIMARY KEY, event TEXT, body BLOB)")
lock = threading.Lock()
app = FastAPI()

def keep(id, event, body):
    with lock:
        db.execute("INSERT OR IGNORE INTO deliveries VALUES (?, ?, ?)", (id, event, body))
        db.commit()

@app.post("/webhooks/github", status_code=202)
async def receive(request: Request):
    body = await request.body()
    known = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(known, request.headers.get("x-hub-signature-256", "")):
        raise HTTPException(401)
    headers = request.headers
    await run_in_threadpool(keep, headers["x-github-delivery"], headers["x-github-event"], body)
    return {}

listening = socket.socket()
listening.bind(("127.0.0.1", 0))
listening.listen(2048)
print(listening.getsockname()[1], flush=True)
config = uvicorn.Config(app, loop="uvloop", http="httptools", access_log=False, log_level="error")
uvicorn.Server(config).run([listening])
"""


@dataclass(frozen=True)
class Measured:
    """How fast deliveries were acknowledged."""

    rate: float
    p50: float
    p99: float
    wrong: int
    cpu: float = 0.0
    """Seconds of a processor that the server needed for a thousand."""


def event(number: int) -> str:
    """Return what a delivery is about: of ten, one is about the end of a run."""
    return "workflow_run" if number % 10 == 0 else "workflow_job"


def payload(number: int, size: int = SIZE) -> bytes:
    """Return a delivery, as large as the host's are, and as dense."""
    run = {
        "id": number,
        "run_attempt": 1,
        "name": "CI",
        "path": ".github/workflows/ci.yml",
        "head_sha": f"{number:040x}",
        "head_branch": "main",
        "status": "completed",
        "conclusion": "failure" if number % 20 == 0 else "success",
    }
    whole = {
        "action": "completed",
        event(number): run,
        "repository": {"full_name": "acme/shop"},
        "more": {
            f"url_{one}": f"https://api.example.org/repos/acme/shop/{{/thing{one}}}" for one in range(120)
        },
    }
    whole["text"] = "x" * (size - len(dense(whole)) - len(',"text":""'))
    return dense(whole)


def dense(value: object) -> bytes:
    """Return JSON without space, as the host sends it."""
    return json.dumps(value, separators=(",", ":")).encode()


_NUMBERS = count(1)


def _request(port: int) -> bytes:
    number = next(_NUMBERS)
    body = payload(number)
    mark = hmac.digest(SECRET.encode(), body, "sha256").hex()
    head = (
        f"POST /webhooks/github HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"X-GitHub-Event: {event(number)}\r\nX-GitHub-Delivery: {number:08}-bench\r\n"
        f"X-Hub-Signature-256: sha256={mark}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Client(asyncio.Protocol):
    """Sends requests one after another over one connection, and takes the time."""

    def __init__(self, requests: Iterator[bytes], seconds: list[float], done: asyncio.Future[int]) -> None:
        self._requests = requests
        self._seconds = seconds
        self._done = done
        self._wrong = 0
        self._began = 0.0
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, blank, body = self._answer.partition(b"\r\n\r\n")
        if not blank:
            return
        size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
        if len(body) < size:
            return
        self._seconds.append(time.perf_counter() - self._began)
        self._wrong += not self._answer.startswith(b"HTTP/1.1 202")
        self._answer = b""
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(self._wrong + 1)

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            if not self._done.done():
                self._done.set_result(self._wrong)
            self._transport.close()
            return
        self._began = time.perf_counter()
        self._transport.write(request)  # type: ignore[attr-defined]


def load(port: int, deliveries: int, connections: int) -> Measured:
    """Deliver so many over so many connections at once, and return how it went."""
    ready = [_request(port) for _ in range(deliveries)]

    async def all() -> tuple[float, list[float], int]:
        loop = asyncio.get_running_loop()
        requests, seconds = iter(ready), list[float]()
        done = [loop.create_future() for _ in range(connections)]
        began = time.perf_counter()
        for future in done:
            client = _Client(requests, seconds, future)
            await loop.create_connection(lambda client=client: client, "127.0.0.1", port)  # type: ignore[misc]
        wrong = sum(await asyncio.gather(*done))
        return time.perf_counter() - began, seconds, wrong

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        whole, seconds, wrong = runner.run(all())
    seconds.sort()
    place = min(len(seconds) - 1, int(len(seconds) * 0.99))
    return Measured(len(seconds) / whole, statistics.median(seconds), seconds[place], wrong)


@contextmanager
def _served(program: str, folder: Path) -> Iterator[tuple[int, int]]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "AUTONOMOUS_CICD_STATE_DIR": str(folder / "state"),
        "AUTONOMOUS_CICD_SERVER_CONNECTIONS_PER_ADDRESS": "10000",
        "AUTONOMOUS_CICD_SERVER_MAX_CONNECTIONS": "10000",
        "GITHUB_WEBHOOK_SECRET": SECRET,
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", program], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log
        )
    assert process.stdout
    try:
        port = int(process.stdout.readline())
        time.sleep(1.0)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        process.stdout.close()


def _measured(program: str, deliveries: int, connections: int) -> Measured:
    with tempfile.TemporaryDirectory(prefix="webhooks-") as name, _served(program, Path(name)) as (port, pid):
        load(port, max(50, deliveries // 20), connections)
        before = _cpu(pid)
        found = load(port, deliveries, connections)
        return replace(found, cpu=(_cpu(pid) - before) * 1000 / deliveries)


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(quick: bool) -> None:
    """Print both, for few and for many connections."""
    rounds, deliveries = (1, 600) if quick else (3, 6_000)
    print(f"Deliveries of {SIZE:,} bytes, each on disk before it is answered; median of {rounds}.\n")
    print("| connections | | acknowledged per second | p50 | p99 | processor for 1,000 | not acknowledged |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: |")
    for connections in (16, 64, 256):
        found: dict[str, list[Measured]] = {"barest on FastAPI": [], "autonomous-cicd": []}
        for _ in range(rounds):
            for name, program in (("barest on FastAPI", BAREST), ("autonomous-cicd", OURS)):
                found[name].append(_measured(program, deliveries, connections))
        rates = {}
        for name, each in found.items():
            rates[name] = statistics.median(one.rate for one in each)
            p50, p99, cpu = (
                statistics.median(getattr(one, what) for one in each) * 1000 for what in ("p50", "p99", "cpu")
            )
            told = f"{rates[name]:,.0f} | {p50:.1f} ms | {p99:.1f} ms | {cpu:.0f} ms"
            print(f"| {connections} | {name} | {told} | {sum(one.wrong for one in each)} |")
        ratio = rates["autonomous-cicd"] / rates["barest on FastAPI"]
        print(f"| {connections} | ratio | {ratio:.1f} | | | | |", flush=True)
