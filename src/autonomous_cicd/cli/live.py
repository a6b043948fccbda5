"""A run on a terminal: a tree that changes in place, with a progress bar."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from autonomous_cicd.cli.board import Board
from autonomous_cicd.cli.progress import Silent, opening
from autonomous_cicd.cli.summary import Line, Tone, duration, outcome, plural, summary
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.pipeline import Pipeline, Task
from autonomous_cicd.domain.run import Run, TaskResult, TaskStatus
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.values import dataclass

__all__ = ["Terminal"]

LOOKS = {
    TaskStatus.WAITING: ("·", ".", "dim"),
    TaskStatus.RUNNING: ("▸", ">", "bold cyan"),
    TaskStatus.PASSED: ("✓", "+", "green"),
    TaskStatus.FAILED: ("✗", "x", "bold red"),
    TaskStatus.TIMED_OUT: ("✗", "x", "bold red"),
    TaskStatus.SKIPPED: ("-", "-", "yellow"),
    TaskStatus.NOT_CHECKED: ("?", "?", "yellow"),
    TaskStatus.CANCELLED: ("-", "-", "yellow"),
}
"""For each state its sign, the sign where only ASCII can be shown, and its style."""
TONES = {Tone.GOOD: "bold green", Tone.BAD: "bold red", Tone.DOUBT: "yellow", Tone.QUIET: "dim"}
BRANCHES = ("│ ", "├ ", "└ ", "  ")
ASCII_BRANCHES = ("| ", "|-", "`-", "  ")
DEEPEST = 6
"""Levels of the tree that are drawn; what is deeper stands on the last."""
JUSTIFY: Sequence[Literal["left", "right"]] = ("left", "left", "right", "left")
NARROW = 60
"""Columns below which it is not said what a task is doing."""


@dataclass(frozen=True, slots=True)
class Row:
    """A task with the branches that lead to it."""

    task: Task
    branches: str = ""


class Terminal(Silent):
    """Shows every task with its state, and what the running ones are doing."""

    def __init__(
        self, console: Console | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console or Console(highlight=False)
        self._ascii = self._console.options.ascii_only
        self._board = Board(clock)
        self._live = Live(console=self._console, get_renderable=self.draw, refresh_per_second=5)

    def began(self, run: Run, pipeline: Pipeline) -> None:
        """Draw the tree."""
        self._board.begin(run, pipeline.tasks)
        self._console.print(Text(opening(run, pipeline), style="dim"))
        self._live.start()

    def task_started(self, task: Task) -> None:
        """Show a task as running."""
        self._board.start(task)

    def task_step(self, task: Task, step: str) -> None:
        """Show what a task is at."""
        self._board.step(task, step)

    def task_failing(self, task: Task, failure: Failure) -> None:
        """Show what goes wrong in a task that still runs."""
        self._board.step(task, f"failing: {failure.category}, {printable_line(failure.message, 60)}")

    def task_output(self, task: Task, text: str) -> None:
        """Show the last line that a task printed."""
        self._board.printed(task, text)

    def task_finished(self, task: Task, result: TaskResult) -> None:
        """Show how a task ended."""
        self._board.finish(task, result)

    def ended(self, run: Run) -> None:
        """Leave the tree as it is at the end, and say how the run ended."""
        lines = summary(run, rows=self._console.height - 8, columns=self._console.width)
        self._board.end(run)
        self._live.transient = True
        with contextlib.suppress(OSError):  # the terminal is gone; the record of the run is in the store
            self._live.stop()
            self._console.print(self._rows(max(5, self._console.height - len(lines) - 4)))
            self._console.print(*map(_text, (Line(""), *lines)), sep="\n", soft_wrap=True)

    def close(self) -> None:
        """Give the cursor back."""
        with contextlib.suppress(OSError):
            self._live.stop()

    def draw(self) -> RenderableType:
        """Return what is shown while the run goes on."""
        return Group(self._rows(max(4, self._console.height - 5)), self._bar())

    def _rows(self, room: int) -> RenderableType:
        rows, others = self._shown(room)
        cells = [self._cells(row) for row in rows]
        if others:
            more = Text(f"and {len(others)} more", style="dim")
            cells.append((Text(""), more, Text(""), Text(self._of(others), style="dim")))
        widths = self._widths(cells)
        grid = Table.grid(padding=(0, 1))
        for width, justify in zip(widths, JUSTIFY, strict=False):
            grid.add_column(width=width, no_wrap=True, overflow="ellipsis", justify=justify)
        for row in cells:
            grid.add_row(*row[: len(widths)])
        return grid

    def _widths(self, cells: Sequence[tuple[Text, ...]]) -> tuple[int, ...]:
        """Return the widths of the columns; the notes get what the others leave."""
        whole = self._console.width
        name, times = (max((row[column].cell_len for row in cells), default=1) for column in (1, 2))
        name = min(name, max(10, whole - times - 3 if whole < NARROW else whole // 2))
        notes = whole - 1 - name - times - 4
        return (1, name, times) if whole < NARROW or notes < 8 else (1, name, times, notes)

    def _shown(self, room: int) -> tuple[Sequence[Row], Sequence[Task]]:
        """Return what is shown, and what there is no room for; with room for all of it, as a tree."""
        tasks = list(self._board.tasks.values())
        if len(tasks) <= room:
            return list(self._tree()), ()
        ranked = sorted(tasks, key=self._interest)
        bad = sum(1 for task in ranked if self._interest(task) == 0)
        most = max(room // 2, room - 1 - len(self._board.running))
        first = [*ranked[: min(bad, most)], *ranked[bad:], *ranked[min(bad, most) : bad]]
        return [Row(task) for task in first[: room - 1]], first[room - 1 :]

    def _tree(self) -> Iterator[Row]:
        """Yield each task below the last of those that it needs."""
        below: dict[str, list[Task]] = {}
        place = {name: number for number, name in enumerate(self._board.tasks)}
        for task in self._board.tasks.values():
            needs = self._board.needs(task)
            parent = max(needs, key=lambda name: place.get(name, -1), default="")
            below.setdefault(parent, []).append(task)
        on, middle, last, empty = ASCII_BRANCHES if self._ascii else BRANCHES
        todo = [(task, "", "") for task in reversed(below.get("", []))]
        while todo:
            task, lead, own = todo.pop()
            yield Row(task, lead + own)
            if own and len(lead) < 2 * DEEPEST:
                lead += empty if own == last else on
            for number, child in enumerate(reversed(below.get(task.name, []))):
                todo.append((child, lead, middle if number else last))

    def _cells(self, row: Row) -> tuple[Text, ...]:
        status = self._board.status(row.task.name)
        sign, plain, style = LOOKS[status]
        if status.bad and self._board.results[row.task.name].optional:
            style = "yellow"
        name = Text()
        name.append(row.branches, style="dim")
        name.append(printable_line(row.task.name, 200), style="" if status is TaskStatus.PASSED else style)
        time_text, note = self._said(row.task, status)
        return (
            Text(plain if self._ascii else sign, style=style),
            name,
            Text(time_text, style="dim"),
            Text(printable_line(note, 200), style="dim"),
        )

    def _said(self, task: Task, status: TaskStatus) -> tuple[str, str]:
        """Return the time and the note of a task."""
        result = self._board.results.get(task.name)
        if result:
            instant = result.cached or not result.seconds or status is TaskStatus.SKIPPED
            time_text = "" if instant else duration(result.seconds)
            if result.cached:
                return outcome(result), result.reason
            word = "" if status is TaskStatus.PASSED else outcome(result)
            return time_text, f"{word}: {result.reason}" if word and result.reason else word or result.reason
        expected = f"about {_short(task.seconds)}" if task.seconds >= 1 else ""
        if status is TaskStatus.WAITING:
            return expected, ""
        spent = _short(self._board.seconds(task.name))
        late = self._board.seconds(task.name) >= task.seconds
        return spent if late or not expected else f"{spent} of {expected}", self._board.doing(task.name)

    def _interest(self, task: Task) -> int:
        result = self._board.results.get(task.name)
        if result:
            return 0 if result.status.bad else 3 if result.status is not TaskStatus.PASSED else 4
        return 1 if self._board.status(task.name) is TaskStatus.RUNNING else 2

    def _of(self, tasks: Sequence[Task]) -> str:
        """Return what became of these tasks, counted."""
        states = Counter(self._board.status(task.name).value.replace("_", " ") for task in tasks)
        return ", ".join(f"{count} {state}" for state, count in states.items())

    def _bar(self) -> RenderableType:
        board = self._board
        bad = any(result.status.bad and not result.optional for result in list(board.results.values()))
        colour = "red" if bad else "green"
        bar = ProgressBar(
            total=max(1, board.total),
            completed=board.done(),
            width=max(4, min(40, self._console.width - 40)),
            style="bright_black",
            complete_style=colour,
            finished_style=colour,
        )
        left = board.remaining()
        time_text = f"{_short(board.elapsed)}{f', about {_short(left)} left' if left >= 1 else ''}"
        line = Table.grid(padding=(0, 1))
        for _ in range(3):
            line.add_column(no_wrap=True, overflow="ellipsis")
        ended = board.total - board.left
        line.add_row(bar, f"{ended}/{plural(board.total, 'task')}", Text(time_text, style="dim"))
        return line


def _text(line: Line) -> Text:
    return Text(line.text, style=TONES.get(line.tone, ""))


def _short(seconds: float) -> str:
    """Return seconds without fractions, so that what changes in place stays calm."""
    return f"{seconds:.0f} s" if seconds < 59.5 else duration(seconds)
