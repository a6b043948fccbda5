"""Says why a job cannot be carried out on this machine at all."""

from __future__ import annotations

from collections.abc import Iterator

from autonomous_cicd.domain.expression.evaluate import Scope, interpolate, resolve
from autonomous_cicd.domain.expression.foretell import foretell, is_late
from autonomous_cicd.domain.expression.values import to_text
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.runners import runner_refusal
from autonomous_cicd.domain.version import choose, node_package
from autonomous_cicd.domain.workflow import JobPlan, Json, Step
from autonomous_cicd.errors import ExpressionError
from autonomous_cicd.services.foresee import LATE, Refused, action_refusal, unchecked

__all__ = ["job_refusal"]

_LANGUAGES = {
    "actions/setup-python": ("python", "Python", "python-version"),
    "actions/setup-node": ("node", "Node.js", "node-version"),
}


def job_refusal(plan: JobPlan, machine: Machine, scope: Scope, refused: Refused = action_refusal) -> str:
    """Return why a job with these values of its matrix cannot be carried out here; "" when it can.

    What is known only when it runs (a matrix that other jobs make, too) is no reason yet: ask again then.
    Raises ExpressionError when one of its expressions has no value.
    """
    late = LATE | {"matrix", "strategy"} if plan.deferred else LATE
    job = plan.job
    runner = "" if is_late(job.runs_on, late) else runner_refusal(resolve(job.runs_on, scope), machine)
    if runner:
        return runner
    if _given(job.container, scope, late):
        return "runs in a container, which needs a container engine"
    if _given(job.services, scope, late):
        return "needs service containers, and with them a container engine"
    return unchecked(plan, scope, refused) or _missing_interpreter(plan, machine, scope, late)


def _given(value: Json, scope: Scope, late: frozenset[str]) -> bool:
    """Tell whether a container is asked for: an empty name means none."""
    image = value.get("image") if isinstance(value, dict) and "image" in value else value
    if is_late(image, late):
        return False
    return bool(interpolate(image, scope))


def _missing_interpreter(plan: JobPlan, machine: Machine, scope: Scope, late: frozenset[str]) -> str:
    for step in plan.job.steps:
        name = (step.uses or "").split("@", 1)[0].lower()
        if name in _LANGUAGES and _surely(step, scope):
            language, title, key = _LANGUAGES[name]
            for spec in _specs(step.inputs.get(key), scope, late):
                if choose(spec, machine.interpreters, language) is None and not _fetchable(
                    spec, language, machine
                ):
                    return f"needs {title} {spec}, which is not on this machine: install it"
    return ""


def _fetchable(spec: str, language: str, machine: Machine) -> bool:
    """Tell whether the setup action will try to fetch it."""
    return language == "node" and "npm" in machine.programs and bool(node_package(spec, machine))


def _surely(step: Step, scope: Scope) -> bool:
    return not step.condition or foretell(step.condition, scope, late=LATE) is not False


def _specs(value: Json, scope: Scope, late: frozenset[str]) -> Iterator[str]:
    if is_late(value, late):
        return
    try:
        text = to_text(interpolate(value, scope))
    except ExpressionError:
        return
    yield from filter(None, map(str.strip, text.splitlines()))
