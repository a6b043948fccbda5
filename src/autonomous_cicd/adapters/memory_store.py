"""Store: in memory, for tests and dry runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from autonomous_cicd.adapters.casebook import MemoryCasebook
from autonomous_cicd.adapters.knowledge import MemoryKnowledge
from autonomous_cicd.adapters.lookup import REMEMBERED, median, only_run, task_missing
from autonomous_cicd.adapters.memory_inbox import MemoryInbox
from autonomous_cicd.adapters.outbox import MemoryOutbox
from autonomous_cicd.domain.run import Run, RunStatus, TaskResult, TaskStatus
from autonomous_cicd.errors import NotFound
from autonomous_cicd.values import dataclass

__all__ = ["MemoryStore"]


@dataclass(slots=True)
class _Kept:
    run: Run
    beat: float
    cancelled: bool = False
    tasks: dict[str, TaskResult] = field(default_factory=dict)
    logs: dict[str, bytes] = field(default_factory=dict)

    def whole(self) -> Run:
        return replace(self.run, tasks=tuple(self.tasks.values()))


class MemoryStore:
    """Remembers runs as long as the process lives. Implements `Store`."""

    def __init__(self) -> None:
        self._runs: dict[str, _Kept] = {}
        self._samples: dict[tuple[str, str], list[float]] = {}
        self._approvals: set[tuple[str, str, str]] = set()
        self.knowledge = MemoryKnowledge()
        self.casebook = MemoryCasebook()
        self.inbox = MemoryInbox()
        self.outbox = MemoryOutbox()
        self.flushes = 0
        self.closed = False

    def save_run(self, run: Run) -> None:
        """Insert or replace a run without its tasks."""
        kept = self._runs.setdefault(run.id, _Kept(run, run.started))
        kept.run = run

    def save_task(self, run_id: str, result: TaskResult, log: bytes = b"") -> None:
        """Insert or replace what became of a task."""
        kept = self._exactly(run_id)
        kept.tasks[result.name] = result
        kept.logs[result.name] = log

    def flush(self) -> None:
        """Count that it was asked."""
        self.flushes += 1

    def run(self, run_id: str) -> Run:
        """Return a run with its tasks."""
        return self._find(run_id).whole()

    def runs(self, project: str = "", limit: int = 20) -> tuple[Run, ...]:
        """Return the newest runs, newest first."""
        mine = [kept for kept in self._newest() if project in ("", kept.run.project)]
        return tuple(kept.whole() for kept in mine[: max(0, limit)])

    def log(self, run_id: str, task: str) -> bytes:
        """Return the log of a task."""
        kept = self._find(run_id)
        if task not in kept.logs:
            raise task_missing(kept.run.id, task)
        return kept.logs[task]

    def durations(self, project: str) -> Mapping[str, float]:
        """Return for each task the median seconds of its last passed, uncached results."""
        found: dict[str, list[float]] = {}
        for kept in self._runs.values():
            for task in kept.tasks.values() if kept.run.project == project else ():
                if task.status is TaskStatus.PASSED and not task.cached:
                    found.setdefault(task.name, []).append(task.seconds)
        return {name: median(seconds[-REMEMBERED:]) for name, seconds in found.items()}

    def beat(self, run_id: str, now: float) -> None:
        """Say that the process that runs it is alive."""
        self._exactly(run_id).beat = now

    def cancel(self, run_id: str) -> bool:
        """Ask for a run to be ended; False when it is not running."""
        kept = self._runs.get(run_id)
        if kept is None or kept.run.status is not RunStatus.RUNNING:
            return False
        kept.cancelled = True
        return True

    def cancel_requested(self, run_id: str) -> bool:
        """Return whether somebody asked for it."""
        return run_id in self._runs and self._runs[run_id].cancelled

    def bury(self, before: float) -> tuple[str, ...]:
        """Mark runs whose last beat is older as lost; return their ids."""
        lost = [
            one for one in self._runs.values() if one.run.status is RunStatus.RUNNING and one.beat < before
        ]
        for kept in lost:
            kept.run = replace(kept.run, status=RunStatus.LOST)
        return tuple(kept.run.id for kept in lost)

    def save_sample(self, project: str, name: str, value: float, now: float) -> None:
        """Keep a measurement."""
        self._samples.setdefault((project, name), []).append(value)

    def samples(self, project: str, name: str, limit: int = 50) -> tuple[float, ...]:
        """Return the newest measurements, oldest first."""
        kept = self._samples.get((project, name), [])
        return tuple(kept[-limit:]) if limit > 0 else ()

    def approve(self, project: str, environment: str, commit: str, now: float) -> None:
        """Keep a person's approval."""
        self._approvals.add((project, environment, commit))

    def approved(self, project: str, environment: str, commit: str) -> bool:
        """Return whether a person approved exactly this."""
        return (project, environment, commit) in self._approvals

    def tidy(self, now: float) -> None:
        """Forget nothing."""

    def probe(self, seconds: float) -> None:
        """Do nothing: memory can always be written to."""

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True

    def _exactly(self, run_id: str) -> _Kept:
        if run_id not in self._runs:
            raise NotFound(f"there is no run {run_id!r}")
        return self._runs[run_id]

    def _newest(self) -> list[_Kept]:
        inserted = reversed(self._runs.values())
        return sorted(inserted, key=lambda kept: kept.run.started, reverse=True)

    def _find(self, run_id: str) -> _Kept:
        newest = self._newest()
        if run_id == "last" and newest:
            return newest[0]
        found = [one for one in self._runs if run_id and one.startswith(run_id)]
        return self._runs[only_run(found, run_id)]
