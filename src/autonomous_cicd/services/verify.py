"""Verify: tries a prescription by running the pipeline with it, and judges what came of it."""

from __future__ import annotations

from collections.abc import Callable

from autonomous_cicd.cases import Ran, Ward
from autonomous_cicd.domain.integrity import test_objections
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.run import RunStatus, TaskResult, TaskStatus
from autonomous_cicd.domain.tallies import counts
from autonomous_cicd.domain.verification import NO_TESTS, Counts, Outcome, Trial, Verification
from autonomous_cicd.errors import PortError, UsageError
from autonomous_cicd.services.failing import Broken, broken
from autonomous_cicd.values import dataclass

__all__ = ["Tested", "trial_of", "verify"]

AGAIN = 10
"""Green runs in a row after which something flaky counts as healed."""
PATIENCE = 300.0
"""Seconds after which no further run of those is begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """A verification, and the run that it rests on."""

    verification: Verification
    ran: Ran | None = None


async def verify(
    ward: Ward,
    patch: Patch,
    *,
    before: Ran,
    first: Ran | None = None,
    wrong: Broken,
    now: Callable[[], float],
    flaky: bool = False,
) -> Tested:
    """Run the pipeline with a patch and return what that proves about what was wrong before.

    `first` is the run before any change: not less may be checked than it checked.
    """
    red = (trial_of(before, "as it was"),)
    try:
        ran = await ward.run(patch)
    except (PortError, UsageError) as error:
        return Tested(verification=Verification(outcome=Outcome.REFUSED, reason=str(error), red=red))
    outcome, reason = _judged(ward, before, ran, wrong)
    if outcome is Outcome.GREEN and first and (less := _less_checked(first, ran)):
        outcome, reason = Outcome.WORSE, less
    trials = [trial_of(ran, "with the change" if patch else "again, unchanged")]
    if outcome is Outcome.GREEN and flaky:
        until = now() + PATIENCE
        while len(trials) < AGAIN and now() < until:
            more = await ward.run(patch, only=wrong.task)
            trials.append(trial_of(more, f"with the change, run {len(trials) + 1}"))
            if more.run.status is RunStatus.CANCELLED:
                outcome, reason = Outcome.STOPPED, more.run.reason
                break
            if more.run.status is not RunStatus.PASSED:
                outcome, reason = Outcome.SAME, f"run {len(trials)} of {AGAIN} failed again"
                break
    verification = Verification(outcome=outcome, reason=reason, red=red, trials=tuple(trials))
    return Tested(verification=verification, ran=ran)


def trial_of(ran: Ran, what: str) -> Trial:
    """Return a run as a part of a proof."""
    commands: list[tuple[str, int | None]] = [
        (step.command or step.name, step.exit_code)
        for task in ran.run.tasks
        for step in task.steps
        if step.exit_code is not None
    ]
    planned = {task.name: task for task in ran.pipeline.tasks} if ran.pipeline else {}
    for task in ran.run.tasks:
        if not task.steps:
            texts = [one.text for one in planned[task.name].commands] if task.name in planned else []
            commands.append(("\n".join(texts) or task.name, task.exit_code))
    return Trial(
        run=ran.run.id,
        what=what,
        green=ran.run.status is RunStatus.PASSED,
        seconds=ran.run.seconds,
        commands=tuple(commands),
        tests=_tests(ran),
    )


def _judged(ward: Ward, before: Ran, after: Ran, wrong: Broken) -> tuple[Outcome, str]:
    if after.run.status is RunStatus.CANCELLED:
        return Outcome.STOPPED, after.run.reason
    if reason := _less_checked(before, after):
        return Outcome.WORSE, reason
    if after.run.status is RunStatus.PASSED:
        return Outcome.GREEN, ""
    left = list(broken(after, ward.diagnose))
    same = [one for one in left if one.task == wrong.task and _same(one, wrong)]
    if same or not left:
        return Outcome.SAME, same[0].failure.message if same else after.run.reason
    if reason := _newly_red(before, after):
        return Outcome.WORSE, reason
    if any(one.task == wrong.task for one in left) and _steps(after, wrong.task) < _steps(before, wrong.task):
        return Outcome.WORSE, f"now it fails earlier: {left[0].failure.message}"
    old, new = (counts(ran.logs.get(wrong.task, "")) for ran in (before, after))
    if old.passed and not new.passed:
        return (
            Outcome.WORSE,
            f"{old.passed} tests passed before, and now none does: {left[0].failure.message}",
        )
    if wrong.failure.message in after.logs.get(wrong.task, ""):
        return Outcome.SAME, wrong.failure.message
    return Outcome.PROGRESS, f"left is: {left[0].failure.message}"


def _same(one: Broken, other: Broken) -> bool:
    return one.failure.fingerprint == other.failure.fingerprint or (
        one.failure.message == other.failure.message
    )


def _less_checked(before: Ran, after: Ran) -> str:
    """Return what was checked before and is not checked any more; "" when nothing is."""
    old, new = _checked(before), _checked(after)
    if len(new) < len(old):
        return f"{len(old)} tasks were checked before, now {len(new)} are"
    for name, task in old.items():
        steps = len([step for step in task.steps if step.status is TaskStatus.PASSED])
        now = new.get(name)
        if now and now.status is TaskStatus.PASSED and len(now.steps) < len(task.steps):
            return f"{name} had {len(task.steps)} steps, and has {len(now.steps)} now"
        if now and now.status is TaskStatus.PASSED:
            done = len([step for step in now.steps if step.status is TaskStatus.PASSED])
            if done < steps:
                return f"{name} passed {steps} steps before it failed, and passes only {done} now"
    if after.run.status is RunStatus.PASSED:
        found = next(test_objections(_tests(before), _tests(after)), None)
        return str(found) if found else ""
    return ""


def _checked(ran: Ran) -> dict[str, TaskResult]:
    return {task.name: task for task in ran.run.tasks if task.status.bad or task.status is TaskStatus.PASSED}


def _newly_red(before: Ran, after: Ran) -> str:
    passed = {task.name for task in before.run.tasks if task.status is TaskStatus.PASSED}
    worse = [task.name for task in after.run.tasks if task.status.bad and task.name in passed]
    return f"{worse[0]} passed before, and fails now" if worse else ""


def _steps(ran: Ran, task: str) -> int:
    """Return how many steps of a task were passed before it failed."""
    result = next((one for one in ran.run.tasks if one.name == task), None)
    return sum(step.status is TaskStatus.PASSED for step in result.steps) if result else 0


def _tests(ran: Ran) -> Counts:
    return sum((counts(log) for log in ran.logs.values()), NO_TESTS)
