"""A world in memory in which pipelines are run: nothing is started, and time stands still."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autonomous_cicd.adapters.memory import (
    MemoryCache,
    MemoryClock,
    MemoryFiles,
    MemoryObserver,
    MemoryRunner,
    MemoryWorkspace,
    Scripted,
)
from autonomous_cicd.adapters.memory_store import MemoryStore
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.pipeline import Command, Limits, Ordering, Pipeline, Source, Stage, Task
from autonomous_cicd.domain.run import GateResult, Run, RunStatus, TaskResult
from autonomous_cicd.ports import Checkout
from autonomous_cicd.services.budget import Budget
from autonomous_cicd.services.carry_out import CarryOut
from autonomous_cicd.services.carry_tests import carry_tests
from autonomous_cicd.services.known import Known
from autonomous_cicd.services.run import Ceiling, Order, execute
from autonomous_cicd.services.task_log import TaskLog

__all__ = ["ROOT", "FixedMeter", "World", "task"]

ROOT = Path("/project")
FILES = {"src/a.py": "a = 1\n", "src/b.py": "b = 2\n", "README.md": "Hello\n"}
PASSES = Scripted(output=b"fine\n")


def task(name: str, *needs: str, **options: Any) -> Task:
    """Return a task whose only command is its name."""
    given = {"stage": Stage.CUSTOM, "commands": (Command(argv=(name,)),), "needs": needs, **options}
    return Task(name=name, **given)


@dataclass
class FixedMeter:
    """A machine that is as busy as it is told to be."""

    share: float = 0.0
    memory: int = 10**12
    processors: int = 64
    looks: int = 0

    def cores(self) -> int:
        return self.processors

    def busy(self) -> float:
        self.looks += 1
        return self.share

    def free(self) -> int:
        return self.memory

    def taken(self) -> int:
        return 0


@dataclass
class World:
    """What runs need, and what they leave behind."""

    folder: Path
    script: Mapping[str, Scripted | Sequence[Scripted]] = field(default_factory=dict)
    """What the command of each task does; any other passes."""
    files: Mapping[str, str] = field(default_factory=lambda: dict(FILES))
    changed: Sequence[str] = ()
    """Files that somebody changes while they are copied."""
    fails: Exception | None = None
    """What goes wrong when the project is copied."""
    jobs: Mapping[str, TaskResult | Exception] = field(default_factory=dict)
    """What becomes of tasks that are workflow jobs."""
    reports: Sequence[str] = ()
    """The reports that test suites leave, one after the other."""
    cores: int = 4
    expand: Any = lambda task, needs: ()
    versions: dict[str, str] = field(default_factory=dict)
    gates: tuple[GateResult, ...] = ()
    hidden: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    commit: str = "c" * 40
    dirty: bool = False
    disk: int | None = None
    used: int = 0
    env: Mapping[str, str] = field(default_factory=lambda: {"PATH": "/bin"})
    cache: MemoryCache | None = field(default_factory=MemoryCache)
    whole: bool = False
    timed: bool = False
    """Whether commands take their time by the clock."""
    clock: MemoryClock = field(default_factory=MemoryClock)
    store: MemoryStore = field(default_factory=MemoryStore)
    observer: MemoryObserver = field(default_factory=MemoryObserver)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    meter: FixedMeter = field(default_factory=FixedMeter)
    measured: int = 0
    """How often what a run uses was measured."""
    runs: int = 0
    runner: MemoryRunner = field(init=False)
    carry_out: CarryOut = field(init=False)

    async def run(self, *tasks: Task, **options: Any) -> Run:
        """Run these tasks; options are those of the pipeline, and `fixed`."""
        return await execute(self.order(*tasks, **options))

    def order(self, *tasks: Task, fixed: bool = False, **options: Any) -> Order:
        """Return the order to run these tasks."""
        self.runs += 1
        given = {"id": "p", "source": Source.CONFIG, "jobs": 4, "ordering": Ordering.PARALLEL, **options}
        pipeline = Pipeline(tasks=tasks, **given)
        self.observer = MemoryObserver()
        run = Run(
            id=f"r{self.runs}",
            project=str(ROOT),
            pipeline="p",
            source="config",
            status=RunStatus.RUNNING,
            commit=self.commit,
            dirty=self.dirty,
            started=self.clock.now(),
        )
        self.carry_out = self._carry_out()
        return Order(
            run=run,
            pipeline=pipeline,
            carry_out=self.carry_out,
            budget=Budget(
                meter=self.meter,
                clock=self.clock,
                ordering=pipeline.ordering,
                cores=None,
                jobs=pipeline.jobs,
                fixed=fixed,
            ),
            store=self.store,
            observer=self.observer,
            clock=self.clock,
            stop=self.stop,
            gates=lambda pairs: self.gates,
            expand=self.expand,
            ceilings=() if self.disk is None else [Ceiling("limits.disk", self.disk, self._measure)],
        )

    @property
    def started(self) -> list[str]:
        """The commands that were executed in the last run, in their order."""
        return [execution.argv[0] for execution in self.runner.executed]

    def _measure(self) -> int:
        self.measured += 1
        return self.used

    def _carry_out(self) -> CarryOut:
        script: dict[tuple[str, ...], Scripted | Sequence[Scripted]] = {(): PASSES}
        script.update({(name,): does for name, does in self.script.items()})
        self.runner = MemoryRunner(script, self.clock if self.timed else None)
        workspace = _Workspace({ROOT: self.files}, changed=self.changed, fails=self.fails)
        checkout = workspace.checkout(ROOT)
        return CarryOut(
            checkout=checkout,
            folder=self.folder / f"r{self.runs}",
            caches=self.folder / "caches",
            pythons=self.folder / "pythons",
            runner=lambda: self.runner,
            workspace=workspace,
            known=Known(
                cache=self.cache,
                checkout=checkout,
                workspace=workspace,
                clock=self.clock,
                env=self.env,
                fingerprint=lambda names: {one: self.versions[one] for one in names if one in self.versions},
                whole=self.whole,
            ),
            clock=self.clock,
            look=lambda: Machine(cores=self.cores, programs={"uv": "/bin/uv"}),
            files=MemoryFiles(self.files),
            base_env=self.env,
            furnish=lambda names: {**names, "HOME": "/private"},
            job=self._job,
            suite=carry_tests,
            read=self._read,
            excerpt=lambda lines: tuple(lines[-2:]),
            diagnose=lambda log, step, red: (),
            limits=self.limits,
            network=True,
            observer=self.observer,
            hidden=self.hidden,
        )

    def _read(self, path: Path) -> str:
        first, *self.reports = self.reports or ("",)
        return first

    async def _job(
        self, shared: CarryOut, task: Task, needs: Mapping[str, TaskResult], log: TaskLog
    ) -> TaskResult:
        log.say(f"job {task.name} after {', '.join(needs) or 'nothing'}\n".encode())
        found = self.jobs[task.name]
        if isinstance(found, Exception):
            raise found
        return found


class _Workspace(MemoryWorkspace):
    """Copies projects in memory, while somebody changes them, or badly."""

    def __init__(
        self,
        projects: Mapping[Path, Mapping[str, str]],
        *,
        changed: Iterable[str],
        fails: Exception | None,
    ) -> None:
        super().__init__(projects)
        self._changed = tuple(changed)
        self._fails = fails

    def copy(self, checkout: Checkout, to: Path) -> tuple[str, ...]:
        if self._fails:
            raise self._fails
        super().copy(checkout, to)
        return self._changed
