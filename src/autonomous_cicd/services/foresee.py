"""Says before a run which steps of a job will be left out, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from autonomous_cicd.domain.expression.evaluate import Scope
from autonomous_cicd.domain.expression.foretell import foretell
from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.domain.secret_checks import needs_secret
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.domain.workflow import JobPlan, Step
from autonomous_cicd.domain.workflow_limits import step_limit
from autonomous_cicd.plugins import Declining, action_for

__all__ = [
    "LATE",
    "Refused",
    "action_refusal",
    "check_without_secret",
    "foresee",
    "step_refusal",
    "unchecked",
]

LATE = frozenset({"env", "job", "jobs", "needs", "steps"})
"""Contexts that are known only when a job runs."""

_PREPARING = ("actions/checkout", "actions/cache", "actions/upload-", "actions/download-")
_SETTING_UP = "setup"

Refused = Callable[[str], str]


def action_refusal(uses: str) -> str:
    """Return why an action of the marketplace is not carried out here; "" when the shelf has one for it."""
    plugin = action_for(uses)
    if plugin is None:
        return f"uses {printable_line(uses.partition('@')[0], 100)}, which has no substitute here"
    return plugin.decline(uses) if isinstance(plugin, Declining) else ""


def step_refusal(step: Step, refused: Refused = action_refusal) -> str:
    """Return why a step will be left out; "" when it will be carried out.

    Of an action that the project itself holds, each step is asked when it is its turn.
    """
    if step.special:
        return f"`{step.special}` steps are not interpreted here"
    if step.uses is None or step.local:
        return step_limit(step)
    return "needs a container engine" if step.uses.startswith("docker://") else refused(step.uses)


def foresee(plan: JobPlan, refused: Refused = action_refusal) -> tuple[Skipped, ...]:
    """Return the steps of a job that will be left out, each with the reason."""
    refusals = ((step, step_refusal(step, refused)) for step in plan.job.steps)
    return tuple(Skipped(printable_line(step.title, 100), reason) for step, reason in refusals if reason)


def unchecked(plan: JobPlan, scope: Scope, refused: Refused = action_refusal) -> str:
    """Return why nothing of a job that says anything about the project can be carried out here.

    "" when something remains: a script, an action that checks something, an action of the project.
    """
    steps = list(_wanted(plan, scope))
    refusals = [step_refusal(step, refused) for step in steps]
    if any(not refusal and _telling(step) for step, refusal in zip(steps, refusals, strict=True)):
        return ""
    reasons = list(dict.fromkeys(filter(None, refusals)))
    if not reasons:
        return "has no step that checks anything here"
    more = f", and {len(reasons) - 2} more" if len(reasons) > 2 else ""
    return f"no step that checks anything remains: {'; '.join(reasons[:2])}{more}"


def check_without_secret(plan: JobPlan, scope: Scope, refused: Refused = action_refusal) -> str:
    """Return why nothing of a job remains, when a check is among it that needs a secret; "" otherwise."""
    wanted = any(needs_secret(step) for step in _wanted(plan, scope))
    return unchecked(plan, scope, refused) if wanted else ""


def _wanted(plan: JobPlan, scope: Scope) -> Iterator[Step]:
    """Yield the steps whose condition may hold."""
    return (step for step in plan.job.steps if foretell(step.condition, scope, late=LATE) is not False)


def _telling(step: Step) -> bool:
    if step.uses is None or step.local:
        return True
    name = step.uses.lower()
    return not name.startswith(_PREPARING) and _SETTING_UP not in name.split("@", 1)[0]
