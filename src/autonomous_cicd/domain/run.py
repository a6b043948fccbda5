"""Run, TaskResult: what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.values import dataclass

__all__ = ["GateResult", "Run", "RunStatus", "StepResult", "TaskResult", "TaskStatus", "Verdict"]


class TaskStatus(StrEnum):
    """What became of a task, or of a step of it."""

    WAITING = "waiting"
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    SKIPPED = "skipped"
    """Left out: by its own condition, or because a task it needs did not pass."""
    NOT_CHECKED = "not_checked"
    """It ended without a verdict, because something that it depends on cannot be done here."""
    CANCELLED = "cancelled"

    @property
    def bad(self) -> bool:
        """Whether it turns the run red."""
        return self in (TaskStatus.FAILED, TaskStatus.TIMED_OUT)


class RunStatus(StrEnum):
    """What became of a run."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"
    """The process that ran it died without a word."""


class Verdict(StrEnum):
    """What a quality gate says."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_MEASURED = "not_measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What became of one step of a workflow job, or one command of a task."""

    name: str
    status: TaskStatus
    seconds: float = 0.0
    exit_code: int | None = None
    reason: str = ""
    """Why it was skipped, could not be checked, or failed without an exit code."""
    command: str = ""
    """The script as it was executed, expressions replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult:
    """What became of a task."""

    name: str
    status: TaskStatus
    seconds: float = 0.0
    cached: bool = False
    exit_code: int | None = None
    reason: str = ""
    excerpt: tuple[str, ...] = ()
    """The few lines of its log that matter, when it failed."""
    failures: tuple[Failure, ...] = ()
    """Why it failed, the root cause first."""
    log: str = ""
    """Key of its whole (redacted, bounded) log in the store; empty when it printed nothing."""
    steps: tuple[StepResult, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    """What was left out inside it."""
    outputs: Mapping[str, str] = field(default_factory=dict)
    """Outputs of a workflow job."""
    started: float = 0.0
    """Seconds since the epoch."""
    cpu_seconds: float = 0.0
    peak_memory: int = 0
    """Most bytes resident at once in one of its processes; 0 when not measured."""
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """What a quality gate measured."""

    name: str
    verdict: Verdict
    value: float | str | None = None
    threshold: float | str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A pipeline that was executed."""

    id: str
    project: str
    """Absolute path of the checkout."""
    pipeline: str
    """Id of the pipeline."""
    source: str
    status: RunStatus
    commit: str = ""
    branch: str = ""
    dirty: bool = False
    started: float = 0.0
    seconds: float = 0.0
    tasks: tuple[TaskResult, ...] = ()
    gates: tuple[GateResult, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    reason: str = ""

    @property
    def red(self) -> bool:
        """Whether a task that counts, or a gate, failed."""
        return any(task.status.bad and not task.optional for task in self.tasks) or any(
            gate.verdict is Verdict.FAILED for gate in self.gates
        )
