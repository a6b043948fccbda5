"""Carries out the `uses` of a step, by our own means."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from autonomous_cicd.domain.expression.evaluate import interpolate
from autonomous_cicd.domain.expression.values import to_text
from autonomous_cicd.domain.workflow import Step
from autonomous_cicd.errors import ExpressionError, PortError, UsageError
from autonomous_cicd.plugins import Action, ActionCall, ActionOutcome, action_for
from autonomous_cicd.services.excerpt import excerpt
from autonomous_cicd.services.job_live import Ended, Frame, LeftOut
from autonomous_cicd.services.job_site import Site

__all__ = ["use_action"]

log = logging.getLogger(__name__)


async def use_action(frame: Frame, step: Step, env: Mapping[str, str], seconds: float | None) -> Ended:
    """Carry out an action of the marketplace. Raises ExpressionError."""
    uses = step.uses or ""
    if uses.startswith("docker://"):
        return Ended(left_out="an action that is a container image needs a container engine")
    found = action_for(uses, frame.job.world.actions)
    if found is None:
        return Ended(left_out=f"the action {uses.partition('@')[0]} is not known here")
    scope = frame.scope(env)
    inputs = {name.lower(): to_text(interpolate(value, scope)) for name, value in step.inputs.items()}
    site = Site(frame, env, seconds)
    outcome = await _carried_out(found, ActionCall(uses=uses, inputs=inputs, site=site))
    return _ended(frame, step, outcome)


async def _carried_out(found: Action, call: ActionCall) -> ActionOutcome:
    try:
        return await found.run(call)
    except ExpressionError:
        raise
    except (UsageError, PortError) as error:
        hint = f" ({error.hint})" if error.hint else ""
        return ActionOutcome(passed=False, reason=f"{error}{hint}")
    except Exception as error:
        log.exception("the plug-in for %s failed", call.uses)
        return ActionOutcome(skipped=f"carrying it out here failed: {type(error).__name__}: {error}")


def _ended(frame: Frame, step: Step, outcome: ActionOutcome) -> Ended:
    """Return how the step ended; take note of what the action left out."""
    job = frame.job
    job.checks += outcome.checked
    if outcome.not_checked:
        job.not_checked = outcome.not_checked
        return Ended(passed=False, reason=outcome.not_checked, doubt=outcome.not_checked)
    if outcome.skipped:
        return Ended(left_out=outcome.skipped, harmless=outcome.harmless)
    for note in outcome.notes:
        name = frame.named(step.title)
        job.left_out.append(LeftOut(step=name, reason=note, harmless=True, whole=False))
    if outcome.passed:
        return Ended(outputs=outcome.outputs, exit_code=outcome.exit_code)
    return Ended(
        passed=False,
        reason=outcome.reason,
        exit_code=outcome.exit_code,
        outputs=outcome.outputs,
        excerpt=excerpt(line.decode("utf-8", "replace") for line in job.log.lines),
    )
