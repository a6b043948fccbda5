"""Facts of a report about a repository at the host: what is known, and of the rest why it is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from enum import StrEnum

from autonomous_cicd.domain.code_host import Alert, HostedRun
from autonomous_cicd.domain.incident import Incident
from autonomous_cicd.domain.track import TrackRecord
from autonomous_cicd.values import dataclass

__all__ = ["RUNS", "Facts", "ReportKind", "Tally", "tallies"]
RUNS = "runs"
"""What is unknown when no run could be looked at."""


class ReportKind(StrEnum):
    """What a report is about."""

    FAILURE = "failure"
    """What is red, why, and what becomes of it."""
    SECURITY = "security"
    WEEKLY = "weekly"
    """How runs and healing did in seven days, and in the seven before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How the runs of one workflow ended."""

    workflow: str
    """Path of its file."""
    passed: int = 0
    red: int = 0
    others: int = 0
    """Cancelled, skipped, or still running: they say nothing of the project."""

    @property
    def rate(self) -> float | None:
        """Share of those that passed of those that say something; None when none does."""
        told = self.passed + self.red
        return self.passed / told if told else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a report tells of."""

    repository: str
    now: float
    """When it was looked, seconds since the epoch."""
    since: float
    """From when on what happened is told."""
    runs: tuple[HostedRun, ...] = ()
    """Runs since then, the newest first."""
    earlier: tuple[HostedRun, ...] = ()
    """Runs of the same time before."""
    incidents: tuple[Incident, ...] = ()
    """All that are remembered of the repository, the newest first."""
    alerts: Mapping[str, tuple[Alert, ...] | None] = field(default_factory=dict)
    """What the host found to be wrong, and is not dealt with, by kind; None: it could not be looked at."""
    records: tuple[TrackRecord, ...] = ()
    """How often remedies helped, over all repositories."""
    unknown: tuple[tuple[str, str], ...] = ()
    """What could not be looked at, and why."""

    @property
    def looked_at_runs(self) -> bool:
        """Whether the runs could be looked at."""
        return RUNS not in dict(self.unknown)

    @property
    def recent(self) -> tuple[Incident, ...]:
        """Incidents in which something happened since then."""
        return tuple(one for one in self.incidents if max(one.opened, one.ended) >= self.since)


def tallies(runs: Iterable[HostedRun]) -> tuple[Tally, ...]:
    """Return how the runs of each workflow ended, the reddest first."""
    counts: dict[str, list[int]] = {}
    for run in runs:
        place = 0 if run.conclusion == "success" else 1 if run.failed else 2
        counts.setdefault(run.path, [0, 0, 0])[place] += 1
    found = (Tally(workflow=path, passed=a, red=b, others=c) for path, (a, b, c) in counts.items())
    return tuple(sorted(found, key=lambda one: (-one.red, one.workflow)))
