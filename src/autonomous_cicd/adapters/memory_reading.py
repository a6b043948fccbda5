"""MemoryReading: what a code host in memory tells."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from autonomous_cicd.adapters.memory_repository import MemoryCommit, MemoryRepository
from autonomous_cicd.domain.change import Changes
from autonomous_cicd.domain.code_host import (
    Alert,
    Artifact,
    CacheEntry,
    Check,
    Comment,
    HostedJob,
    HostedRun,
    HostedStep,
    HostIssue,
    Identity,
    PastDelivery,
    Permission,
    PullRequest,
    Review,
)
from autonomous_cicd.domain.event import Event
from autonomous_cicd.domain.log_pieces import LogPieces
from autonomous_cicd.errors import NotFound

__all__ = ["MemoryReading", "there"]

T = TypeVar("T")


class MemoryReading:
    """A code host in memory that is read. Implements `CodeHost` and `HostDetails`."""

    def __init__(
        self,
        *,
        login: str = "autonomous-cicd[bot]",
        kind: str = "user",
        now: Callable[[], float] = time.time,
    ) -> None:
        """Take whom it takes us for."""
        self.repositories: dict[str, MemoryRepository] = {}
        self.redelivered: list[int] = []
        """Deliveries that were asked for again."""
        self._identity = Identity(login=login, kind=kind)
        self._now = now
        self._ids = itertools.count(1001)

    def add_repository(
        self,
        name: str,
        files: Mapping[str, str] | None = None,
        *,
        private: bool = False,
        roles: Mapping[str, str] | None = None,
        fork_of: str = "",
    ) -> MemoryRepository:
        """Make a repository with one commit, or a fork of another one."""
        made = MemoryRepository(name=name, private=private)
        made.permissions = {login: Permission(role) for login, role in (roles or {}).items()}
        if fork_of:
            source = self.repository(fork_of)
            made.commits, made.branches = dict(source.commits), dict(source.branches)
        else:
            made.commit(files or {"a.txt": "a\n"}, "Begin", written=self._now())
        self.repositories[name.lower()] = made
        return made

    def repository(self, name: str) -> MemoryRepository:
        """Return a repository. Raises NotFound."""
        if name.lower() not in self.repositories:
            raise NotFound(f"{name[:200]!r} is no repository", hint="name it as owner/name")
        return self.repositories[name.lower()]

    def add_run(
        self,
        repository: str,
        *,
        workflow: str = "ci.yml",
        name: str = "CI",
        commit: str = "",
        branch: str = "",
        conclusion: str = "failure",
        status: str = "completed",
        event: str = "push",
        head_repository: str = "",
        actor: str = "octo",
        pulls: Sequence[int] = (),
        created: float | None = None,
    ) -> HostedRun:
        """Let a workflow have run."""
        of = self.repository(repository)
        branch = branch or of.default_branch
        now = self._now() if created is None else created
        run = HostedRun(
            id=next(self._ids),
            repository=of.name,
            workflow=name,
            path=f".github/workflows/{workflow}",
            commit=commit or self.repository(head_repository or repository).head(branch),
            branch=branch,
            event=event,
            status=status,
            conclusion=conclusion,
            number=len(of.runs) + 1,
            head_repository=head_repository or of.name,
            actor=actor,
            created=now,
            updated=now,
            pull_requests=tuple(pulls),
        )
        of.runs[run.id] = [run]
        return run

    def add_job(
        self,
        run: HostedRun,
        name: str = "test",
        *,
        conclusion: str = "failure",
        status: str = "completed",
        steps: Sequence[tuple[str, str]] = (),
        log: bytes | None = b"",
    ) -> HostedJob:
        """Let the newest attempt of a run have a job; without a log when that is None."""
        of = self.repository(run.repository)
        job = HostedJob(
            id=next(self._ids),
            run=run.id,
            name=name,
            status=status,
            conclusion=conclusion,
            attempt=of.runs[run.id][-1].attempt,
            started=run.created,
            ended=run.created + 60,
            labels=("ubuntu-latest",),
            steps=tuple(
                HostedStep(name=step, number=number, status="completed", conclusion=ended)
                for number, (step, ended) in enumerate(steps, 1)
            ),
        )
        of.jobs[job.id] = job
        if log is not None:
            of.logs[job.id] = log
        return job

    async def aclose(self) -> None:
        """Close nothing."""

    async def identity(self) -> Identity:
        """Return whom the host takes us for."""
        return self._identity

    async def run(self, repository: str, run: int, attempt: int = 0) -> HostedRun:
        """Return a run, or one attempt of it; 0 is the newest."""
        attempts = self.repository(repository).runs.get(run, [])
        found = [one for one in attempts if attempt in (0, one.attempt)]
        return there(found[-1] if found else None, f"run {run}")

    async def runs(
        self,
        repository: str,
        *,
        workflow: str = "",
        branch: str = "",
        commit: str = "",
        status: str = "",
        since: float = 0.0,
        limit: int = 30,
    ) -> tuple[HostedRun, ...]:
        """Return the newest runs that match, the newest first."""
        of = self.repository(repository)
        newest = sorted((attempts[-1] for attempts in of.runs.values()), key=lambda one: -one.id)
        found = [
            one
            for one in newest
            if workflow in ("", one.path.rpartition("/")[2])
            and branch in ("", one.branch)
            and commit in ("", one.commit)
            and status in ("", one.status, one.conclusion)
            and one.created >= since
        ]
        return tuple(found[:limit])

    async def jobs(self, repository: str, run: int, attempt: int = 0) -> tuple[HostedJob, ...]:
        """Return the jobs of a run, or of one attempt of it; 0 is the newest."""
        await self.run(repository, run)
        every = [one for one in self.repository(repository).jobs.values() if one.run == run]
        if attempt:
            return tuple(one for one in every if one.attempt == attempt)
        return tuple({one.name: one for one in every}.values())

    async def log(self, repository: str, job: int) -> LogPieces:
        """Return the log of a job."""
        log = there(self.repository(repository).logs.get(job), f"log of job {job}")
        return LogPieces(f"{repository} job {job}", iter([log] if log else []), [])

    async def default_branch(self, repository: str) -> str:
        """Return the name of its default branch."""
        return self.repository(repository).default_branch

    async def branch(self, repository: str, name: str) -> str:
        """Return the commit of a branch; "" when there is none of that name."""
        return self.repository(repository).head(name)

    async def protected(self, repository: str, branch: str) -> bool:
        """Return whether a branch is protected; True when there is none."""
        of = self.repository(repository)
        return branch in of.protected or branch not in of.branches

    async def text(self, repository: str, path: str, ref: str) -> str:
        """Return the text of a file at a commit or branch."""
        commit = there(self.repository(repository).at(ref), f"commit {ref}")
        return there(commit.files.get(path), path)

    async def between(self, repository: str, old: str, new: str) -> Changes:
        """Return what changed from one commit to another, and the commits of the way."""
        of = self.repository(repository)
        ends: list[MemoryCommit] = [there(of.commits.get(one), f"commit {one[:200]}") for one in (old, new)]
        return of.between(*ends)

    async def pull_request(self, repository: str, number: int) -> PullRequest:
        """Return a pull request."""
        of = self.repository(repository)
        pull = there(of.pulls.get(number), f"pull request {number}")
        source = self.repositories.get(pull.head_repository.lower())
        return replace(pull, head_commit=(source.head(pull.head) if source else "") or pull.head_commit)

    async def pull_requests(
        self, repository: str, *, head: str = "", base: str = "", state: str = "open", limit: int = 100
    ) -> tuple[PullRequest, ...]:
        """Return pull requests, the newest first; `head`: name of a branch of the repository itself."""
        of = self.repository(repository)
        numbers = [
            one.number
            for one in sorted(of.pulls.values(), key=lambda one: -one.number)
            if (not head or (head, of.name) == (one.head, one.head_repository))
            and base in ("", one.base)
            and state in ("all", "open" if one.open else "closed")
        ]
        return tuple([await self.pull_request(repository, number) for number in numbers[:limit]])

    async def issue(self, repository: str, number: int) -> HostIssue:
        """Return an issue."""
        return there(self.repository(repository).issues.get(number), f"issue {number}")

    async def issues(
        self, repository: str, *, labels: tuple[str, ...] = (), state: str = "open", limit: int = 100
    ) -> tuple[HostIssue, ...]:
        """Return issues with all of these labels, the newest first; pull requests are none."""
        every = sorted(self.repository(repository).issues.values(), key=lambda one: -one.number)
        found = [one for one in every if state in ("all", "open" if one.open else "closed")]
        return tuple([one for one in found if set(labels) <= set(one.labels)][:limit])

    async def comments(self, repository: str, number: int, limit: int = 100) -> tuple[Comment, ...]:
        """Return the comments below an issue or pull request, the oldest first."""
        of = self.repository(repository)
        there(of.issues.get(number) or of.pulls.get(number), f"issue {number}")
        return tuple(of.comments.get(number, [])[:limit])

    async def checks(self, repository: str, commit: str) -> tuple[Check, ...]:
        """Return what check runs and statuses say of a commit, the newest of each name."""
        return tuple(self.repository(repository).checks.get(commit, {}).values())

    async def permission(self, repository: str, login: str) -> Permission:
        """Return what an account may do; NONE for one that the host does not know."""
        return self.repository(repository).permissions.get(login, Permission.NONE)

    async def deliveries(self, repository: str, since: float) -> tuple[PastDelivery, ...]:
        """Return the webhooks that the host tried to deliver since."""
        known = self.repository(repository).deliveries
        return tuple(one for one in known if one.delivered >= since)

    async def told(self, repository: str, delivery: int) -> Event | None:
        """Return what a webhook told; None where that is not known any more."""
        return self.repository(repository).told.get(delivery)

    async def artifacts(self, repository: str, run: int) -> tuple[Artifact, ...]:
        """Return what a run left behind."""
        await self.run(repository, run)
        return tuple(self.repository(repository).artifacts.get(run, ()))

    async def caches(self, repository: str, key: str = "") -> tuple[CacheEntry, ...]:
        """Return the caches whose keys begin like that."""
        return tuple(one for one in self.repository(repository).caches if one.key.startswith(key))

    async def alerts(self, repository: str, kind: str) -> tuple[Alert, ...] | None:
        """Return the open alerts of a kind; None where they are not ours to see."""
        found = self.repository(repository).alerts.get(kind)
        return None if found is None else tuple(found)

    async def reviews(self, repository: str, number: int) -> tuple[Review, ...]:
        """Return what people said of a pull request as a whole, the oldest first."""
        await self.pull_request(repository, number)
        return tuple(self.repository(repository).reviews.get(number, ()))


def there(found: T | None, what: str) -> T:
    """Return what was found. Raises NotFound when nothing was."""
    if found is None:
        raise NotFound(f"there is no {what}")
    return found
