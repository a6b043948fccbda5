"""What our own GitHub remembers: repositories, runs, jobs, issues, pull requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.checkouts import commit, git, write

__all__ = ["Account", "Entry", "Job", "Remark", "Repository", "Run"]

NOBODY = "0" * 40


@dataclass
class Account:
    """Who holds a token."""

    login: str
    kind: str = "user"
    """`user`, `app` (a JWT of the app itself), `installation` or `actions`."""
    writes: bool = True
    repositories: frozenset[str] | None = None
    """Those that it reaches; None: all."""


@dataclass
class Job:
    id: int
    run: int
    name: str
    attempt: int = 1
    status: str = "completed"
    conclusion: str | None = "failure"
    steps: tuple[tuple[str, str | None], ...] = ()
    """Name and conclusion of each."""
    log: bytes | None = None
    """None: it is not there; asked for it, the answer is 404."""
    expired: bool = False
    """Whether the answer is 410."""
    labels: tuple[str, ...] = ("ubuntu-latest",)
    started: float = 0.0
    ended: float = 0.0


@dataclass
class Run:
    id: int
    repository: str
    name: str
    path: str
    commit: str
    branch: str
    event: str
    status: str
    conclusion: str | None
    head_repository: str
    actor: str
    number: int
    created: float
    updated: float
    attempt: int = 1
    pulls: tuple[int, ...] = ()
    jobs: list[Job] = field(default_factory=list)
    past: dict[int, tuple[str, str | None]] = field(default_factory=dict)
    """Status and conclusion of earlier attempts."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    reruns: list[str] = field(default_factory=list)
    """What was asked to run again: `all`, `failed`, or the name of a job."""


@dataclass
class Remark:
    """A comment."""

    id: int
    author: str
    body: str
    created: float


@dataclass
class Entry:
    """An issue; with a head, a pull request."""

    id: int
    number: int
    title: str
    body: str
    author: str
    created: float
    updated: float
    state: str = "open"
    labels: list[str] = field(default_factory=list)
    comments: list[Remark] = field(default_factory=list)
    head: str = ""
    head_repository: str = ""
    base: str = ""
    head_commit: str = ""
    """Where its head was last, for a branch that is gone."""
    merged: bool = False
    reviews: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Repository:
    """A repository; its git data lie in a bare repository."""

    id: int
    name: str
    path: Path
    work: Path
    private: bool = False
    default_branch: str = "main"
    fork_of: str = ""
    protected: set[str] = field(default_factory=set)
    rules: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Kinds of the rules that hold for a branch, as `deletion`."""
    roles: dict[str, str] = field(default_factory=dict)
    """What accounts may do, by login; everybody else may read where it is public."""
    runs: dict[int, Run] = field(default_factory=dict)
    entries: dict[int, Entry] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    checks: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    caches: list[dict[str, Any]] = field(default_factory=list)
    artifacts: list[dict[str, Any]] = field(default_factory=list)
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    alerts: dict[str, list[dict[str, Any]] | None] = field(default_factory=dict)
    """By kind, `dependabot` or `code-scanning`; None: switched off."""

    def commit(
        self,
        files: Mapping[str, str | None],
        message: str = "Change",
        branch: str = "",
        *,
        onto: str = "",
    ) -> str:
        """Commit files to a branch (None removes one), and return the id; `onto`: where a new one begins."""
        branch = branch or self.default_branch
        git(
            self.work,
            "fetch",
            "--quiet",
            "--no-recurse-submodules",
            "origin",
            "+refs/heads/*:refs/remotes/origin/*",
        )
        known = self.head(branch)
        start = known or onto or self.head(self.default_branch)
        if start:
            git(self.work, "checkout", "--quiet", "--force", "-B", branch, start)
        for name, text in files.items():
            if text is None:
                (self.work / name).unlink()
        write(self.work, {name: text for name, text in files.items() if text is not None})
        id = commit(self.work, message)
        git(self.work, "push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
        return id

    def head(self, branch: str) -> str:
        """Return the commit of a branch; "" when there is none."""
        ref = f"refs/heads/{branch}"
        known = self.ask("for-each-ref", "--format=%(refname) %(objectname)", ref).splitlines()
        return next((line.split(" ")[1] for line in known if line.split(" ")[0] == ref), "")

    def commit_of(self, name: str) -> str:
        """Return the commit that a branch, tag or id means; "" when there is none."""
        if name.startswith("-") or ".." in name:
            return ""
        found = self.ask(
            "rev-list", "--max-count=1", "--ignore-missing", "--end-of-options", name, quiet=True
        )
        return found or self.head(name)

    def text(self, path: str, ref: str = "") -> str:
        """Return the text of a file on a branch or at a commit."""
        return self.ask("show", f"{ref or self.default_branch}:{path}")

    def files(self, ref: str = "") -> list[str]:
        """Return the names of its files."""
        return self.ask("ls-tree", "-r", "--name-only", ref or self.default_branch).splitlines()

    def branches(self) -> list[str]:
        """Return the names of its branches."""
        return self.ask("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads").splitlines()

    def ask(self, *arguments: str, quiet: bool = False) -> str:
        """Run git in the bare repository."""
        try:
            return git(self.path, *arguments)
        except AssertionError:
            if quiet:
                return ""
            raise
