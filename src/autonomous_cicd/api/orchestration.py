"""A run in the background: how far it is, and how it is ended."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from autonomous_cicd.api.opened import Opened
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.pipeline import Pipeline, Task
from autonomous_cicd.domain.run import Run, RunStatus, TaskResult, TaskStatus
from autonomous_cicd.ports import Meter

__all__ = ["Orchestration", "Progress"]

PAUSE = 0.1
"""Seconds between two looks at the processors: what is measured over less says nothing."""


class Progress:
    """Knows what every task is doing. Implements `Observer`."""

    def __init__(self, tasks: tuple[Task, ...]) -> None:
        self._planned = tasks
        self._now = {task.name: TaskStatus.WAITING for task in tasks}
        self.run_id = ""

    def began(self, run: Run, pipeline: Pipeline) -> None:
        """Hear that the run has an id and begins."""
        self.run_id = run.id

    def task_started(self, task: Task) -> None:
        """Hear that a task begins; of a job whose matrix was not known, its parts take its place."""
        if task.name not in self._now and task.job:
            for whole in self._planned:
                if whole.job and whole.job.deferred and whole.job.job == task.job.job:
                    self._now.pop(whole.name, None)
        self._now[task.name] = TaskStatus.RUNNING

    def task_output(self, task: Task, text: str) -> None:
        """Hear what a task printed."""

    def task_step(self, task: Task, step: str) -> None:
        """Hear that a task goes on to its next step or command."""

    def task_failing(self, task: Task, failure: Failure) -> None:
        """Hear what goes wrong in a task that still runs."""

    def task_finished(self, task: Task, result: TaskResult) -> None:
        """Hear that a task ended, or was left out."""
        self._now[task.name] = result.status

    def ended(self, run: Run) -> None:
        """Hear that the run ended."""
        self._now = {task.name: task.status for task in run.tasks}

    @property
    def counts(self) -> Mapping[str, int]:
        """How many tasks are in which state, every state named."""
        found = Counter(self._now.values())
        return {status.value: found[status] for status in TaskStatus}

    @property
    def share(self) -> float:
        """The share of the tasks that ended, 0 to 1."""
        going = (TaskStatus.WAITING, TaskStatus.RUNNING)
        ended = sum(1 for status in self._now.values() if status not in going)
        return ended / len(self._now) if self._now else 1.0


class _Gauge:
    """How busy the computer is, for whoever asks as often as he likes."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self._percent: float | None = None
        self._looked = time.monotonic()
        meter.busy()  # counted from here on

    def percent(self) -> float | None:
        """Return the percent of the processors' time that was used lately; None before it is known."""
        if time.monotonic() - self._looked >= PAUSE:
            self._percent = round(100 * self.meter.busy(), 1)
            self._looked = time.monotonic()
        return self._percent


class Orchestration:
    """A pipeline that is being executed."""

    def __init__(self, opened: Opened) -> None:
        """Begin, in the running event loop."""
        self._opened = opened
        self._gauge = _Gauge(opened.meter)
        self._stop = asyncio.Event()
        self._progress = Progress(opened.planned.pipeline.tasks)
        self._task = asyncio.create_task(opened.execute(self._progress, stop=self._stop))

    @property
    def done(self) -> bool:
        """Whether it ended."""
        return self._task.done()

    async def wait(self) -> Run:
        """Wait for the end. Whoever is cancelled in here leaves it running."""
        return await asyncio.shield(self._task)

    async def end(self) -> None:
        """End it in order, and wait until nothing of it runs any more."""
        self._stop.set()
        await asyncio.wait([self._task])

    @property
    def status(self) -> dict[str, Any]:
        """How far it is, and what it uses."""
        counts = self._progress.counts
        return {
            "status": self._word(),
            "run": self._progress.run_id,
            "tasks": dict(counts),
            "progress": self._progress.share,
            "resource_usage": {
                "active_tasks": counts[TaskStatus.RUNNING],
                "max_concurrent_tasks": self._opened.planned.pipeline.jobs,
                "cpu_percent": self._gauge.percent(),
                "memory_bytes": self._gauge.meter.taken(),
                "memory_free_bytes": self._gauge.meter.free(),
            },
        }

    def _word(self) -> str:
        if not self._task.done():
            return RunStatus.RUNNING.value
        if self._task.cancelled():
            return RunStatus.CANCELLED.value
        return "error" if self._task.exception() else self._task.result().status.value
