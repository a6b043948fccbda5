"""Silence: hears how a run goes on, and says nothing."""

from __future__ import annotations

from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.pipeline import Pipeline, Task
from autonomous_cicd.domain.run import Run, TaskResult

__all__ = ["Silence"]


class Silence:
    """Says nothing. Implements `Observer`."""

    def began(self, run: Run, pipeline: Pipeline) -> None:
        """Hear that the run begins."""

    def task_started(self, task: Task) -> None:
        """Hear that a task begins."""

    def task_output(self, task: Task, text: str) -> None:
        """Hear what a task printed."""

    def task_step(self, task: Task, step: str) -> None:
        """Hear that a task goes on to its next step or command."""

    def task_failing(self, task: Task, failure: Failure) -> None:
        """Hear what goes wrong in a task that still runs."""

    def task_finished(self, task: Task, result: TaskResult) -> None:
        """Hear that a task ended."""

    def ended(self, run: Run) -> None:
        """Hear that the run ended."""
