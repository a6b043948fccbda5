"""CodeHost: what we ask of a code host. Reading only; what changes something there is in `outward`."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from autonomous_cicd.domain.change import Changes
from autonomous_cicd.domain.code_host import (
    Alert,
    Artifact,
    CacheEntry,
    Check,
    Comment,
    HostedJob,
    HostedRun,
    HostIssue,
    Identity,
    PastDelivery,
    Permission,
    PullRequest,
    Review,
)
from autonomous_cicd.domain.event import Event
from autonomous_cicd.domain.log_pieces import LogPieces

__all__ = ["CodeHost", "HostDetails", "RemoteGit"]


class CodeHost(Protocol):
    """Tells about repositories named owner/name.

    Every method raises NotFound for what is not there or not ours to see, Unauthorized when our credentials
    are refused, RateLimited when the host wants us to wait longer than we are willing to, and Unavailable
    when it does not answer after all attempts.
    """

    async def aclose(self) -> None:
        """Let go of what is open."""
        ...

    async def identity(self) -> Identity:
        """Return whom the host takes us for."""
        ...

    async def run(self, repository: str, run: int, attempt: int = 0) -> HostedRun:
        """Return a run, or one attempt of it; 0 is the newest."""
        ...

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
        """Return the newest runs that match, the newest first.

        `workflow`: name of its file, without the folder; `status`: a status or a conclusion of the host.
        """
        ...

    async def jobs(self, repository: str, run: int, attempt: int = 0) -> tuple[HostedJob, ...]:
        """Return the jobs of a run, or of one attempt of it; 0 is the newest."""
        ...

    async def log(self, repository: str, job: int) -> LogPieces:
        """Return the log of a job, complete or with a note that says what is missing of it.

        Raises NotFound for one that is not there any more. Iterate in a thread.
        """
        ...

    async def default_branch(self, repository: str) -> str:
        """Return the name of its default branch."""
        ...

    async def branch(self, repository: str, name: str) -> str:
        """Return the commit of a branch; "" when there is none of that name."""
        ...

    async def protected(self, repository: str, branch: str) -> bool:
        """Return whether a branch is protected; True when the host will not tell."""
        ...

    async def text(self, repository: str, path: str, ref: str) -> str:
        """Return the text of a file at a commit or branch."""
        ...

    async def between(self, repository: str, old: str, new: str) -> Changes:
        """Return what changed from one commit to another, and the commits of the way."""
        ...

    async def pull_request(self, repository: str, number: int) -> PullRequest:
        """Return a pull request."""
        ...

    async def pull_requests(
        self, repository: str, *, head: str = "", base: str = "", state: str = "open", limit: int = 100
    ) -> tuple[PullRequest, ...]:
        """Return pull requests, the newest first; `head`: name of a branch of the repository itself."""
        ...

    async def issue(self, repository: str, number: int) -> HostIssue:
        """Return an issue."""
        ...

    async def issues(
        self, repository: str, *, labels: tuple[str, ...] = (), state: str = "open", limit: int = 100
    ) -> tuple[HostIssue, ...]:
        """Return issues with all of these labels, the newest first; pull requests are none."""
        ...

    async def comments(self, repository: str, number: int, limit: int = 100) -> tuple[Comment, ...]:
        """Return the comments below an issue or pull request, the oldest first."""
        ...

    async def checks(self, repository: str, commit: str) -> tuple[Check, ...]:
        """Return what check runs and statuses say of a commit, the newest of each name."""
        ...

    async def permission(self, repository: str, login: str) -> Permission:
        """Return what an account may do; NONE for one that the host does not know."""
        ...

    async def deliveries(self, repository: str, since: float) -> tuple[PastDelivery, ...]:
        """Return the webhooks that the host tried to deliver since; none where we may not see them."""
        ...

    async def told(self, repository: str, delivery: int) -> Event | None:
        """Return what a webhook told; None where that is not known any more, or cannot be read."""
        ...


class HostDetails(Protocol):
    """Tells what reports want to know besides. Raises what `CodeHost` raises."""

    async def artifacts(self, repository: str, run: int) -> tuple[Artifact, ...]:
        """Return what a run left behind."""
        ...

    async def caches(self, repository: str, key: str = "") -> tuple[CacheEntry, ...]:
        """Return the caches whose keys begin like that."""
        ...

    async def alerts(self, repository: str, kind: str) -> tuple[Alert, ...] | None:
        """Return the open alerts, `dependabot` or `code-scanning`; None where they are not ours to see."""
        ...

    async def reviews(self, repository: str, number: int) -> tuple[Review, ...]:
        """Return what people said of a pull request as a whole, the oldest first."""
        ...


class RemoteGit(Protocol):
    """Gets repositories of the host, as clones of our own that nothing of theirs is started in."""

    async def clone(self, repository: str, commit: str, to: Path, *, number: int = 0) -> None:
        """Make a clone with this commit checked out, HEAD detached, no credentials left in it.

        It has the history of the commit, as far as that is at most some thousand commits. `number`: the pull
        request whose head the commit is; that of a fork is not found otherwise. Raises NotFound when the
        commit is not there.
        """
        ...
