"""What a job of a called workflow, or one that needs a call, learns when the run gets there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from autonomous_cicd.domain.expression.evaluate import Scope, interpolate
from autonomous_cicd.domain.expression.values import to_text
from autonomous_cicd.domain.workflow import CallPlan, JobPlan, Json
from autonomous_cicd.services.workflow_inputs import call_inputs

__all__ = ["call_outputs", "with_late_inputs"]


def with_late_inputs(plan: JobPlan, scope_of: Callable[[JobPlan], Scope]) -> JobPlan:
    """Return the plan with all its inputs, now that the jobs which its caller needs are done.

    `scope_of` returns what the calling job sees. Raises UsageError, ExpressionError.
    """
    if plan.caller is None or plan.caller.job.call is None:
        return plan
    caller = with_late_inputs(plan.caller, scope_of)
    if not plan.late:
        return replace(plan, caller=caller)
    given = plan.caller.job.call.inputs
    inputs = call_inputs(plan.workflow, given, scope_of(caller)).values
    return replace(plan, inputs=inputs, late=(), caller=caller)


def call_outputs(
    call: CallPlan, outputs: Mapping[str, Mapping[str, str]], github: Mapping[str, Json]
) -> dict[str, Json]:
    """Return the outputs of a called workflow; `outputs` are those of its tasks, by their names.

    Raises ExpressionError.
    """
    jobs: dict[str, Json] = {}
    for identity, names in call.jobs.items():
        own: dict[str, Json] = {}
        if identity in call.calls:
            own.update(call_outputs(call.calls[identity], outputs, github))
        for name in () if identity in call.calls else names:
            own.update(
                {key: value for key, value in outputs.get(name, {}).items() if value or key not in own}
            )
        jobs[identity] = {"outputs": own}
    contexts: dict[str, Json] = {
        "jobs": jobs,
        "inputs": dict(call.inputs),
        "github": dict(github),
        "vars": {},
    }
    return {
        name: to_text(interpolate(value, Scope(contexts))) for name, value in call.workflow.outputs.items()
    }
