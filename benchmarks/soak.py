"""Whether the server keeps its shape: an hour of deliveries, questions, live listeners and incidents.

`./run bench soak`: every second some deliveries and questions, every ten a red run of a fork, which is
diagnosed from its log at our own GitHub on loopback. Memory and descriptors of the server are looked at all
the while, and how long an acknowledgement takes.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.hosts.github import FakeGitHub
from tests.hosts.shop import FILES, LOG, SHOP
from tests.hosts.state import Run
from tests.servers import Program, ask, deliver, failed_run
from websockets.sync.client import connect

__all__ = ["Look", "main", "soak"]

EVERY = 10.0
"""Seconds between two looks, and two incidents."""
A_SECOND = 5
"""Deliveries and questions in one."""
MB = 1024 * 1024


@dataclass(frozen=True)
class Look:
    """What was seen at some time."""

    hours: float
    memory: float
    """MB."""
    descriptors: int
    p95: float
    """Seconds until a delivery was acknowledged, since the last look."""


def main(quick: bool) -> None:
    """Print what was seen, and where it leads."""
    minutes = 2.0 if quick else 60.0
    looks = soak(minutes * 60)
    print(
        f"{minutes:g} minutes, {A_SECOND} deliveries and questions a second, an incident every {EVERY:g} s.\n"
    )
    print("| minute | memory | descriptors | p95 |")
    print("| ---: | ---: | ---: | ---: |")
    for one in looks[:: max(1, len(looks) // 12)]:
        print(f"| {one.hours * 60:.0f} | {one.memory:.1f} MB | {one.descriptors} | {one.p95 * 1000:.1f} ms |")
    half = looks[len(looks) // 2 :]
    slope = statistics.linear_regression([one.hours for one in half], [one.memory for one in half]).slope
    most = max(one.descriptors for one in half) - max(one.descriptors for one in looks[: len(looks) // 2])
    print(f"\nIn the second half: {slope:+.1f} MB an hour, {most:+d} descriptors at most.")


def soak(seconds: float) -> Sequence[Look]:
    """Return what was seen of a server within that time."""
    looks: list[Look] = []
    with tempfile.TemporaryDirectory(prefix="soak-") as name, FakeGitHub(Path(name)) as host:
        host.limit = host.remaining = 10_000_000
        host.add_repository(SHOP, FILES)
        host.add_repository("eve/shop", fork_of=SHOP)
        told: dict[str, Any] = {"GITHUB_TOKEN": host.token, "GITHUB_API_URL": host.url}
        program = Program(Path(name), AUTONOMOUS_CICD_AUTONOMY="propose", **told)
        began = next_look = time.monotonic()
        number, waited = 0, list[float]()
        try:
            while (now := time.monotonic()) < began + seconds:
                for _ in range(A_SECOND):
                    number += 1
                    at = time.perf_counter()
                    deliver(program.port, failed_run(number) | {"action": "requested"})
                    waited.append(time.perf_counter() - at)
                    ask(
                        program.port,
                        ("/api/runs?limit=20", "/metrics", "/api/incidents", "/none")[number % 4],
                    )
                if now >= next_look:
                    next_look += EVERY
                    deliver(program.port, host.payload("workflow_run", _red(host, number)))
                    with connect(f"ws://127.0.0.1:{program.port}/ws"):
                        pass
                    waited.sort()
                    p95, waited = waited[int(len(waited) * 0.95)], []
                    looks.append(Look((now - began) / 3600, *_seen(program.pid), p95))
                time.sleep(max(0.0, now + 1 - time.monotonic()))
        finally:
            program.end()
    return looks


def _red(host: FakeGitHub, number: int) -> Run:
    commit = host.repository("eve/shop").commit({"a.txt": f"{number}\n"}, branch="nice")
    run = host.add_run(
        SHOP, commit=commit, branch="nice", head_repository="eve/shop", event="pull_request", actor="eve"
    )
    host.add_job(run, "test", log=LOG)
    return run


def _seen(pid: int) -> tuple[float, int]:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MB, len(os.listdir(f"/proc/{pid}/fd"))
