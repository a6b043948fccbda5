"""What tests of the journeys share: a code host in memory, and us with a state folder."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from tests.incidents import PATCH
from tests.warm import Warm

from autonomous_cicd.adapters.memory_host import MemoryHost
from autonomous_cicd.adapters.memory_repository import MemoryRepository
from autonomous_cicd.app import App
from autonomous_cicd.domain.at_host import AtHost, Mark, branch_of, mark
from autonomous_cicd.domain.code_host import HostedRun, PullRequest
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.domain.notice import Notice
from autonomous_cicd.journeys.practice import Practice
from autonomous_cicd.services.deliver_at_host import Outside

SHOP = "octo/shop"
LOG = b"##[group]Run sh check.sh\n##[endgroup]\n2 is not 3\n##[error]Process completed with exit code 1.\n"
T = TypeVar("T")


@dataclass
class Ward:
    """A code host in memory, and us; whoever clones is told that it must not."""

    folder: Path
    host: MemoryHost
    shop: MemoryRepository
    settings: dict[str, str] = field(default_factory=dict)
    cloned: list[str] = field(default_factory=list)
    told: list[Notice] = field(default_factory=list)
    opened: App | None = None

    def app(self) -> App:
        """Return us, as the operator set us up; opened once, because that takes long."""
        if self.opened is None:
            self.opened = self._app()
        return self.opened

    def _app(self) -> App:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "AUTONOMOUS_CICD_STATE_DIR": str(self.folder / "state"),
            "AUTONOMOUS_CICD_AUTONOMY": "propose",
            **self.settings,
        }
        return App.open(environment=environment)

    async def clone(self, repository: str, commit: str, to: Path, *, number: int = 0) -> None:
        self.cloned.append(commit)
        await self.host.clone(repository, commit, to, number=number)

    def do(self, what: Callable[[Practice], Coroutine[Any, Any, T]]) -> T:
        """Do something."""

        async def done() -> T:
            host: Any = self.host
            outside = Outside(branches=host, pull_requests=host, issues=host, workflows=host)
            stop = asyncio.Event()
            return await what(Practice(self.app(), host, self, outside, stop=stop, tell=self.tell))

        return asyncio.run(done())

    async def tell(self, notice: Notice) -> None:
        self.told.append(notice)

    def red(self, *, log: bytes | None = LOG, job: str = "test", **more: Any) -> HostedRun:
        """Let a run be red."""
        run = self.host.add_run(SHOP, **more)
        self.host.add_job(run, job, log=log)
        return run

    def incidents(self) -> tuple[Incident, ...]:
        return self.app().store.casebook.incidents()

    def save(self, *incidents: Incident) -> None:
        for one in incidents:
            self.app().store.casebook.save(one)

    def pull(self, incident: Incident, number: int = 1) -> PullRequest:
        """Let there be a pull request of ours for an incident."""
        branch = branch_of(incident.fingerprint)
        commit = self.shop.commit({"a.txt": f"{number}\n"}, branch=branch, ours=True)
        pull = PullRequest(
            number=number,
            title="Fix it",
            body=mark(Mark.FIX, incident.fingerprint),
            head=branch,
            head_commit=commit,
            head_repository=SHOP,
            base="main",
            open=True,
            author="autonomous-cicd[bot]",
        )
        self.shop.pulls[number] = pull
        assert incident.at_host
        place = replace(incident.at_host, pull_request=number, proposed=commit)
        self.save(replace(incident, at_host=place, state=State.RESOLVED, patch=PATCH))
        return pull


def at_host(run: HostedRun, **more: Any) -> AtHost:
    """Return where an incident of a run was seen."""
    given: dict[str, Any] = {
        "repository": SHOP,
        "run": run.id,
        "workflow": run.path,
        "branch": run.branch,
        "trusted": True,
    }
    return AtHost(**{**given, **more})


@pytest.fixture
def ward(tmp_path: Path, warm: Warm) -> Iterator[Ward]:
    warm(tmp_path / "state")
    host = MemoryHost()
    shop = host.add_repository(SHOP, roles={"octo": "admin", "eve": "read"})
    made = Ward(tmp_path, host, shop)
    yield made
    if made.opened:
        made.opened.close()
