"""Runs a pipeline: the order, the limits, and a record of each task."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace

from autonomous_cicd.domain.pipeline import Pipeline, Stage, Task
from autonomous_cicd.domain.run import GateResult, Run, RunStatus, TaskResult, TaskStatus, Verdict
from autonomous_cicd.domain.schedule import Schedule
from autonomous_cicd.errors import UsageError
from autonomous_cicd.ports import Clock, Observer, Store
from autonomous_cicd.services.budget import PAUSE, Budget
from autonomous_cicd.services.carry_out import CarryOut, said, span
from autonomous_cicd.values import dataclass

__all__ = ["Ceiling", "Order", "execute"]

BEAT = 2.0
"""Seconds between two signs of life of a run."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Something of which a run may use so much and no more."""

    setting: str
    """The setting that says so."""
    most: int
    """Bytes."""
    used: Callable[[], int]
    """Measures how much it uses now; asked in a thread."""


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
    expand: Callable[[Task, Mapping[str, TaskResult]], Sequence[Task]]
    """Makes tasks of a job whose matrix is known only now."""
    ceilings: Sequence[Ceiling] = ()
    """What the run as a whole may use."""


class _Stop(Exception):
    """Raised inside a run when it must not go on; says why, and what the run is then."""

    def __init__(self, reason: str, status: RunStatus = RunStatus.CANCELLED) -> None:
        super().__init__(reason)
        self.status = status


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
            gates = await progress.judged()
        run = _judged(replace(order.run, gates=gates, tasks=progress.tasks()), order.pipeline.problems)
    except TimeoutError:
        if not limit.expired():
            raise
        reason = f"it took longer than {span(order.pipeline.seconds)}{progress.unfinished()}"
        run = replace(run, status=RunStatus.FAILED, reason=reason)
    except _Stop as stop:
        run = replace(run, status=stop.status, reason=str(stop))
    except Exception as error:
        run = replace(run, status=RunStatus.FAILED, reason=f"{type(error).__name__}: {said(error)}")
        raise
    finally:
        run = replace(run, tasks=progress.tasks(), seconds=order.clock.now() - order.run.started)
        order.store.save_run(run)
    return run


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
    gates: tuple[GateResult, ...] | None = None
    """What the gates said before a deployment; None: nobody asked them yet."""
    stopped: list[str] = field(default_factory=list)
    """Tasks that were ended before their time."""
    schedule: Schedule = field(init=False)
    all_done: asyncio.Event = field(default_factory=asyncio.Event)
    timer: asyncio.TimerHandle | None = None
    group: asyncio.TaskGroup = field(default_factory=asyncio.TaskGroup)

    def __post_init__(self) -> None:
        self.schedule = Schedule(self.order.pipeline.tasks)

    async def drive(self) -> None:
        """Run until every task ended."""
        self.order.carry_out.known.look_up(self.order.pipeline.tasks)
        try:
            async with self.group:
                watches = [self.group.create_task(watch) for watch in (self._stay_alive(), self._heed())]
                self._advance()
                await self.all_done.wait()
                for watch in watches:
                    watch.cancel()
        except ExceptionGroup as group:
            raise _first(group) from None
        finally:
            if self.timer:
                self.timer.cancel()

    def tasks(self) -> tuple[TaskResult, ...]:
        """Return what became of each task, in the order of the pipeline."""
        return tuple(result for _, result in self.pairs())

    def pairs(self) -> Sequence[tuple[Task, TaskResult]]:
        """Return each task with what became of it, in the order of the pipeline."""
        whole = self.order.pipeline.tasks
        parts = [part for task in whole for part in self.parts.get(task.name, (task,))]
        return [(part, self.results.get(part.name) or _not_begun(part)) for part in parts]

    async def judged(self) -> tuple[GateResult, ...]:
        """Return what the gates say of the tasks that ended. They are asked once."""
        if self.gates is None:
            ended = [pair for pair in self.pairs() if pair[0].name in self.results]
            self.gates = await asyncio.to_thread(self.order.gates, ended)
        return self.gates

    def unfinished(self) -> str:
        """Return which tasks were ended before their time, as the end of a sentence."""
        return f"; ended before their time: {', '.join(self.stopped)}" if self.stopped else ""

    def _advance(self) -> None:
        """Start what may start."""
        budget, known = self.order.budget, self.order.carry_out.known
        while not budget.full and (task := self.schedule.take(budget.fits)) is not None:
            if (result := self._without_running(task)) is not None:
                self._ended(task, result, b"")
            elif task.job and task.job.deferred:
                self._split(task)
            elif (found := known.result(task)) is not None:
                self._ended(task, *found)
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
        order = self.order
        order.observer.task_started(task)
        log, started = order.carry_out.log(task), order.clock.now()
        try:
            if task.stage is Stage.DEPLOY and (closed := await self._closed(task)):
                result, text = _left_out(task, closed), log.close()
            else:
                result, text = await order.carry_out.task(task, self._needs(task), log)
        except asyncio.CancelledError:
            self.stopped.append(task.name)
            self._keep(task, _cut_short(task, started, order.clock.now()), log.close())
            raise
        finally:
            order.budget.stop(task)
        self._ended(task, result, text)
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
        unneeded = self.order.carry_out.known.unneeded
        if task.name in unneeded:
            reason = "nothing that needs it has to run"
            return TaskResult(name=task.name, status=TaskStatus.SKIPPED, cached=True, reason=reason)
        if task.approval and (reason := self._not_approved(task.approval)):
            return _left_out(task, reason)
        if task.job:
            return None  # a job's own `if` decides, and it may want to run after a failure
        for need in task.needs:
            result = self.results[need]
            if result.status is not TaskStatus.PASSED and not result.optional and need not in unneeded:
                return _left_out(task, f"{need} {_WHAT_BECAME[result.status]}")
        return None

    async def _closed(self, task: Task) -> str:
        """Return which gates a deployment at the end of the pipeline does not pass."""
        if any(other.name not in self.results for other, _ in self.pairs() if other is not task):
            return ""
        closed = [gate for gate in await self.judged() if gate.verdict is not Verdict.PASSED]
        return ", ".join(f"the gate {gate.name} {_WHAT_GATES_SAY[gate.verdict]}" for gate in closed)

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
        try:
            parts = _told_apart(self.order.expand(task, self._needs(task)), self._names())
        except UsageError as error:
            self._ended(task, TaskResult(name=task.name, status=TaskStatus.FAILED, reason=said(error)), b"")
            return
        self.parts[task.name] = parts
        self.schedule.split(task.name, parts)

    def _names(self) -> set[str]:
        split = {part.name for parts in self.parts.values() for part in parts}
        return split | {task.name for task in self.order.pipeline.tasks}

    async def _stay_alive(self) -> None:
        order = self.order
        while True:
            await order.clock.sleep(BEAT)
            order.store.beat(order.run.id, order.clock.now())
            if order.store.cancel_requested(order.run.id):
                raise _Stop("somebody asked for it to be cancelled")
            for ceiling in order.ceilings:
                used = await asyncio.to_thread(ceiling.used)
                if used > ceiling.most:
                    sizes = f"{used / 1e6:.0f} MB, more than the {ceiling.most / 1e6:.0f} MB"
                    reason = f"it used {sizes} that `{ceiling.setting}` allows"
                    raise _Stop(reason, RunStatus.FAILED)

    async def _heed(self) -> None:
        await self.order.stop.wait()
        raise _Stop("interrupted")


_WHAT_GATES_SAY = {Verdict.FAILED: "failed", Verdict.NOT_MEASURED: "could not be measured"}
_WHAT_BECAME = {
    TaskStatus.FAILED: "failed",
    TaskStatus.TIMED_OUT: "took too long",
    TaskStatus.SKIPPED: "was skipped",
    TaskStatus.NOT_CHECKED: "could not be checked",
    TaskStatus.CANCELLED: "was cancelled",
}


def _left_out(task: Task, reason: str) -> TaskResult:
    return TaskResult(name=task.name, status=TaskStatus.SKIPPED, reason=reason, optional=task.optional)


def _not_begun(task: Task) -> TaskResult:
    return TaskResult(name=task.name, status=TaskStatus.CANCELLED, reason="it had not begun")


def _cut_short(task: Task, started: float, now: float) -> TaskResult:
    return TaskResult(
        name=task.name,
        status=TaskStatus.CANCELLED,
        reason="the run was ended",
        log=task.name,
        started=started,
        seconds=now - started,
        optional=task.optional,
    )


def _told_apart(parts: Sequence[Task], taken: set[str]) -> tuple[Task, ...]:
    """Return the parts of a task with names that no other task has."""
    found = []
    for part in parts:
        name, number = part.name, 1
        while name in taken:
            number += 1
            name = f"{part.name} #{number}"
        taken.add(name)
        found.append(part if name == part.name else replace(part, name=name))
    return tuple(found)


def _together(name: str, parts: Sequence[TaskResult]) -> TaskResult:
    """Return one result for a task that was carried out by several."""
    bad = [part for part in parts if part.status is not TaskStatus.PASSED]
    worst = min(bad, key=lambda part: not part.status.bad) if bad else parts[-1]
    outputs = {key: value for part in parts for key, value in part.outputs.items()}
    return replace(worst, name=name, outputs=outputs, seconds=max(part.seconds for part in parts))


def _first(group: BaseExceptionGroup[Exception]) -> Exception:
    """Return the first of several exceptions; they have one cause, the others are what it led to."""
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
