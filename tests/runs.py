"""Makes runs, tasks and pipelines for tests of what is shown of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from autonomous_cicd.domain.pipeline import Command, Pipeline, Source, Stage, Task
from autonomous_cicd.domain.run import Run, RunStatus, TaskResult, TaskStatus
from autonomous_cicd.domain.workflow import Job, JobPlan, Workflow

__all__ = ["EVIL", "a_pipeline", "a_result", "a_run", "a_task", "parts_of"]

EVIL = "\x1b]0;owned\x07\x1b[2J\u202eevil\x9b31m | `code` \\| *bold* @everyone #1 <b>html</b> [a](b) \ud800"
"""A text that steers terminals, breaks tables, is markup, and cannot be written as UTF-8."""


def a_task(name: str, *needs: str, **more: Any) -> Task:
    """Return a task."""
    return Task(name=name, stage=Stage.CUSTOM, commands=(Command(argv=("true",)),), needs=needs, **more)


def a_result(name: str, status: TaskStatus = TaskStatus.PASSED, **more: Any) -> TaskResult:
    """Return what became of a task."""
    return TaskResult(name=name, status=status, **more)


def a_run(*tasks: TaskResult, **more: Any) -> Run:
    """Return a run: red when a task failed."""
    values: dict[str, Any] = {
        "id": "run-1",
        "project": "/project",
        "pipeline": "p",
        "source": "detect",
        **more,
    }
    status = values.pop("status", None)
    run = Run(status=RunStatus.PASSED, tasks=tasks, **{"seconds": 12.34, **values})
    return replace(run, status=status or (RunStatus.FAILED if run.red else RunStatus.PASSED))


def a_pipeline(*tasks: Task, source: Source = Source.DETECT) -> Pipeline:
    """Return a pipeline."""
    return Pipeline(id="p", source=source, tasks=tasks)


def parts_of(name: str, *needs: str, parts: int = 3) -> tuple[Task, tuple[Task, ...]]:
    """Return a job whose matrix is known late, and what it becomes."""
    plan = JobPlan(workflow=Workflow(path="ci.yml"), job=Job(id=name), deferred=True)
    whole = Task(name=name, stage=Stage.WORKFLOW, job=plan, needs=needs)
    numbered = (
        replace(whole, name=f"{name} ({n})", job=replace(plan, deferred=False, index=n, total=parts))
        for n in range(parts)
    )
    return whole, tuple(numbered)
