"""MemoryRepository: a repository of a code host in memory, with commits that are values."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import field

from autonomous_cicd.domain.change import MOST_COMMITS, Change, Changes, Commit, Kind
from autonomous_cicd.domain.code_host import (
    Alert,
    Artifact,
    CacheEntry,
    Check,
    Comment,
    HostedJob,
    HostedRun,
    HostIssue,
    PastDelivery,
    Permission,
    PullRequest,
    Review,
)
from autonomous_cicd.domain.event import Event
from autonomous_cicd.values import dataclass

__all__ = ["MemoryCommit", "MemoryRepository"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryCommit:
    """A commit with all its files."""

    id: str
    files: Mapping[str, str]
    parent: str = ""
    subject: str = ""
    written: float = 0.0
    ours: bool = False


@dataclass(slots=True, kw_only=True)
class MemoryRepository:
    """A repository; whatever stands in it may be changed to say how the world is."""

    name: str
    default_branch: str = "main"
    private: bool = False
    commits: dict[str, MemoryCommit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    protected: set[str] = field(default_factory=set)
    permissions: dict[str, Permission] = field(default_factory=dict)
    runs: dict[int, list[HostedRun]] = field(default_factory=dict)
    """Each run with its attempts, the newest last."""
    jobs: dict[int, HostedJob] = field(default_factory=dict)
    logs: dict[int, bytes] = field(default_factory=dict)
    pulls: dict[int, PullRequest] = field(default_factory=dict)
    issues: dict[int, HostIssue] = field(default_factory=dict)
    comments: dict[int, list[Comment]] = field(default_factory=dict)
    checks: dict[str, dict[str, Check]] = field(default_factory=dict)
    """By commit and name."""
    deliveries: list[PastDelivery] = field(default_factory=list)
    told: dict[int, Event] = field(default_factory=dict)
    """What they told, by their ids."""
    labels: set[str] = field(default_factory=set)
    artifacts: dict[int, list[Artifact]] = field(default_factory=dict)
    caches: list[CacheEntry] = field(default_factory=list)
    alerts: dict[str, list[Alert]] = field(default_factory=dict)
    """By kind; a kind that is missing is not ours to see."""
    reviews: dict[int, list[Review]] = field(default_factory=dict)

    def head(self, branch: str) -> str:
        """Return the commit of a branch; "" when there is none."""
        return self.branches.get(branch, "")

    def at(self, ref: str) -> MemoryCommit | None:
        """Return the commit that a branch or an id means."""
        return self.commits.get(self.branches.get(ref, ref))

    def commit(
        self,
        files: Mapping[str, str | None],
        message: str = "Change",
        branch: str = "",
        *,
        onto: str = "",
        written: float = 0.0,
        ours: bool = False,
    ) -> str:
        """Commit files to a branch (None removes one), and return the id; `onto`: where a new one begins."""
        branch = branch or self.default_branch
        parent = self.at(onto) if onto else self.at(branch) or self.at(self.default_branch)
        after = {**(parent.files if parent else {}), **files}
        kept = {name: text for name, text in sorted(after.items()) if text is not None}
        above = parent.id if parent else ""
        told = repr((kept, message, above, ours, written)).encode("utf-8", "surrogatepass")
        id = hashlib.sha1(told, usedforsecurity=False).hexdigest()
        subject = message.partition("\n")[0]
        self.commits[id] = MemoryCommit(
            id=id, files=kept, parent=above, subject=subject, written=written, ours=ours
        )
        self.branches[branch] = id
        return id

    def past(self, id: str) -> Sequence[MemoryCommit]:
        """Return a commit and those before it, the newest first."""
        found = []
        while commit := self.commits.get(id):
            found.append(commit)
            id = commit.parent
        return found

    def between(self, old: MemoryCommit, new: MemoryCommit) -> Changes:
        """Return what changed since the two commits had the same past, and the commits of the way."""
        known = {one.id for one in self.past(old.id)}
        way = [one for one in self.past(new.id) if one.id not in known]
        root = self.commits.get(way[-1].parent) if way else new
        before = root.files if root else {}
        files = [
            Change(name, _kind(before.get(name), new.files.get(name)))
            for name in sorted({*before, *new.files})
            if before.get(name) != new.files.get(name)
        ]
        commits = [Commit(id=one.id, subject=one.subject, written=one.written) for one in way]
        return Changes(files=tuple(files), commits=tuple(commits[:MOST_COMMITS]))


def _kind(before: str | None, after: str | None) -> Kind:
    return Kind.ADDED if before is None else Kind.REMOVED if after is None else Kind.CHANGED
