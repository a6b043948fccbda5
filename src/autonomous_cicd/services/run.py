"""Runs a pipeline: the order, the limits, and a record of each task."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from autonomous_cicd.domain.pipeline import Pipeline, Stage, Task
from autonomous_cicd.domain.run import GateResult, Run, RunStatus, TaskResult, TaskStatus
from autonomous_cicd.domain.schedule import Schedule
from autonomous_cicd.ports import Clock, Observer, Store
from autonomous_cicd.services.budget import PAUSE, Budget
from autonomous_cicd.services.carry_out import CarryOut
from autonomous_cicd.services.job import expand_deferred

__all__ = ["Order", "execute", "unneeded"]

BEAT = 2.0
"""Seconds between two signs of life of a run."""
PREPARING = frozenset({Stage.SETUP, Stage.INSTALL})
"""Stages that are run only for what comes after them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One run that is to be done, and what to do it with."""

    run: Run
    pipeline: Pipeline
    carry_out: CarryOut
    budget: Budget
    store: Store
    observer: Observer
    clock: Clock
    stop: asyncio.Event
    """Set from outside to end the run in order."""
    gates: Callable[[Sequence[tuple[Task, TaskResult]]], tuple[GateResult, ...]]
    """Judges tasks by what became of them; their logs are in the store."""


class _Stop(Exception):
    """Raised inside a run when somebody wants it to end; says who."""


async def execute(order: Order) -> Run:
    """Run the pipeline and return what happened; every task has its record in the store.

    When it is cancelled, everything it started is ended and recorded before CancelledError goes on.
    """
    progress = _Progress(order)
    order.store.save_run(order.run)
    order.observer.began(order.run, order.pipeline)
    run = replace(order.run, status=RunStatus.CANCELLED, reason="interrupted")
    try:
        async with asyncio.timeout(order.pipeline.seconds) as limit:
            await progress.drive()
            gates = await asyncio.to_thread(order.gates, progress.pairs())
        run = _judged(replace(order.run, gates=gates, tasks=progress.tasks()), order.pipeline.problems)
    except TimeoutError:
        if not limit.expired():
            raise
        minutes = order.pipeline.seconds / 60
        run = replace(order.run, status=RunStatus.FAILED, reason=f"it took longer than {minutes:g} minutes")
    except _Stop as stop:
        run = replace(run, reason=str(stop))
    finally:
        run = replace(run, tasks=progress.tasks(), seconds=order.clock.now() - order.run.started)
        order.store.save_run(run)
    return run


def unneeded(tasks: Sequence[Task], hits: Collection[str]) -> frozenset[str]:
    """Return the preparing tasks that nothing has to be prepared by, because the cache has it all."""
    followers: dict[str, list[Task]] = {task.name: [] for task in tasks}
    for task in tasks:
        for need in task.needs:
            followers[need].append(task)
    found: set[str] = set()
    grew = True
    while grew:
        grew = False
        for task in tasks:
            if task.stage not in PREPARING or task.name in found or not followers[task.name]:
                continue
            if all(other.name in hits or other.name in found for other in followers[task.name]):
                found.add(task.name)
                grew = True
    return frozenset(found)


def _judged(run: Run, problems: Sequence[str]) -> Run:
    """Return the run with its status: green needs at least one thing that was really checked."""
    if problems:
        return replace(run, status=RunStatus.FAILED, reason="; ".join(problems))
    if run.red:
        return replace(run, status=RunStatus.FAILED)
    if any(task.status is TaskStatus.PASSED for task in run.tasks):
        return replace(run, status=RunStatus.PASSED)
    return replace(run, status=RunStatus.FAILED, reason="nothing could be checked")


@dataclass(slots=True)
class _Progress:
    """Which tasks ended, and how."""

    order: Order
    results: dict[str, TaskResult] = field(default_factory=dict)
    parts: dict[str, tuple[Task, ...]] = field(default_factory=dict)
    unneeded: frozenset[str] = frozenset()
    schedule: Schedule = field(init=False)
    all_done: asyncio.Event = field(default_factory=asyncio.Event)
    timer: asyncio.TimerHandle | None = None
    group: asyncio.TaskGroup = field(default_factory=asyncio.TaskGroup)

    def __post_init__(self) -> None:
        self.schedule = Schedule(self.order.pipeline.tasks)

    async def drive(self) -> None:
        """Run until every task ended."""
        tasks = self.order.pipeline.tasks
        self.unneeded = unneeded(tasks, self.order.carry_out.look_up(tasks))
        try:
            async with self.group:
                watches = [self.group.create_task(watch) for watch in (self._stay_alive(), self._stopped())]
                self._advance()
                await self.all_done.wait()
                for watch in watches:
                    watch.cancel()
        except* _Stop as stops:
            raise stops.exceptions[0] from None
        finally:
            if self.timer:
                self.timer.cancel()

    def tasks(self) -> tuple[TaskResult, ...]:
        """Return what became of each task, in the order of the pipeline."""
        return tuple(result for _, result in self.pairs())

    def pairs(self) -> Sequence[tuple[Task, TaskResult]]:
        """Return each task with what became of it, in the order of the pipeline."""
        found = []
        for task in self.order.pipeline.tasks:
            for part in self.parts.get(task.name, (task,)):
                missing = TaskResult(name=part.name, status=TaskStatus.CANCELLED, reason="it had not begun")
                found.append((part, self.results.get(part.name, missing)))
        return found

    def _advance(self) -> None:
        """Start what may start."""
        budget = self.order.budget
        while not budget.full and (task := self.schedule.take(budget.fits)) is not None:
            if (result := self._without_running(task)) is not None:
                self._ended(task, result, b"")
            elif task.job and task.job.deferred:
                self._split(task)
            else:
                budget.start(task)
                self.group.create_task(self._one(task))
        if self.schedule.finished:
            self.all_done.set()
        elif self.schedule.waiting and budget.may_change and not self.timer:
            self.timer = asyncio.get_running_loop().call_later(PAUSE, self._look_again)

    def _look_again(self) -> None:
        self.timer = None
        self._advance()

    async def _one(self, task: Task) -> None:
        self.order.observer.task_started(task)
        try:
            result, log = await self.order.carry_out.task(task, self._needs(task))
        except asyncio.CancelledError:
            self._keep(task, TaskResult(name=task.name, status=TaskStatus.CANCELLED), b"")
            raise
        finally:
            self.order.budget.stop(task)
        self._ended(task, result, log)
        self._advance()

    def _ended(self, task: Task, result: TaskResult, log: bytes) -> None:
        self._keep(task, result, log)
        for whole in self.schedule.done(task.name):
            self.results[whole] = _together(whole, [self.results[part.name] for part in self.parts[whole]])
            self.schedule.done(whole)

    def _keep(self, task: Task, result: TaskResult, log: bytes) -> None:
        self.results[task.name] = result
        self.order.store.save_task(self.order.run.id, result, log)
        self.order.observer.task_finished(task, result)

    def _needs(self, task: Task) -> Mapping[str, TaskResult]:
        return {name: self.results[name] for name in task.needs}

    def _without_running(self, task: Task) -> TaskResult | None:
        """Return the result of a task that is not even begun; None when it is."""
        if task.name in self.unneeded:
            reason = "nothing that needs it has to run"
            return TaskResult(name=task.name, status=TaskStatus.SKIPPED, cached=True, reason=reason)
        if task.job:
            return None  # a job's own `if` decides, and it may want to run after a failure
        for need in task.needs:
            result = self.results[need]
            if result.status is not TaskStatus.PASSED and not result.optional and need not in self.unneeded:
                reason = f"{need} {_WHAT_BECAME[result.status]}"
                return TaskResult(name=task.name, status=TaskStatus.SKIPPED, reason=reason)
        if task.approval and (reason := self._not_approved(task.approval)):
            return TaskResult(name=task.name, status=TaskStatus.SKIPPED, reason=reason)
        return None

    def _not_approved(self, environment: str) -> str:
        """Return why this must not be deployed to an environment; "" when a person approved just this."""
        run = self.order.run
        if run.dirty or not run.commit:
            return "only a commit can be approved, and there are uncommitted changes"
        if self.order.store.approved(run.project, environment, run.commit):
            return ""
        return f"a person has to allow it: autonomous-cicd approve {environment} --commit {run.commit[:12]}"

    def _split(self, task: Task) -> None:
        """Let a job whose matrix is known only now be carried out by one task for each combination."""
        parts = expand_deferred(task, self._needs(task))
        self.parts[task.name] = tuple(parts)
        self.schedule.split(task.name, parts)

    async def _stay_alive(self) -> None:
        order = self.order
        while True:
            await order.clock.sleep(BEAT)
            order.store.beat(order.run.id, order.clock.now())
            if order.store.cancel_requested(order.run.id):
                raise _Stop("somebody asked for it to be cancelled")

    async def _stopped(self) -> None:
        await self.order.stop.wait()
        raise _Stop("interrupted")


_WHAT_BECAME = {
    TaskStatus.FAILED: "failed",
    TaskStatus.TIMED_OUT: "took too long",
    TaskStatus.SKIPPED: "was skipped",
    TaskStatus.NOT_CHECKED: "could not be checked",
    TaskStatus.CANCELLED: "was cancelled",
}


def _together(name: str, parts: Sequence[TaskResult]) -> TaskResult:
    """Return one result for a task that was carried out by several."""
    bad = [part for part in parts if part.status is not TaskStatus.PASSED]
    worst = min(bad, key=lambda part: not part.status.bad) if bad else parts[-1]
    outputs = {key: value for part in parts for key, value in part.outputs.items()}
    return replace(worst, name=name, outputs=outputs, seconds=max(part.seconds for part in parts))
