"""What a code host tells: runs, jobs, pull requests, issues, comments, all as plain values."""

from __future__ import annotations

from enum import StrEnum

from autonomous_cicd.values import dataclass

__all__ = [
    "Alert",
    "Annotation",
    "Artifact",
    "CacheEntry",
    "Check",
    "Comment",
    "HostIssue",
    "HostedJob",
    "HostedRun",
    "HostedStep",
    "Identity",
    "PastDelivery",
    "Permission",
    "PullRequest",
    "Review",
]

RED = frozenset({"failure", "timed_out", "startup_failure"})
"""Conclusions that say that something is wrong with the project, its pipeline or the machine."""


class Permission(StrEnum):
    """What an account may do in a repository."""

    NONE = "none"
    READ = "read"
    TRIAGE = "triage"
    WRITE = "write"
    MAINTAIN = "maintain"
    ADMIN = "admin"

    @property
    def writes(self) -> bool:
        """Whether it may change the code: then it may also agree to changes."""
        return self in (Permission.WRITE, Permission.MAINTAIN, Permission.ADMIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whom the host takes us for."""

    login: str
    """Name of the account that our comments and pull requests carry; "" when it does not say."""
    kind: str = "user"
    """`user`, `app` or `actions`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedRun:
    """A run of a workflow file at the host."""

    id: int
    repository: str
    """Where it ran, as owner/name."""
    workflow: str
    """What the workflow calls itself."""
    path: str
    """The workflow file, as `.github/workflows/ci.yml`."""
    commit: str
    branch: str
    event: str
    status: str
    """`queued`, `in_progress`, `completed`, …"""
    conclusion: str = ""
    """`success`, `failure`, `cancelled`, `timed_out`, …; "" as long as it runs."""
    attempt: int = 1
    number: int = 0
    head_repository: str = ""
    """Where its commit comes from; another one than `repository` for a fork, "" when that is gone."""
    actor: str = ""
    created: float = 0.0
    """Seconds since the epoch."""
    updated: float = 0.0
    url: str = ""
    pull_requests: tuple[int, ...] = ()
    """Numbers of the pull requests of the same repository that it checks."""

    @property
    def failed(self) -> bool:
        """Whether it ended red."""
        return self.conclusion in RED

    @property
    def foreign(self) -> bool:
        """Whether its commit is not from the repository itself."""
        return self.head_repository.lower() != self.repository.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedStep:
    """A step of a job at the host."""

    name: str
    number: int
    status: str
    conclusion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedJob:
    """A job of a run at the host."""

    id: int
    run: int
    name: str
    """As the host shows it: with the values of its matrix."""
    status: str
    conclusion: str = ""
    attempt: int = 1
    started: float = 0.0
    ended: float = 0.0
    labels: tuple[str, ...] = ()
    """What it asks of a machine."""
    steps: tuple[HostedStep, ...] = ()
    url: str = ""

    @property
    def failed(self) -> bool:
        """Whether it ended red."""
        return self.conclusion in RED


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A pull request."""

    number: int
    title: str
    body: str
    head: str
    """Name of the branch that it wants merged."""
    head_commit: str
    head_repository: str
    base: str
    open: bool
    merged: bool = False
    author: str = ""
    labels: tuple[str, ...] = ()
    url: str = ""
    updated: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HostIssue:
    """An entry of the host's issue tracker."""

    number: int
    title: str
    body: str
    open: bool
    author: str = ""
    labels: tuple[str, ...] = ()
    url: str = ""
    updated: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment below an issue or a pull request."""

    id: int
    author: str
    body: str
    created: float = 0.0
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What one check says of a commit: a check run of an app, or a status."""

    name: str
    status: str
    conclusion: str = ""
    app: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDelivery:
    """A webhook that the host tried to deliver to us."""

    id: int
    guid: str
    """The same for every attempt."""
    event: str
    delivered: float
    status_code: int
    """What we answered; 0 when it got no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """A remark at a line of a file, shown with a check."""

    file: str
    line: int
    message: str
    title: str = ""
    level: str = "failure"
    """`notice`, `warning` or `failure`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """What a run left behind."""

    id: int
    name: str
    size: int
    expired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheEntry:
    """A cache that workflows of a repository share."""

    id: int
    key: str
    ref: str
    size: int
    used: float = 0.0
    """When it was used last: seconds since the epoch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What the host itself found to be wrong with a dependency or a line of code."""

    number: int
    kind: str
    """`dependabot` or `code-scanning`."""
    severity: str
    title: str
    package: str = ""
    id: str = ""
    """Its public name: a GHSA number, or the id of a rule."""
    fixed_in: str = ""
    """The first version without it; "" when there is none, or it is no matter of versions."""
    file: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a person said of a pull request as a whole."""

    author: str
    state: str
    """`approved`, `changes_requested`, `commented`, `dismissed`, `pending`."""
    commit: str
    body: str = ""
    submitted: float = 0.0
