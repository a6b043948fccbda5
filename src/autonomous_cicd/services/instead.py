"""Instead: a pipeline in which one script takes the place of the step that failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autonomous_cicd.domain.pipeline import Command, Pipeline, Task
from autonomous_cicd.domain.run import StepResult, TaskResult
from autonomous_cicd.domain.workflow import Step

__all__ = ["instead"]


def instead(pipeline: Pipeline, *, name: str, result: TaskResult, script: str) -> Pipeline:
    """Return the pipeline with a script in the place of what failed in a task, and nothing after it."""
    tasks = [_with_script(task, result, script) if task.name == name else task for task in pipeline.tasks]
    last = [task for task in tasks if task.name == name]
    return replace(pipeline, tasks=(*(task for task in tasks if task.name != name), *last))


def _with_script(task: Task, result: TaskResult, script: str) -> Task:
    failed = next((step for step in result.steps if step.status.bad), None)
    if task.job is None:
        at = _command(task.commands, failed)
        replaced = replace(task.commands[at], argv=("bash", "-ec", script))
        return replace(task, commands=(*task.commands[:at], replaced), inputs=(), outputs=())
    steps = task.job.job.steps
    at = _step(steps, failed)
    step = replace(steps[at], run=script, uses=None, condition="", continue_on_error=False)
    job = replace(task.job.job, steps=(*steps[:at], step), outputs={})
    return replace(task, job=replace(task.job, job=job))


def _command(commands: Sequence[Command], failed: StepResult | None) -> int:
    if failed is None:
        return len(commands) - 1
    return next((place for place, one in enumerate(commands) if one.text == failed.command), 0)


def _step(steps: Sequence[Step], failed: StepResult | None) -> int:
    """Return which step failed: by its name as shown, else by its script, else the last script."""
    scripts = [place for place, step in enumerate(steps) if step.run is not None]
    if failed is not None:
        for place in scripts:
            step = steps[place]
            if failed.name in (step.title, f"Run {step.title}") or failed.command == step.run:
                return place
    return scripts[-1] if scripts else len(steps) - 1
