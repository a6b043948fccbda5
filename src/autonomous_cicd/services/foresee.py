"""Says before a run which steps of a job will be left out, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from autonomous_cicd.domain.expression.evaluate import Scope
from autonomous_cicd.domain.expression.foretell import foretell
from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.domain.workflow import JobPlan, Step
from autonomous_cicd.domain.workflow_limits import step_limit
from autonomous_cicd.errors import ExpressionError
from autonomous_cicd.plugins import action_for

__all__ = ["LATE", "foresee", "known_action", "step_refusal", "unchecked"]

LATE = frozenset({"env", "job", "jobs", "needs", "steps"})
"""Contexts that are known only when a job runs."""

_PREPARING = ("actions/checkout", "actions/cache", "actions/upload-", "actions/download-")
_SETTING_UP = "setup"

Known = Callable[[str], bool]


def known_action(uses: str) -> bool:
    """Tell whether the shelf of actions has one that does what this one does."""
    return action_for(uses) is not None


def step_refusal(step: Step, known: Known = known_action) -> str:
    """Return why a step will be left out; "" when it will be carried out.

    Of an action that the project itself holds, each step is asked when it is its turn.
    """
    if step.special:
        return f"`{step.special}` steps are not interpreted here"
    if step.uses is not None and not _local(step.uses):
        if step.uses.startswith("docker://"):
            return "needs a container engine"
        if not known(step.uses):
            return f"uses {printable_line(step.uses.partition('@')[0], 100)}, which has no substitute here"
        return ""
    return step_limit(step)


def foresee(plan: JobPlan, known: Known = known_action) -> tuple[Skipped, ...]:
    """Return the steps of a job that will be left out, each with the reason."""
    refusals = ((step, step_refusal(step, known)) for step in plan.job.steps)
    return tuple(Skipped(printable_line(step.title, 100), reason) for step, reason in refusals if reason)


def unchecked(plan: JobPlan, scope: Scope, known: Known = known_action) -> str:
    """Return why nothing of a job that says anything about the project can be carried out here.

    "" when something remains: a script, an action that checks something, an action of the project.
    """
    steps = list(_wanted(plan, scope))
    refusals = [step_refusal(step, known) for step in steps]
    if any(not refusal and _telling(step) for step, refusal in zip(steps, refusals, strict=True)):
        return ""
    reasons = list(dict.fromkeys(filter(None, refusals)))
    if not reasons:
        return "has no step that checks anything here"
    more = f", and {len(reasons) - 2} more" if len(reasons) > 2 else ""
    return f"no step that checks anything remains: {'; '.join(reasons[:2])}{more}"


def _wanted(plan: JobPlan, scope: Scope) -> Iterator[Step]:
    """Yield the steps whose condition may hold."""
    for step in plan.job.steps:
        try:
            if foretell(step.condition, scope, late=LATE) is not False:
                yield step
        except ExpressionError:
            yield step


def _local(uses: str) -> bool:
    return uses.startswith(("./", "../"))


def _telling(step: Step) -> bool:
    if step.uses is None or _local(step.uses):
        return True
    name = step.uses.lower()
    return not name.startswith(_PREPARING) and _SETTING_UP not in name.split("@", 1)[0]
