"""One world for the contract suites: a code host in memory, or GitHub's adapter before our own GitHub."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.hosts.clocks import HurriedClock
from tests.hosts.github import FakeGitHub

from autonomous_cicd.adapters.github_app import open_github
from autonomous_cicd.adapters.memory_host import MemoryHost
from autonomous_cicd.adapters.remote_git import open_remote_git
from autonomous_cicd.domain.code_host import Check, PastDelivery, PullRequest
from autonomous_cicd.domain.payload import event_of
from autonomous_cicd.settings.load import load

__all__ = ["GitHubWorld", "MemoryWorld", "World", "github_world", "memory_world", "opened"]


def opened(host: FakeGitHub, **more: str) -> tuple[Any, Any]:
    """Return the adapters for our own GitHub, as a configuration opens them."""
    environment = {"HOME": "/h", "GITHUB_API_URL": host.url, "GITHUB_TOKEN": host.token, **more}
    settings = load(None, environment=environment)
    clock = HurriedClock()
    return open_github(settings, environment, clock), open_remote_git(settings, environment, clock)


class GitHubWorld:
    """GitHub's adapter, and how the world there is made."""

    def __init__(self, given: FakeGitHub) -> None:
        self.given: Any = given
        self.host, self.git = opened(given)

    def pull(self, repository: str, head: str, *, head_repository: str = "") -> int:
        """Let somebody have opened a pull request."""
        return int(self.given.add_pull(repository, head=head, head_repository=head_repository).number)

    def remark(self, repository: str, number: int, body: str, author: str) -> None:
        """Let somebody have commented."""
        self.given.comment(repository, number, body, author)

    def check(self, repository: str, commit: str, name: str, conclusion: str) -> None:
        """Let a check run of an app have ended."""
        place = f"{self.given.url}/repos/{repository}/check-runs/1"
        urls = dict.fromkeys(("url", "html_url", "details_url"), place)
        check = dict.fromkeys(("external_id", "started_at", "completed_at", "app"))
        output = dict.fromkeys(("title", "summary", "text")) | {"annotations_count": 0}
        self.given.repository(repository).checks.append(
            {
                **check,
                **urls,
                "id": self.given.new_id(),
                "node_id": "CR",
                "name": name,
                "head_sha": commit,
                "status": "completed",
                "conclusion": conclusion,
                "check_suite": {"id": 1},
                "pull_requests": [],
                "output": output | {"annotations_url": place},
            }
        )

    def deliver(
        self,
        repository: str,
        guid: str,
        status: int,
        at: float,
        event: str = "workflow_run",
        told: Any = None,
    ) -> None:
        """Let a webhook have been sent to us."""
        self.given.hook_url = "https://ci.example.org/webhooks/github"
        self.given.add_delivery(repository, guid, event, status=status, at=at, payload=told)

    def finish(self, repository: str, run: int, conclusion: str) -> None:
        """Let a run end."""
        self.given.finish(self.given.repository(repository).runs[run], conclusion)

    def count(self, repository: str) -> Sequence[int]:
        """Return how many pull requests, issues and comments there are."""
        entries = self.given.repository(repository).entries.values()
        pulls, issues = self.given.pulls(repository), self.given.issues(repository)
        return len(pulls), len(issues), sum(len(one.comments) for one in entries)


class MemoryWorld:
    """A host in memory."""

    def __init__(self) -> None:
        self.host = self.git = MemoryHost()
        self.given: Any = self.host

    def pull(self, repository: str, head: str, *, head_repository: str = "") -> int:
        """Let somebody have opened a pull request."""
        of = self.given.repository(repository)
        number = max((*of.pulls, *of.issues), default=0) + 1
        source = self.given.repository(head_repository or repository)
        of.pulls[number] = PullRequest(
            number=number,
            title="Change it",
            body="",
            head=head,
            head_commit=source.head(head),
            head_repository=source.name,
            base=of.default_branch,
            open=True,
            author="somebody",
        )
        return number

    def remark(self, repository: str, number: int, body: str, author: str) -> None:
        """Let somebody have commented."""
        made = self.given.comment(repository, number, body, author)
        try:
            made.send(None)
        except StopIteration:
            return
        raise AssertionError("memory waits for nobody")

    def check(self, repository: str, commit: str, name: str, conclusion: str) -> None:
        """Let a check run of an app have ended."""
        known = self.given.repository(repository).checks.setdefault(commit, {})
        known[name] = Check(name=name, status="completed", conclusion=conclusion)

    def deliver(
        self,
        repository: str,
        guid: str,
        status: int,
        at: float,
        event: str = "workflow_run",
        told: Any = None,
    ) -> None:
        """Let a webhook have been sent to us."""
        of = self.given.repository(repository)
        id = len(of.deliveries) + 1
        sent = PastDelivery(id=id, guid=guid, event=event, delivered=at, status_code=status)
        of.deliveries.insert(0, sent)
        if told:
            of.told[id] = event_of(event, told)

    def finish(self, repository: str, run: int, conclusion: str) -> None:
        """Let a run end."""
        self.given.finish(repository, run, conclusion)

    def count(self, repository: str) -> Sequence[int]:
        """Return how many pull requests, issues and comments there are."""
        of = self.given.repository(repository)
        return len(of.pulls), len(of.issues), sum(len(one) for one in of.comments.values())


World = GitHubWorld | MemoryWorld


@asynccontextmanager
async def github_world(folder: Path) -> AsyncIterator[World]:
    """Lend GitHub's adapter before our own GitHub, which compares everything with GitHub's description."""
    with FakeGitHub(folder, checked=True) as given:
        world = GitHubWorld(given)
        try:
            yield world
        finally:
            await world.host.aclose()


@asynccontextmanager
async def memory_world(folder: Path) -> AsyncIterator[World]:
    """Lend a host in memory."""
    yield MemoryWorld()
