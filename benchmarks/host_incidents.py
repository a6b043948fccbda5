"""Whole incidents while a fifth of a code host's answers go wrong in eight ways, those to git included.

Measured are the share of incidents that end as without faults - at the host and in our memory - and the
requests for each that is needed without. Four kinds take turns: a fix that becomes a pull request and is
verified by the host, a cause that nobody can heal and that goes away, a passing trouble, and a fork's run. A
delivery is tried as often as the server tries it. The host is our own GitHub on loopback; pauses are skipped.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.hosts.clocks import HurriedClock
from tests.hosts.github import FakeGitHub
from tests.hosts.shop import FILES, LOG, WORKFLOW
from tests.hosts.state import Repository, Run

from autonomous_cicd.adapters.github_app import open_github
from autonomous_cicd.adapters.http import Patience
from autonomous_cicd.adapters.remote_git import open_remote_git
from autonomous_cicd.app import App
from autonomous_cicd.domain.payload import event_of
from autonomous_cicd.errors import PortError
from autonomous_cicd.journeys.doors import answered
from autonomous_cicd.journeys.practice import Practice
from autonomous_cicd.services.deliver_at_host import Outside

__all__ = ["Score", "main", "measure"]

RATE = 0.2
SCRIPT = {".github/workflows/ci.yml": WORKFLOW.replace("./check.sh", "sh check.sh")}
BROKEN = {"check.sh": "#!/bin/sh\necho 2 is not 3 >&2\nexit 1\n", **SCRIPT}
LOG_OF = "##[group]Run sh check.sh\n##[endgroup]\n{}\n##[error]Process completed with exit code {}.\n"
PAST = LOG_OF.format("curl: (28) Connection timed out after 30000 milliseconds", 28)
DEAD = LOG_OF.format("2 is not 3", 1)
TRIES = 5
"""As often as the server tries a delivery."""


@dataclass
class Score:
    """What came of it."""

    incidents: int = 0
    same: int = 0
    """Those that ended as without faults."""
    deliveries: int = 0
    again: int = 0
    """Times that a delivery had to be tried again."""
    requests: int = 0
    needed: int = 0
    faults: int = 0
    errors: list[str] = field(default_factory=list)


@dataclass
class _World:
    """A code host with one repository for each incident, and us."""

    host: FakeGitHub
    careful: Practice
    """That proposes."""
    acting: Practice
    """That may run again at the host what passes by itself."""
    score: Score = field(default_factory=Score)

    async def hear(self, run: Run, *, act: bool = False) -> None:
        """Have the news of a run worked on, as often as the server would."""
        event = event_of("workflow_run", self.host.payload("workflow_run", run))
        self.score.deliveries += 1
        for left in reversed(range(TRIES)):
            try:
                await answered(self.acting if act else self.careful, event)
            except PortError as error:
                self.score.again += 1
                if not left:
                    self.score.errors.append(f"{run.repository}: {type(error).__name__}: {error}"[:200])
            else:
                return

    def red(self, shop: Repository, log: str, **more: str) -> Run:
        """Let a run of a repository be red."""
        run = self.host.add_run(shop.name, **more)  # type: ignore[arg-type]
        self.host.add_job(run, "test", log=log)
        return run

    def ended(self, shop: Repository) -> str:
        """Return how all of it ended: what stands at the host, and what we remember."""
        entries = sorted(
            (bool(one.head), one.state, one.base, tuple(one.labels), len(one.comments))
            for one in shop.entries.values()
        )
        reruns = [one.reruns for one in shop.runs.values() if one.reruns]
        branches = len(shop.ask("for-each-ref", "refs/heads/autonomous-cicd").splitlines())
        known = [
            (one.state.value, one.at_host.checked if one.at_host else "")
            for practice in (self.careful, self.acting)
            for one in practice.book.incidents(shop.name)
        ]
        return f"{entries} {reruns} {branches} {known}"


async def _fix(world: _World, shop: Repository) -> None:
    await world.hear(world.red(shop, LOG))
    for pull in world.host.pulls(shop.name):
        own = world.host.add_run(shop.name, branch=pull.head, conclusion="success")
        await world.hear(own)


async def _dead(world: _World, shop: Repository) -> None:
    shop.commit(BROKEN)
    await world.hear(world.red(shop, DEAD))
    shop.commit({"README": "mended\n"})
    await world.hear(world.host.add_run(shop.name, conclusion="success"))


async def _past(world: _World, shop: Repository) -> None:
    shop.commit(SCRIPT)
    run = world.red(shop, PAST)
    await world.hear(run, act=True)
    world.host.finish(run)
    await world.hear(run, act=True)


async def _fork(world: _World, shop: Repository) -> None:
    name = f"eve/{shop.name.partition('/')[2]}"
    fork = world.host.add_repository(name, fork_of=shop.name)
    commit = fork.commit({"check.sh": "#!/bin/sh\nexit 1\n"}, branch="nice")
    whence = {"head_repository": name, "event": "pull_request", "actor": "eve"}
    await world.hear(world.red(shop, LOG, commit=commit, branch="nice", **whence))


KINDS: dict[str, Callable[[_World, Repository], Awaitable[None]]] = {
    "fix": _fix,
    "dead": _dead,
    "past": _past,
    "fork": _fork,
}


def main(quick: bool) -> None:
    """Print what came of incidents with and without faults."""
    rounds = 2 if quick else 50
    print("| faults | incidents | as without faults | deliveries | tried again | requests for each needed |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    score = measure(rounds)
    told = (
        f"{score.incidents:,} | {score.same / score.incidents:.1%} | {score.deliveries:,} | {score.again:,}"
    )
    print(f"| {score.faults:,}, {RATE:.0%} | {told} | {score.requests / score.needed:.2f} |", flush=True)
    for error in score.errors[:10]:
        print(f"\n{error}")


def measure(rounds: int, rate: float = RATE, seed: int = 1) -> Score:
    """Return what comes of so many incidents of each kind when that share of the answers goes wrong."""
    with _world() as world:
        return asyncio.run(_measured(world, rounds, rate, seed))


async def _measured(world: _World, rounds: int, rate: float, seed: int) -> Score:
    host, expected, needed = world.host, {}, {}
    for number in range(rounds + 1):
        for kind, act in KINDS.items():
            shop = host.add_repository(f"octo/{kind}{number}", FILES)
            before = len(host.requests) + len(host.stored)
            await act(world, shop)
            requests = len(host.requests) + len(host.stored) - before
            if number == 0:
                expected[kind], needed[kind] = world.ended(shop), requests
                continue
            world.score.incidents += 1
            world.score.requests += requests
            world.score.needed += needed[kind]
            if (ended := world.ended(shop)) == expected[kind]:
                world.score.same += 1
            else:
                world.score.errors.append(f"{shop.name}: {ended}, not {expected[kind]}")
        if number == 0:  # the first ones are without faults, and say what is needed
            world.score = Score()
            faults = host.faults
            faults.rate, faults.seed, faults.slow, faults.git = rate, seed, 0.6, True
            faults.__post_init__()
    world.score.faults = len(host.faults.given)
    await world.careful.aclose()
    await world.acting.aclose()
    return world.score


@contextlib.contextmanager
def _world() -> Iterator[_World]:
    with (
        tempfile.TemporaryDirectory() as name,
        FakeGitHub(Path(name)) as host,
        contextlib.closing(_app(host, f"{name}/propose", "propose")) as app,
        contextlib.closing(_app(host, f"{name}/act", "act")) as acting,
    ):
        host.limit = host.remaining = 1_000_000
        yield _World(host, _practice(app), _practice(acting))


def _app(host: FakeGitHub, home: str, autonomy: str) -> App:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": home,
        "GITHUB_TOKEN": host.token,
        "GITHUB_API_URL": host.url,
        "AUTONOMOUS_CICD_STATE_DIR": f"{home}/state",
        "AUTONOMOUS_CICD_AUTONOMY": autonomy,
        "AUTONOMOUS_CICD_SELF_HEALING_MAX_PULL_REQUESTS_PER_HOUR": "100",
    }
    return App.open(environment=environment)


def _practice(app: App) -> Practice:
    clock, patience = HurriedClock(), Patience(read=0.5, total=5.0, download=5.0)
    github = open_github(app.settings, app.environment, clock, patience=patience)
    git = open_remote_git(app.settings, app.environment, clock)
    outside = Outside(branches=git, pull_requests=github, issues=github, workflows=github)
    return Practice(app, github, git, outside, stop=asyncio.Event())
