"""Makes tasks of a job whose matrix is known only when the jobs it needs are done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from autonomous_cicd.domain.expression.evaluate import Scope, interpolate, resolve
from autonomous_cicd.domain.expression.values import to_text
from autonomous_cicd.domain.matrix import Combination, expand, label
from autonomous_cicd.domain.pipeline import Task
from autonomous_cicd.domain.run import TaskResult
from autonomous_cicd.domain.workflow import JobPlan, Json
from autonomous_cicd.errors import UsageError
from autonomous_cicd.services.called import with_late_inputs
from autonomous_cicd.services.job_context import base_contexts

__all__ = ["combinations_of", "expand_deferred"]


def expand_deferred(task: Task, needs: Mapping[str, TaskResult]) -> tuple[Task, ...]:
    """Return a task for each combination of a job's matrix, now that what it needs is known.

    There is always at least one: it will say why there is no combination, or that it is not wanted.
    """
    plan = task.job
    if plan is None:
        return (task,)
    found, _ = combinations_of(plan, needs)
    if not found:
        return (replace(task, name=f"{task.name} (no matrix)", job=replace(plan, deferred=False)),)
    names: dict[str, int] = {}
    parts = []
    for index, combination in enumerate(found):
        part = replace(plan, deferred=False, matrix=combination.values, index=index, total=len(found))
        name = _name(task, part, combination, needs)
        names[name] = names.get(name, 0) + 1
        unique = name if names[name] == 1 and name != task.name else f"{name} #{index + 1}"
        parts.append(replace(task, name=unique, job=part))
    return tuple(parts)


def combinations_of(plan: JobPlan, needs: Mapping[str, TaskResult]) -> tuple[list[Combination], str]:
    """Return the combinations of a matrix that other jobs decide, or else why there are none."""
    try:
        plan = _with_inputs(plan, needs)
        scope = Scope(contexts=base_contexts(plan, {}, needs, {}))
        return expand(resolve(plan.job.matrix, scope)), ""
    except UsageError as error:
        return [], f"its matrix has no value here: {error}"


def _with_inputs(plan: JobPlan, needs: Mapping[str, TaskResult]) -> JobPlan:
    """Return a job with the inputs that other jobs decide. Raises UsageError, ExpressionError."""
    if not plan.late:
        return plan
    found = with_late_inputs(plan, lambda caller: Scope(contexts=base_contexts(caller, {}, needs, {})))
    return replace(found, inputs={**found.inputs, **plan.inputs})


def _name(task: Task, plan: JobPlan, combination: Combination, needs: Mapping[str, TaskResult]) -> str:
    """Return the name of one combination: as the host shows it, in front what the task's name has there."""
    plan = _with_inputs(plan, needs)
    job = plan.job
    if not job.name or "${{" not in job.name:
        return label(task.name, dict[str, Json](combination.shown))
    scope = Scope(contexts=base_contexts(plan, {}, needs, {}))
    try:
        shown = to_text(interpolate(job.name, scope))
    except UsageError:
        shown = label(job.id, dict[str, Json](combination.shown))
    front = task.name.removesuffix(job.id) if task.name.endswith(job.id) else ""
    return f"{front}{shown}"
