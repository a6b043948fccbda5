"""How a run looks while it goes on: plain lines, groups for GitHub Actions, or nothing."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from typing import TextIO

from autonomous_cicd.cli.board import Board
from autonomous_cicd.cli.summary import duration, finished, plural, summary
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.pipeline import Pipeline, Source, Task
from autonomous_cicd.domain.run import Run, TaskResult
from autonomous_cicd.domain.text import printable, printable_line
from autonomous_cicd.services.report import escaped
from autonomous_cicd.services.silence import Silence

__all__ = ["GitHub", "Lines", "Silent", "no_commands", "opening"]

ORIGINS = {
    Source.CONFIG: "from the project's own pipeline",
    Source.WORKFLOW: "from its workflow files",
    Source.DETECT: "as detected",
}
_COMMAND = re.compile(r"\W*::|.*##\[")


class Silent(Silence):
    """Shows nothing: for output that a program reads."""

    def close(self) -> None:
        """Leave the terminal in order, also when the run did not come to its end."""


class Lines(Silent):
    """A line when a task begins and one when it ends: for logs and pipes."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._paper = _Paper(out or sys.stdout)
        self._board = Board()

    def began(self, run: Run, pipeline: Pipeline) -> None:
        """Say what is run."""
        self._board.begin(run, pipeline.tasks)
        self._paper.say(opening(run, pipeline))

    def task_started(self, task: Task) -> None:
        """Say that a task begins, and how long it is expected to take."""
        self._board.start(task)
        expected = f"  (about {duration(task.seconds)})" if task.seconds else ""
        self._paper.say(f"  {'begins':<11} {printable_line(task.name)}{expected}")

    def task_failing(self, task: Task, failure: Failure) -> None:
        """Say what goes wrong in a task that still runs."""
        told = f"{printable_line(task.name)}  {failure.category}: {printable_line(failure.message, 100)}"
        self._paper.say(f"  {'is failing':<11} {told}")

    def task_finished(self, task: Task, result: TaskResult) -> None:
        """Say how a task ended."""
        self._board.finish(task, result)
        self._paper.say(f"  {finished(result)}  [{self._board.left} left]")

    def ended(self, run: Run) -> None:
        """Say how the run ended, and what failed."""
        self._paper.say("\n".join(["", *(line.text for line in summary(run))]))


class GitHub(Silent):
    """Each task's output in a group that can be unfolded: for GitHub Actions."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._paper = _Paper(out or sys.stdout)
        self._texts: dict[str, list[str]] = {}

    def began(self, run: Run, pipeline: Pipeline) -> None:
        """Say what is run."""
        self._paper.say(no_commands(opening(run, pipeline)))

    def task_started(self, task: Task) -> None:
        """Say that a task begins."""
        self._paper.say(no_commands(f"{'begins':<11} {printable_line(task.name)}"))

    def task_output(self, task: Task, text: str) -> None:
        """Keep what a task printed until it ends, so that tasks do not mix."""
        self._texts.setdefault(task.name, []).append(text)

    def task_finished(self, task: Task, result: TaskResult) -> None:
        """Print the group of a task; of one that printed nothing, a line."""
        text = printable("".join(self._texts.pop(task.name, []))).rstrip("\n")
        if text:
            title = escaped(finished(result))
            self._paper.say(f"::group::{title}\n{no_commands(text)}\n::endgroup::")
        else:
            self._paper.say(no_commands(finished(result)))

    def ended(self, run: Run) -> None:
        """Say how the run ended."""
        self._paper.say(no_commands("\n".join(["", *(line.text for line in summary(run))])))


class _Paper:
    """Something to print on. When nobody reads it any more, the run goes on all the same."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._gone = False

    def say(self, text: str) -> None:
        """Print, at once."""
        if self._gone:
            return
        try:
            encoding = self._out.encoding or "utf-8"
            print(text.encode(encoding, "replace").decode(encoding), file=self._out, flush=True)
        except OSError:  # the record of the run is in the store; there is nobody to tell
            self._gone = True
            with contextlib.suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._out.fileno())


def opening(run: Run, pipeline: Pipeline) -> str:
    """Return the first line about a run."""
    return f"run {run.id}: {plural(len(pipeline.tasks), 'task')} {ORIGINS[pipeline.source]}"


def no_commands(text: str) -> str:
    """Return lines of which GitHub Actions takes none for a command.

    It knows `::command::` at the beginning of a line, and `##[command]` anywhere in it.
    """
    return "\n".join(_no_command(line) for line in text.split("\n"))


def _no_command(line: str) -> str:
    return f"> {line.replace('##[', '# #[')}" if _COMMAND.match(line) else line
