"""Ports that change the world. Only `services.deliver` may use them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from autonomous_cicd.domain.code_host import Annotation, Comment, HostIssue, PullRequest
from autonomous_cicd.domain.notice import Notice
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.ports import Checkout

__all__ = [
    "Branches",
    "Deliveries",
    "Issues",
    "Notifier",
    "PullRequests",
    "Verdicts",
    "Workflows",
    "WorkingCopies",
]


class WorkingCopies(Protocol):
    """Leaves a change with a person's checkout. Raises Conflict when it does not fit there."""

    def branch(self, checkout: Checkout, patch: Patch, name: str, message: str) -> str:
        """Make a branch with one commit on top of HEAD; index and working tree are not touched.

        Return its name. One of that name is replaced, it was made for the same cause, unless it is checked
        out or has commits of others: then the new one gets a number.
        """
        ...

    def apply(self, checkout: Checkout, patch: Patch) -> None:
        """Change the working tree, all of it or nothing; files with uncommitted changes are a Conflict."""
        ...

    def file(self, name: str, text: str) -> Path:
        """Write a file among our own, and return where."""
        ...


class Branches(Protocol):
    """Leaves branches with a code host. Never writes to any that is not named `autonomous-cicd/…`."""

    async def push(
        self, repository: str, clone: Path, patch: Patch, *, base: str, branch: str, message: str
    ) -> str:
        """Make a branch with one commit on top of the commit `base`, and return the commit's id.

        `clone`: a clone of the repository that has the base. A branch of that name that has nothing but
        commits of ours is replaced, one with commits of others is a Conflict; so is one outside of our names.
        The same change on the same base is the same commit, so that doing it twice is doing it once.
        """
        ...

    async def remove(self, repository: str, branch: str) -> bool:
        """Remove a branch of ours; False when there was none. One with commits of others is a Conflict."""
        ...


class PullRequests(Protocol):
    """Opens and changes pull requests of ours."""

    async def open_pull_request(
        self, repository: str, *, title: str, body: str, head: str, base: str, labels: Sequence[str] = ()
    ) -> PullRequest:
        """Open one; the one that is open already for the same branches is returned instead."""
        ...

    async def update_pull_request(
        self, repository: str, number: int, *, title: str = "", body: str = "", close: bool = False
    ) -> PullRequest:
        """Change one; an empty text leaves it as it is."""
        ...


class Issues(Protocol):
    """Writes to an issue tracker."""

    async def open_issue(
        self, repository: str, *, title: str, body: str, labels: Sequence[str] = ()
    ) -> HostIssue:
        """Open one."""
        ...

    async def update_issue(
        self, repository: str, number: int, *, title: str = "", body: str = "", open: bool | None = None
    ) -> HostIssue:
        """Change one; what is not given stays as it is."""
        ...

    async def comment(self, repository: str, number: int, body: str) -> Comment:
        """Write a comment below an issue or a pull request."""
        ...


class Workflows(Protocol):
    """Makes the host run something."""

    async def rerun(self, repository: str, run: int, *, failed_only: bool = True, job: int = 0) -> None:
        """Run a run again: all of it, its failed jobs, or one job."""
        ...

    async def cancel(self, repository: str, run: int) -> None:
        """End a run."""
        ...

    async def dispatch(
        self, repository: str, workflow: str, ref: str, inputs: Mapping[str, str] | None = None
    ) -> None:
        """Start a workflow by the name of its file."""
        ...


class Verdicts(Protocol):
    """Says of a commit, or of a cache, what we found."""

    async def report_check(
        self,
        repository: str,
        commit: str,
        *,
        name: str,
        conclusion: str,
        title: str,
        summary: str,
        annotations: Sequence[Annotation] = (),
    ) -> int:
        """Say of a commit what a check found, with remarks at lines of files, and return the check's id."""
        ...

    async def report_status(
        self, repository: str, commit: str, *, state: str, context: str, text: str = "", url: str = ""
    ) -> None:
        """Say of a commit that it is `pending`, `success`, `failure` or `error`; the newest word counts."""
        ...

    async def label(self, repository: str, name: str, *, color: str = "ededed", text: str = "") -> None:
        """Make a label; one that is there stays as it is."""
        ...

    async def remove_cache(self, repository: str, cache: int) -> bool:
        """Remove a cache; False when there was none."""
        ...


class Deliveries(Protocol):
    """Makes the host send webhooks that did not reach us."""

    async def redeliver(self, repository: str, delivery: int) -> None:
        """Have a webhook delivered again. Raises NotFound for one that was not meant for us."""
        ...


class Notifier(Protocol):
    """Tells people."""

    async def notify(self, notice: Notice, channel: str) -> None:
        """Send a notice to a configured channel. Raises PortError when that is not possible."""
        ...
