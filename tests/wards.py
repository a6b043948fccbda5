"""A ward in which nothing is executed: tasks are functions of the project's files."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.benches import FakeBench, case_of, failure_of
from tests.runs import a_pipeline, a_result, a_run, a_task

from autonomous_cicd.adapters.memory import MemoryClock
from autonomous_cicd.cases import Case, Ran, Remedy
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.incident import Attempt, Incident
from autonomous_cicd.domain.objection import Objection
from autonomous_cicd.domain.patch import NOTHING, Patch, changed_file
from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.domain.run import RunStatus, StepResult, TaskStatus
from autonomous_cicd.services.heal import Healing, Heard, Steps, heal

__all__ = ["FakeWard", "Healed", "Proposes", "edit", "ends_with", "fails_on", "heals"]

Log = Callable[[Mapping[str, str]], str]


def fails_on(name: str, words: str, message: str = "", passed: str = "") -> Log:
    """Return a task that fails, with a message, as long as a file holds these words."""

    def log(files: Mapping[str, str]) -> str:
        return f"error: {message or words}\n" if words in files.get(name, "") else passed

    return log


@dataclass
class FakeWard:
    """Runs tasks in memory. Implements `cases.Ward`."""

    files: Mapping[str, str]
    tasks: Mapping[str, Log]
    """What each task prints; it fails when that begins with `error`."""
    steps: Mapping[str, Callable[[Mapping[str, str]], int]] = field(default_factory=dict)
    """How many steps of a task pass, of three."""
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    stops_at: int = 0
    """The run that is interrupted."""
    fails: Mapping[int, Exception | str] = field(default_factory=dict)
    """What goes wrong in the run of that number: an exception, or what its last task prints."""
    runs: list[tuple[Patch, str]] = field(default_factory=list)
    left_out: tuple[Skipped, ...] = ()
    """What is left out of each task."""
    bench: FakeBench = field(default_factory=FakeBench)

    async def run(self, patch: Patch, *, only: str = "") -> Ran:
        """Run all tasks, or one."""
        files = {name: text for name, text in {**self.files, **patch.applied(self.files)}.items() if text}
        self.runs.append((patch, only))
        number = len(self.runs)
        await asyncio.sleep(0)
        wrong = self.fails.get(number, "")
        if isinstance(wrong, Exception):
            raise wrong
        if number == self.stops_at:
            self.stop.set()
        if self.stop.is_set():
            run = replace(a_run(status=RunStatus.CANCELLED, reason="interrupted"), id=f"r{number}")
            return Ran(run=run, pipeline=None)
        return self.ran(files, only=only, number=number, wrong=wrong)

    def ran(
        self, files: Mapping[str, str] | None = None, *, only: str = "", number: int = 0, wrong: str = ""
    ) -> Ran:
        """Return what a run of these files is."""
        files = self.files if files is None else files
        names = [only] if only else list(self.tasks)
        logs = {name: self.tasks[name](files) for name in names}
        if wrong:
            logs[names[-1]] = wrong
        results = [
            a_result(
                name,
                TaskStatus.FAILED if log.startswith("error") else TaskStatus.PASSED,
                exit_code=int(log.startswith("error")),
                failures=self.diagnose(log, name) if log.startswith("error") else (),
                steps=self._steps(name, files),
                started=float(place),
                skipped=self.left_out,
            )
            for place, (name, log) in enumerate(logs.items())
        ]
        run = a_run(*results, id=f"r{number}", commit=f"{number:040}", seconds=1.0)
        return Ran(run=run, pipeline=a_pipeline(*map(a_task, names)), logs=logs)

    def case(self, ran: Ran, failure: Failure, task: str, patch: Patch) -> Case:
        """Return a case with the files as they are with the patch."""
        files = {name: text for name, text in {**self.files, **patch.applied(self.files)}.items() if text}
        return case_of(files, ran.logs.get(task, ""), failure, self.bench)

    def diagnose(self, log: str, step: str) -> tuple[Failure, ...]:
        """Return the first line as the cause."""
        mark = hashlib.sha256(log.encode()).hexdigest()[:16]
        return (replace(failure_of(log, Category.CONFIGURATION), fingerprint=mark),)

    def _steps(self, name: str, files: Mapping[str, str]) -> tuple[StepResult, ...]:
        if name not in self.steps:
            return ()
        passed = self.steps[name](files)
        states = [TaskStatus.PASSED] * passed + [TaskStatus.FAILED] * (passed < 3)
        return tuple(
            StepResult(name=f"step {place}", status=one, seconds=1.0, exit_code=0)
            for place, one in enumerate(states)
        )


@dataclass
class Proposes:
    """A remedy that proposes what it was told."""

    name: str
    proposes: Callable[[Case], Sequence[Prescription]]
    suited: float | Callable[[Failure], float] = 0.5
    strategy: Strategy = Strategy.CONFIGURATION_FIX
    risk: Risk = Risk.LOW
    asked: list[Case] = field(default_factory=list)

    def suits(self, failure: Failure) -> float:
        """Return how well it suits."""
        return self.suited(failure) if callable(self.suited) else self.suited

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return what it was told."""
        self.asked.append(case)
        return self.proposes(case)


def edit(name: str, old: str, new: str, **more: Any) -> Callable[[Case], Sequence[Prescription]]:
    """Return what proposes to replace words of a file."""

    def propose(case: Case) -> Sequence[Prescription]:
        text = case.files.read(name)
        if old not in text:
            return ()
        patch = Patch.of([changed_file(name, text, text.replace(old, new))])
        return (Edit(patch=patch, reason=f"{old} becomes {new}", **more),)

    return propose


@dataclass
class Healed(Heard):
    """What a healing in a ward came to, and what was heard of it."""

    ward: FakeWard
    saved: list[Incident] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    tries: list[str] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    healing: Healing = field(init=False)

    def passed_over(self, remedy: Remedy, why: str) -> None:
        """Keep it."""
        self.passed.append(f"{remedy.name}: {why}")

    def trying(self, incident: Incident, remedy: Remedy, what: str) -> None:
        """Keep it."""
        self.tries.append(remedy.name)

    def tried(self, incident: Incident, attempt: Attempt) -> None:
        """Keep it."""
        self.outcomes.append(attempt.verification.outcome.value)

    @property
    def patch(self) -> Patch:
        """What was proven."""
        return self.healing.patch

    @property
    def states(self) -> list[str]:
        """How the incidents ended."""
        return [one.state.value for one in self.healing.incidents]


async def heals(
    ward: FakeWard,
    *remedies: Remedy,
    guard: Callable[[Patch], tuple[Objection, ...]] = lambda patch: (),
    clock: MemoryClock | None = None,
    **more: Any,
) -> Healed:
    """Heal what is red in a ward."""
    told = Healed(ward)
    steps = Steps(
        ward=ward,
        remedies=remedies,
        weigh=more.pop("weigh", lambda remedy, failure: 1.0),
        guard=guard,
        save=told.saved.append,
        clock=clock or MemoryClock(),
        stop=ward.stop,
        heard=told,
        **more,
    )
    told.healing = await heal(ward.ran(), steps)
    return told


def ends_with(told: Healed) -> Mapping[str, str | None]:
    """Return the files that the proven change leaves."""
    return {**told.ward.files, **(told.patch or NOTHING).applied(told.ward.files)}
