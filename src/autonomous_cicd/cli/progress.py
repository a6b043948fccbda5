"""How a run looks while it goes on: plain lines, groups for GitHub Actions, or nothing."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TextIO

from autonomous_cicd.domain.pipeline import Pipeline, Task
from autonomous_cicd.domain.run import Run, TaskResult, TaskStatus, Verdict
from autonomous_cicd.domain.text import printable, printable_line
from autonomous_cicd.services.report import counts, everything_skipped

__all__ = ["GitHub", "Lines", "Silent", "duration", "gate_lines", "summary"]

WORDS = {
    TaskStatus.PASSED: "passed",
    TaskStatus.FAILED: "FAILED",
    TaskStatus.TIMED_OUT: "TIMED OUT",
    TaskStatus.SKIPPED: "skipped",
    TaskStatus.NOT_CHECKED: "not checked",
    TaskStatus.CANCELLED: "cancelled",
}
SHOWN = 12
"""Left-out things that are listed at the end; the rest is counted."""


class Silent:
    """Shows nothing: for output that a program reads."""

    def began(self, run: Run, pipeline: Pipeline) -> None:
        """Hear that the run has an id and begins."""

    def task_started(self, task: Task) -> None:
        """Hear that a task begins."""

    def task_output(self, task: Task, text: str) -> None:
        """Hear what a task printed; secrets are removed already."""

    def task_step(self, task: Task, step: str) -> None:
        """Hear that a task goes on to its next step or command."""

    def task_finished(self, task: Task, result: TaskResult) -> None:
        """Hear that a task ended, or was left out."""

    def ended(self, run: Run) -> None:
        """Hear that the run ended."""


class Lines(Silent):
    """A line when a task begins and one when it ends: for logs and pipes."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._left = 0

    def began(self, run: Run, pipeline: Pipeline) -> None:
        """Say what is run."""
        self._left = len(pipeline.tasks)
        self.say(f"run {run.id}: {len(pipeline.tasks)} tasks from {pipeline.source.value}")

    def task_started(self, task: Task) -> None:
        """Say that a task begins, and how long it is expected to take."""
        expected = f" (about {duration(task.seconds)})" if task.seconds else ""
        self.say(f"  start  {printable_line(task.name)}{expected}")

    def task_finished(self, task: Task, result: TaskResult) -> None:
        """Say how a task ended."""
        self._left -= 1
        self.say(f"  {finished(result)}  [{self._left} left]")

    def ended(self, run: Run) -> None:
        """Say how the run ended, and what failed."""
        self.say("\n".join(summary(run)))

    def say(self, text: str) -> None:
        """Print, at once."""
        print(text, file=self._out, flush=True)


class GitHub(Silent):
    """Each task's output in a group that can be unfolded: for GitHub Actions."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._texts: dict[str, list[str]] = {}

    def task_output(self, task: Task, text: str) -> None:
        """Keep what a task printed until it ends, so that tasks do not mix."""
        self._texts.setdefault(task.name, []).append(text)

    def task_finished(self, task: Task, result: TaskResult) -> None:
        """Print the group of a task."""
        text = printable("".join(self._texts.pop(task.name, [])))
        lines = [f"::group::{finished(result)}", *map(_no_command, text.splitlines()), "::endgroup::"]
        print("\n".join(lines), file=self._out, flush=True)

    def ended(self, run: Run) -> None:
        """Say how the run ended."""
        print("\n".join(summary(run)), file=self._out, flush=True)


def duration(seconds: float) -> str:
    """Return seconds as a person says them."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60):02d} s"


def finished(result: TaskResult) -> str:
    """Return one line about how a task ended."""
    word = "cached" if result.cached else WORDS[result.status]
    why = "" if result.status is TaskStatus.PASSED and result.cached else printable_line(result.reason, 110)
    return f"{word:<11} {printable_line(result.name)}  {duration(result.seconds)}{'  ' + why if why else ''}"


def summary(run: Run) -> Sequence[str]:
    """Return the end of a run: the few lines that matter of each failure, the gates, what was left out."""
    lines: list[str] = []
    for task in run.tasks:
        if task.status.bad:
            lines += [
                "",
                f"{WORDS[task.status]}: {printable_line(task.name)} ({printable_line(task.reason)})",
            ]
            lines += [f"    {printable_line(line, 160)}" for line in task.excerpt]
            lines.append(f"    whole log: autonomous-cicd logs {run.id} '{printable_line(task.name)}'")
    lines += gate_lines(run)
    if skipped := everything_skipped(run):
        lines += ["", "left out:"]
        lines += [
            f"  {printable_line(item.what)}: {printable_line(item.reason, 120)}" for item in skipped[:SHOWN]
        ]
        if len(skipped) > SHOWN:
            lines.append(f"  and {len(skipped) - SHOWN} more: autonomous-cicd show {run.id}")
    reason = f" ({run.reason})" if run.reason else ""
    lines += ["", f"{run.status.value}{reason}: {counts(run.tasks)} in {duration(run.seconds)}"]
    return lines


def gate_lines(run: Run) -> Sequence[str]:
    """Return a line for each quality gate."""
    if not run.gates:
        return []
    lines = ["", "gates:"]
    for gate in run.gates:
        verdict = gate.verdict.value.replace("_", " ")
        word = verdict.upper() if gate.verdict is Verdict.FAILED else verdict
        value = "" if gate.value is None else f"  {gate.value} (threshold {gate.threshold})"
        lines.append(
            f"  {word:<12} {gate.name}{value}{'  ' + printable_line(gate.detail, 120) if gate.detail else ''}"
        )
    return lines


def _no_command(line: str) -> str:
    """Return a line that GitHub Actions does not take for a command of ours."""
    return f" {line}" if line.lstrip().startswith(("::", "##[")) else line
