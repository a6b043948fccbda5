"""A run on a terminal: a tree that changes in place, with a progress bar."""

from __future__ import annotations

import time

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from autonomous_cicd.cli.progress import WORDS, Silent, duration, summary
from autonomous_cicd.domain.pipeline import Pipeline, Task
from autonomous_cicd.domain.run import Run, TaskResult, TaskStatus
from autonomous_cicd.domain.text import printable_line

__all__ = ["Terminal"]

LOOKS = {
    TaskStatus.WAITING: ("·", "dim"),
    TaskStatus.RUNNING: ("▸", "bold cyan"),
    TaskStatus.PASSED: ("✓", "green"),
    TaskStatus.FAILED: ("✗", "bold red"),
    TaskStatus.TIMED_OUT: ("✗", "bold red"),
    TaskStatus.SKIPPED: ("-", "yellow"),
    TaskStatus.NOT_CHECKED: ("?", "yellow"),
    TaskStatus.CANCELLED: ("-", "yellow"),
}


class Terminal(Silent):
    """Shows every task with its state, and what the running ones are doing."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console()
        self._live = Live(console=self._console, get_renderable=self._render, refresh_per_second=8)
        self._pipeline: Pipeline | None = None
        self._tasks: dict[str, Task] = {}
        self._results: dict[str, TaskResult] = {}
        self._since: dict[str, float] = {}
        self._doing: dict[str, str] = {}
        self._begin = time.monotonic()

    def began(self, run: Run, pipeline: Pipeline) -> None:
        """Draw the tree."""
        self._pipeline = pipeline
        self._tasks = {task.name: task for task in pipeline.tasks}
        self._begin = time.monotonic()
        self._live.start()

    def task_started(self, task: Task) -> None:
        """Show a task as running."""
        self._tasks.setdefault(task.name, task)
        self._since[task.name] = time.monotonic()

    def task_step(self, task: Task, step: str) -> None:
        """Show what a task is at."""
        self._doing[task.name] = printable_line(step, 60)

    def task_output(self, task: Task, text: str) -> None:
        """Show the last line that a task printed."""
        if line := printable_line(text.rstrip("\r\n").rpartition("\n")[2], 60):
            self._doing[task.name] = line

    def task_finished(self, task: Task, result: TaskResult) -> None:
        """Show how a task ended."""
        self._tasks.setdefault(task.name, task)
        self._results[task.name] = result

    def ended(self, run: Run) -> None:
        """Leave the tree as it is, and say how the run ended."""
        self._live.stop()
        for line in summary(run):
            bad = line.startswith(("FAILED", "TIMED", "failed", "  FAILED"))
            style = "bold red" if bad else "bold green" if line.startswith("passed") else ""
            self._console.print(Text(line, style=style), soft_wrap=True)

    def _render(self) -> RenderableType:
        rows = Table.grid(padding=(0, 1))
        for column in ({"width": 1}, {"no_wrap": True}, {"justify": "right"}, {"no_wrap": True, "ratio": 1}):
            rows.add_column(**column)
        room = max(4, self._console.height - 4)
        shown = list(self._tasks.values())
        if len(shown) > room:
            shown = sorted(shown, key=self._interest)[: room - 1]
        for task in shown:
            rows.add_row(*self._row(task))
        if len(shown) < len(self._tasks):
            rows.add_row("", Text(f"and {len(self._tasks) - len(shown)} more", style="dim"))
        return Group(rows, self._bar())

    def _row(self, task: Task) -> tuple[RenderableType, ...]:
        result = self._results.get(task.name)
        begun = self._since.get(task.name)
        status = result.status if result else TaskStatus.RUNNING if begun else TaskStatus.WAITING
        sign, style = LOOKS[status]
        if result:
            time_text = "cached" if result.cached else duration(result.seconds)
            note = "" if status is TaskStatus.PASSED else f"{WORDS[status]} {result.reason}"
        else:
            expected = f" of {duration(task.seconds)}" if task.seconds else ""
            time_text = f"{duration(time.monotonic() - begun)}{expected}" if begun else expected[4:]
            note = self._doing.get(task.name, "") if begun else ""
        return (
            Text(sign, style=style),
            Text(printable_line(task.name, 60), style=style if status is not TaskStatus.PASSED else ""),
            Text(time_text, style="dim"),
            Text(printable_line(note, 80), style="dim"),
        )

    def _interest(self, task: Task) -> int:
        result = self._results.get(task.name)
        if result:
            return 0 if result.status.bad else 3
        return 1 if task.name in self._since else 2

    def _bar(self) -> RenderableType:
        done, total = len(self._results), len(self._tasks)
        elapsed = time.monotonic() - self._begin
        line = Table.grid(padding=(0, 1))
        bar = ProgressBar(total=max(1, total), completed=done, width=30)
        left = self._left(elapsed)
        line.add_row(
            bar, f"{done}/{total}", duration(elapsed), f"about {duration(left)} left" if left else ""
        )
        return line

    def _left(self, elapsed: float) -> float:
        """Return the seconds that the unfinished tasks are expected to take, at the pace so far."""
        known = {name: task.seconds for name, task in self._tasks.items() if task.seconds}
        done = sum(seconds for name, seconds in known.items() if name in self._results)
        left = sum(seconds for name, seconds in known.items() if name not in self._results)
        return left * (elapsed / done if done > 1 else 1.0) if left else 0.0
