"""What is known of a run while it goes on: which tasks wait, run and ended, and how long it will take."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from autonomous_cicd.domain.pipeline import Task, ordered
from autonomous_cicd.domain.run import Run, TaskResult, TaskStatus
from autonomous_cicd.services.report import as_in_project

__all__ = ["Board"]

TAIL = 400
"""Characters of what a task printed last that are looked at."""
ALMOST = 0.95
"""The most that an unfinished task counts as done."""

_Job: TypeAlias = tuple[str, str, str]
_BREAKS = re.compile(r"[\r\n\x0b\x0c]+")


class Board:
    """Keeps the state of every task. A job whose matrix is known late gives way to its parts as they come.

    One thread writes it; another may read it at any time, to draw.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.tasks: dict[str, Task] = {}
        """Every task that is known, each after those that it needs."""
        self.results: dict[str, TaskResult] = {}
        self._clock = clock
        self._began = clock()
        self._since: dict[str, float] = {}
        self._running: dict[str, None] = {}
        self._steps: dict[str, str] = {}
        self._tails: dict[str, str] = {}
        self._late: dict[_Job, str] = {}
        self._to_come: dict[_Job, int] = {}
        self._parts: dict[str, str] = {}
        self._side_by_side = 1
        self._run = ""

    def begin(self, run: Run, tasks: Sequence[Task]) -> None:
        """Take the tasks of a pipeline that is run; those of an earlier run are forgotten."""
        for known in (self.results, self._since, self._running, self._steps, self._tails, self._to_come):
            known.clear()
        self._parts.clear()
        self._run = run.id
        self.tasks = {task.name: task for task in ordered(tasks)}
        self._late = {_job(task): task.name for task in tasks if task.job and task.job.deferred}
        self._began = self._clock()

    def start(self, task: Task) -> None:
        """Take note that a task begins."""
        self._know(task)
        self._since[task.name] = self._clock()
        self._running[task.name] = None
        self._side_by_side = max(self._side_by_side, len(self._running))

    def step(self, task: Task, step: str) -> None:
        """Take note of what a task is at."""
        self._steps[task.name] = step
        self._tails.pop(task.name, None)

    def printed(self, task: Task, text: str) -> None:
        """Take note of what a task printed; this is called often."""
        if text and not text.isspace():
            self._tails[task.name] = text[-TAIL:]

    def finish(self, task: Task, result: TaskResult) -> None:
        """Take note of how a task ended."""
        self._know(task)
        self.results[task.name] = result
        self._running.pop(task.name, None)

    def end(self, run: Run) -> None:
        """Take note of what became of the tasks that nobody has heard of."""
        for result in run.tasks:
            if result.name in self.tasks:
                self.results.setdefault(result.name, result)
                self._running.pop(result.name, None)

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return self._clock() - self._began

    @property
    def running(self) -> Sequence[str]:
        """Names of the tasks that are running."""
        return list(self._running)

    @property
    def total(self) -> int:
        """How many tasks there are, with those that are still to come of a late matrix."""
        return len(self.tasks) + sum(self._to_come.values())

    @property
    def left(self) -> int:
        """How many tasks have not ended."""
        return self.total - len(self.results)

    def status(self, name: str) -> TaskStatus:
        """Return the state of a task."""
        if name in self.results:
            return self.results[name].status
        return TaskStatus.RUNNING if name in self._since else TaskStatus.WAITING

    def seconds(self, name: str) -> float:
        """Return how long a task that runs has been at it."""
        return self._clock() - self._since[name]

    def doing(self, name: str) -> str:
        """Return what a task is at: its step, and the last line that it printed."""
        step = self._steps.get(name, "")
        tail = as_in_project(self._tails.get(name, ""), self._run)
        lines = [line for line in _BREAKS.split(tail) if line.strip()]
        line = lines[-1].strip() if lines and lines[-1].strip() not in (step, f"Run {step}") else ""
        return f"{step}: {line}" if step and line else step or line

    def needs(self, task: Task) -> Sequence[str]:
        """Return the known tasks that a task needs; of a job with a late matrix its latest part."""
        names = (self._parts.get(name, name) for name in task.needs)
        return [name for name in names if name in self.tasks]

    def done(self) -> float:
        """Return how many tasks are done, with the part of those that run, as far as it can be expected."""
        begun = 0.0
        for name in self.running:
            expected = self.tasks[name].seconds
            begun += min(ALMOST, self.seconds(name) / expected) if expected else 0.0
        return len(self.results) + begun

    def remaining(self) -> float:
        """Return the seconds until the run is expected to end; 0 when too little is known."""
        unfinished = [task for task in self.tasks.values() if task.name not in self.results]
        if sum(1 for task in unfinished if task.seconds) * 2 < len(unfinished) or not unfinished:
            return 0.0
        ends: dict[str, float] = {}
        for task in unfinished:
            before = max((ends.get(need, 0.0) for need in self.needs(task)), default=0.0)
            ends[task.name] = before + self._still(task)
        work = sum(map(self._still, unfinished))
        return max(work / self._side_by_side, *ends.values())

    def _still(self, task: Task) -> float:
        """Return the seconds that a task is expected to take from now on."""
        spent = self.seconds(task.name) if task.name in self._since else 0.0
        return max(0.0, task.seconds - spent)

    def _know(self, task: Task) -> None:
        """Take note of a task; the first part of a late matrix takes the place of the job."""
        if task.name in self.tasks:
            return
        key = _job(task)
        whole = self._late.get(key, "")
        if whole in self.tasks:
            self._to_come[key] = task.job.total if task.job else 1
            after = whole
        else:
            after = self._parts.get(whole, "")
        self._to_come[key] = max(0, self._to_come.get(key, 1) - 1)
        self._parts[whole] = task.name
        self.tasks = _with(self.tasks, task, after=after, without=whole)


def _job(task: Task) -> _Job:
    """Return what the parts of a job have in common."""
    return (task.job.prefix, task.job.workflow.path, task.job.job.id) if task.job else ("", "", task.name)


def _with(tasks: Mapping[str, Task], new: Task, *, after: str, without: str) -> dict[str, Task]:
    """Return the tasks with a new one behind another, and without what it takes the place of."""
    found: dict[str, Task] = {}
    for name, task in tasks.items():
        if name != without:
            found[name] = task
        if name == after:
            found[new.name] = new
    found.setdefault(new.name, new)
    return found
