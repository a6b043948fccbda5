"""What is left of a code host when a fifth of its answers go wrong in eight ways, before or after the deed.

Measured are the share of operations that end as without faults, the requests for each that is needed, and
what was done twice. The host is our own GitHub on loopback; pauses are skipped, not slept.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.hosts.clocks import HurriedClock
from tests.hosts.faults import KINDS
from tests.hosts.github import FakeGitHub

from autonomous_cicd.adapters.github import GitHub
from autonomous_cicd.adapters.github_app import open_github
from autonomous_cicd.adapters.http import Patience
from autonomous_cicd.errors import PortError
from autonomous_cicd.settings.load import load

__all__ = ["Score", "main", "measure"]

SHOP = "octo/shop"
LOG = b"2024-01-01T00:00:00.0000000Z Error: it is red\n" * 2000
RATE = 0.2
CI = "name: CI\non: [push, workflow_dispatch]\n"


@dataclass
class _Incident:
    """What is asked of the host for one red run, and whether the answer is what it should be."""

    github: GitHub
    run: int
    job: int
    branch: str
    issue: int
    text: str
    ends: tuple[str, str]

    def steps(self) -> Sequence[tuple[str, Callable[[], Awaitable[bool]]]]:
        """Return each operation with its name."""
        names = (
            "identity read_run jobs log green between text head pull_request open_issue comment close rerun"
            " permission checks"
        )
        return [(name, getattr(self, f"_{name}")) for name in names.split()]

    async def _identity(self) -> bool:
        return bool((await self.github.identity()).login)

    async def _read_run(self) -> bool:
        return (await self.github.run(SHOP, self.run)).id == self.run

    async def _jobs(self) -> bool:
        return [one.id for one in await self.github.jobs(SHOP, self.run)] == [self.job]

    async def _log(self) -> bool:
        found = await self.github.log(SHOP, self.job)
        return b"".join(found.pieces) == LOG and not found.notes

    async def _green(self) -> bool:
        return bool(await self.github.runs(SHOP, workflow="ci.yml", limit=5))

    async def _between(self) -> bool:
        return len((await self.github.between(SHOP, *self.ends)).commits) == 1

    async def _text(self) -> bool:
        return await self.github.text(SHOP, "a.py", self.ends[1]) == "a = 2\n"

    async def _head(self) -> bool:
        return await self.github.branch(SHOP, "main") == self.ends[1]

    async def _pull_request(self) -> bool:
        made = await self.github.open_pull_request(
            SHOP, title=self.text, body=self.text, head=self.branch, base="main", labels=["bot"]
        )
        return (made.title, made.labels) == (self.text, ("bot",))

    async def _open_issue(self) -> bool:
        return (await self.github.open_issue(SHOP, title=self.text, body=self.text)).title == self.text

    async def _comment(self) -> bool:
        return (await self.github.comment(SHOP, self.issue, self.text)).body == self.text

    async def _close(self) -> bool:
        return not (await self.github.update_issue(SHOP, self.issue, body=self.text, open=False)).open

    async def _rerun(self) -> bool:
        await self.github.rerun(SHOP, self.run)
        return True

    async def _permission(self) -> bool:
        return (await self.github.permission(SHOP, "octo")).writes

    async def _checks(self) -> bool:
        return await self.github.checks(SHOP, self.ends[1]) == ()


@dataclass
class Score:
    """What came of it."""

    operations: int = 0
    same: int = 0
    """Operations that ended as without faults."""
    requests: int = 0
    needed: int = 0
    doubled: int = 0
    """Pull requests, issues, comments, re-runs and dispatches that were made twice."""
    faults: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Share of the operations that ended as without faults."""
        return self.same / self.operations

    @property
    def calls(self) -> float:
        """Requests for each that is needed."""
        return self.requests / self.needed


def main(quick: bool) -> None:
    """Print a table: without faults, with all kinds, and with each kind alone."""
    rounds = 12 if quick else 120
    kinds: list[tuple[str, float, tuple[str, ...]]] = [("none", 0.0, KINDS), ("all eight", RATE, KINDS)]
    if not quick:
        kinds += [(kind, RATE, (kind,)) for kind in KINDS]
    print("| faults | operations | as without faults | requests for each needed | done twice |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, rate, which in kinds:
        score = measure(rounds if len(which) > 1 else rounds // 3, rate, which)
        shown = f"{score.operations:,} | {score.share:.2%} | {score.calls:.2f} | {score.doubled}"
        print(f"| {name}, {rate:.0%} | {shown} |", flush=True)
        for error in score.errors[:5]:
            print(f"|  | | | | {error} |")


def measure(rounds: int, rate: float, kinds: tuple[str, ...] = KINDS, seed: int = 1) -> Score:
    """Return what comes of so many incidents when that share of the answers goes wrong."""
    with tempfile.TemporaryDirectory() as folder, FakeGitHub(Path(folder)) as host:
        return asyncio.run(_measured(host, rounds, rate, kinds, seed))


async def _measured(host: FakeGitHub, rounds: int, rate: float, kinds: tuple[str, ...], seed: int) -> Score:
    shop = host.add_repository(SHOP, {"a.py": "a = 1\n", ".github/workflows/ci.yml": CI})
    old, new = shop.head("main"), shop.commit({"a.py": "a = 2\n"})
    host.limit = host.remaining = 1_000_000
    environment = {"HOME": "/h", "GITHUB_API_URL": host.url, "GITHUB_TOKEN": host.token}
    settings = load(None, environment=environment)
    patience = Patience(read=0.2, total=2.0, download=2.0)
    github = open_github(settings, environment, HurriedClock(), patience=patience)
    score = Score()
    for number in range(rounds):
        branch = f"autonomous-cicd/{number:016x}"
        shop.ask("update-ref", f"refs/heads/{branch}", old)
        run = host.add_run(SHOP, commit=new)
        job = host.add_job(run, log=LOG)
        issue = host.add_issue(SHOP).number
        text = f"cause {number}"

        one = _Incident(github, run.id, job.id, branch, issue, text, (old, new))
        for name, act in one.steps():
            score.operations += 1
            before = len(host.requests) + len(host.stored)
            try:
                good = await act()
                if not good:
                    score.errors.append(f"{name}: another result")
            except PortError as error:
                good = False
                score.errors.append(f"{name}: {type(error).__name__}: {error}")
            score.same += good
            score.requests += len(host.requests) + len(host.stored) - before
        if number == 0:  # the first one is without faults, and says what is needed
            per_round = score.requests
            score = Score()
            host.faults.rate, host.faults.kinds = rate, kinds
            host.faults.slow = 0.4
            host.faults.__post_init__()
        score.needed += per_round if number else 0
        score.doubled += _doubled(host, text, issue, run.id) if number else 0
    await github.aclose()
    score.faults = Counter(host.faults.given)
    return score


def _doubled(host: FakeGitHub, text: str, issue: int, run: int) -> int:
    shop = host.repository(SHOP)
    made = (
        sum(one.title == text for one in host.pulls(SHOP)),
        sum(one.title == text for one in host.issues(SHOP)),
        len(shop.entries[issue].comments),
        len(shop.runs[run].reruns),
    )
    return sum(max(count - 1, 0) for count in made)
