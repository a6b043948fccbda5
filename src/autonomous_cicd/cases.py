"""Case, Bench, Remedy: what a remedy is given, what it may do, and what it must have.

A remedy touches nothing but private copies: it reads the project through `Case.files`, tries things on the
`Bench`, and returns what it proposes. Whether that is done, the loop decides and proves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Protocol

from autonomous_cicd.domain.brief import Brief
from autonomous_cicd.domain.change import Commit
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.incident import Attempt
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.patch import NOTHING, FileChange, Patch
from autonomous_cicd.domain.pipeline import Pipeline, Task
from autonomous_cicd.domain.remedy import Prescription, Risk, Strategy
from autonomous_cicd.domain.run import Run, StepResult, TaskResult
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.ports import Checkout, Files, Packages
from autonomous_cicd.values import dataclass

__all__ = ["Bench", "Case", "Copies", "Past", "Ran", "Remedy", "Tried", "Ward"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of executing something in a private copy."""

    exit_code: int
    log: str
    """What it printed, without secrets."""
    changed: Patch = NOTHING
    """What it changed of the project's files, as the bench had them; ignored ones are not told."""
    failures: tuple[Failure, ...] = ()
    """Why it failed, the root cause first, as far as that was asked for."""

    @property
    def green(self) -> bool:
        """Whether it passed."""
        return self.exit_code == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A run of the project's pipeline, with what it printed."""

    run: Run
    pipeline: Pipeline | None
    """None when there is none, because of `refusal`."""
    logs: Mapping[str, str] = field(default_factory=dict)
    """What each task printed, without secrets."""
    refusal: DocumentError | None = None
    """Why nothing could be planned: a file of the project is not what it should be."""


class Copies(Protocol):
    """Makes private copies of a checkout that may be changed. Never writes to the checkout."""

    def make(self, checkout: Checkout, patch: Patch) -> Checkout:
        """Return a private copy with a patch applied, committed where the checkout has a commit.

        Raises Conflict when the patch does not fit, or would write elsewhere.
        """
        ...

    def changes(self, copy: Checkout, place: Path) -> Patch:
        """Return how a place differs from the private copy that it was copied from. Text files only."""
        ...

    def remove(self, copy: Checkout) -> None:
        """Remove a private copy."""
        ...


class Past(Protocol):
    """The project's history, read only. A project without a repository has none."""

    @property
    def green(self) -> str:
        """Commit of the last run that passed here; "" when none is known."""
        ...

    def commits(self, limit: int = 50) -> tuple[Commit, ...]:
        """Return the newest commits along the first parents, the newest first."""
        ...

    def patch_of(self, commit: str) -> Patch:
        """Return what a commit changed against its first parent, for a root commit against nothing.

        Files that are no text, or over 2 MB, are left out.
        """
        ...


class Bench(Protocol):
    """Private copies of the project as the loop has it now, in which a remedy may try things.

    Every call makes a copy of its own, removed when it returns. Patches are relative to `Case.files`.
    """

    @property
    def past(self) -> Past:
        """The project's history."""
        ...

    @property
    def packages(self) -> Packages:
        """What the package indexes know."""
        ...

    async def check(self, patch: Patch) -> Tried:
        """Run the failing task (and what it needs) with a patch; the same patch is run only once."""
        ...

    async def instead(self, script: str, patch: Patch = NOTHING) -> Tried:
        """Run the failing task up to the step that failed, then this shell script in its place.

        So it has the project's own tools in its own versions; nothing after it is run. `changed` tells what
        it wrote.
        """
        ...

    async def ask(self, brief: Brief) -> Tried:
        """Let the agent work in a private copy: `changed` is what it did there, `log` what it answered.

        Raises PortError when no agent is configured, or it gives no answer.
        """
        ...

    async def execute(
        self,
        *argv: str,
        patch: Patch = NOTHING,
        env: Mapping[str, str] | None = None,
        folder: str = ".",
        seconds: float = 300.0,
    ) -> Tried:
        """Execute a program of this machine (uv, npm, git is not one) in a private copy."""
        ...


class Ward(Protocol):
    """Where a project is run with changes, in private copies."""

    async def run(self, patch: Patch, *, only: str = "") -> Ran:
        """Run the pipeline, or one task with what it needs, with a patch.

        Raises Conflict when that does not fit.
        """
        ...

    def case(self, ran: Ran, failure: Failure, task: str, patch: Patch) -> Case:
        """Return a failure of a run with that patch as a case for the remedies."""
        ...

    def diagnose(self, log: str, step: str) -> tuple[Failure, ...]:
        """Return why a log is red, the root cause first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One failure that is to be healed."""

    failure: Failure
    """The root cause."""
    task: Task
    """The task that failed."""
    result: TaskResult
    """What became of it."""
    log: str
    """What it printed, without secrets."""
    files: Files
    """The project's files, with what was proven of earlier failures applied."""
    executable: Callable[[str], bool]
    """Whether a file of the project may be executed."""
    machine: Machine
    bench: Bench
    attempts: tuple[Attempt, ...] = ()
    """What was tried for it before."""
    failures: tuple[Failure, ...] = field(default=())
    """All causes that its log tells, the root cause first."""

    @property
    def step(self) -> StepResult | None:
        """The step (of a workflow job) or command that failed; None when the task has no parts."""
        return next((step for step in self.result.steps if step.status.bad), None)

    @property
    def script(self) -> str:
        """The shell text that failed, as it was executed."""
        if self.step and self.step.command:
            return self.step.command
        return "\n".join(command.text for command in self.task.commands)

    @property
    def workflow(self) -> str:
        """The workflow file that asks for the task; "" when it is none's."""
        return self.task.job.workflow.path if self.task.job else ""

    def edit(self, name: str, text: str | None) -> FileChange:
        """Return the change that gives a file another text; None removes it."""
        there = name in self.files.names
        mode = there and self.executable(name)
        before = self.files.read(name) if there else None
        return FileChange(
            name=name, before=before, after=text, was_executable=mode, executable=mode and text is not None
        )


class Remedy(Protocol):
    """One way to help against one kind of cause."""

    @property
    def name(self) -> str:
        """Unique on the shelf: `missing_dependency`."""
        ...

    @property
    def strategy(self) -> Strategy:
        """What it is counted under."""
        ...

    @property
    def risk(self) -> Risk:
        """How much can go wrong when it is mistaken although its proof holds."""
        ...

    def suits(self, failure: Failure) -> float:
        """Return how well it suits, 0 to 1. Pure; 0 means that it is not asked."""
        ...

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return what to try, the best first; nothing when it knows no way. Works on the bench only."""
        ...
