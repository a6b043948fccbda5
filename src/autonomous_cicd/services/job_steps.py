"""Executes steps one after the other, with the code host's rules for conditions, outputs and failures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from autonomous_cicd.domain.expression.evaluate import JobState, condition, interpolate, status_functions
from autonomous_cicd.domain.expression.values import to_number, to_text, truthy
from autonomous_cicd.domain.run import StepResult, TaskStatus
from autonomous_cicd.domain.secret_checks import needs_secret
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.domain.workflow import Json, Step
from autonomous_cicd.domain.workflow_limits import step_limit
from autonomous_cicd.errors import ExpressionError, UsageError
from autonomous_cicd.services.composite import use_local
from autonomous_cicd.services.job_actions import use_action
from autonomous_cicd.services.job_files import StepFiles, parse_lines, read_bounded
from autonomous_cicd.services.job_live import Ended, Frame, LeftOut
from autonomous_cicd.services.job_script import run_script

__all__ = ["run_steps"]

LONGEST_NAME = 120
REFUSED = frozenset(("node_options",))
"""Variables that a hosted runner does not take from GITHUB_ENV."""


async def run_steps(frame: Frame, steps: tuple[Step, ...]) -> None:
    """Execute the steps of a frame in their order."""
    for step in steps:
        await _step(frame, step)


async def _step(frame: Frame, step: Step) -> None:
    """Execute a step, and take note of how it ended."""
    job = frame.job
    began = job.world.clock.now()
    name = frame.named(_title(frame, step))
    if job.not_checked or job.timed_out:
        reason = "the job ended before it"
        job.results.append(StepResult(name=name, status=TaskStatus.SKIPPED, reason=reason))
        return
    tolerant = False
    try:
        env = frame.step_env(step.env)
        if not _wanted(frame, step, env):
            _not_wanted(frame, step, name)
            return
        job.log.begin()
        job.world.on_step(name)
        job.log.note(f"Run {name}" if not name.startswith("Run ") else name)
        tolerant = truthy(interpolate(step.continue_on_error, frame.scope(env)))
        ended = await _carried_out(frame, step, env)
    except (UsageError, OSError) as error:
        ended = Ended(passed=False, reason=str(error))
    ended = _with_refusals(frame, ended, name)
    _record(frame, step, ended, name, tolerant)
    seconds = job.world.clock.now() - began
    job.results.append(_result(ended, name, seconds, tolerant))


def _title(frame: Frame, step: Step) -> str:
    """Return the name of a step, its expressions replaced where that can be done."""
    title = step.title
    with suppress(ExpressionError):
        title = to_text(interpolate(title, frame.scope(frame.step_env(step.env))))
    return printable_line(frame.job.log.masked_text(title), LONGEST_NAME) or "Run"


def _wanted(frame: Frame, step: Step, env: Mapping[str, str]) -> bool:
    """Whether the step is to be executed. Raises ExpressionError."""
    if frame.depends(step.condition, bare=True):
        return frame.state is JobState.SUCCESS or bool(status_functions(step.condition))
    return condition(step.condition, frame.scope(env))


def _not_wanted(frame: Frame, step: Step, name: str) -> None:
    """Take note of a step that its own condition leaves out."""
    late = frame.state is not JobState.SUCCESS and not status_functions(step.condition)
    reason = "a step before it failed" if late else f"its condition is not met: {step.condition.strip()}"
    result = StepResult(name=name, status=TaskStatus.SKIPPED, reason=printable_line(reason, 300))
    frame.job.results.append(result)
    _remember(frame, step, "skipped", "skipped", {})


async def _carried_out(frame: Frame, step: Step, env: Mapping[str, str]) -> Ended:
    """Do what the step says, unless it cannot be done here. Raises ExpressionError."""
    if reason := _limit(frame, step):
        return Ended(left_out=reason)
    job = frame.job
    seconds = _seconds(frame, step, env)
    job.number += 1
    files = StepFiles.create(job.places.own(job.places.temp / "_runner_file_commands"), job.number)
    own = {**files.variables, "GITHUB_ACTION": _action_name(frame, step)}
    if step.run is not None:
        ended = await run_script(frame, step, env, own, seconds)
    elif step.local:
        ended = await use_local(frame, step, env, own, run_steps)
    else:
        ended = await use_action(frame, step, env, seconds)
    return _after(frame, files, ended)


def _limit(frame: Frame, step: Step) -> str:
    """Return why a step cannot be carried out here; "" when it can."""
    if step.special:
        return f"a step with `{step.special}` is not interpreted here"
    if reason := step_limit(step):
        return reason
    everything: list[Json] = [step.run, dict(step.env), dict(step.inputs), step.working_directory]
    name = frame.depends(everything) or frame.depends(step.condition, bare=True)
    return f"uses outputs of the step {name!r}, which was not carried out here" if name else ""


def _seconds(frame: Frame, step: Step, env: Mapping[str, str]) -> float | None:
    """Return how long a step may take at most; None when nothing is said."""
    if step.timeout_minutes is None:
        return None
    minutes = to_number(interpolate(step.timeout_minutes, frame.scope(env)))
    return minutes * 60 if math.isfinite(minutes) and minutes > 0 else None


def _action_name(frame: Frame, step: Step) -> str:
    """Return what GITHUB_ACTION says: the id, or else a name that counts."""
    if step.id:
        return step.id
    uses = (step.uses or "").partition("@")[0].replace("./", "self").replace("$/", "self").replace("/", "_")
    name = f"__{uses or 'run'}"
    count = frame.job.unnamed[name] = frame.job.unnamed.get(name, 0) + 1
    return name if count == 1 else f"{name}_{count}"


def _after(frame: Frame, files: StepFiles, ended: Ended) -> Ended:
    """Take over what the step wrote into its files."""
    job = frame.job
    try:
        outputs = files.pairs(files.output)
        env = files.pairs(files.env)
        paths = parse_lines(read_bounded(files.path))
    except ValueError as error:
        job.log.note(f"Error: Unable to process a file command successfully. {error}")
        reason = ended.reason or str(error)
        return replace(ended, passed=False, reason=reason)
    for name, value in env.items():
        if name.lower() in REFUSED:
            job.log.note(f"Error: Can't store {name} output parameter using '$GITHUB_ENV' command.")
        elif "\0" not in name + value:
            job.env[name] = value
    for path in paths:
        job.add_path(path)
    files.remove()
    return replace(ended, outputs={**ended.outputs, **outputs})


def _with_refusals(frame: Frame, ended: Ended, name: str) -> Ended:
    """Take note of what the step was refused: its success says less then."""
    job = frame.job
    for call in job.guard.refused():
        reason = f"`{call}` was refused: it would change this machine"
        job.left_out.append(LeftOut(step=name, reason=reason, whole=False))
        if not ended.passed:
            ended = replace(ended, doubt=ended.doubt or reason)
    return ended


def _record(frame: Frame, step: Step, ended: Ended, name: str, tolerant: bool) -> None:
    """Take note of how a step ended, for the expressions of the following ones and for the verdict."""
    job = frame.job
    if ended.left_out:
        job.log.note(f"not carried out here: {ended.left_out}")
        check = ended.left_out == needs_secret(step)
        left_out = LeftOut(step=name, reason=ended.left_out, harmless=ended.harmless, check=check)
        job.left_out.append(left_out)
        if step.id:
            frame.left_out[step.id.lower()] = name
        _remember(frame, step, "skipped", "skipped", {})
        return
    if step.id and ended.unsure:
        frame.left_out[step.id.lower()] = ended.unsure
    outcome = "success" if ended.passed else "failure"
    if not ended.passed:
        job.log.note(f"Error: {ended.reason}")
        if not tolerant:
            frame.state = JobState.FAILURE
            if frame.failed is None:
                frame.failed, frame.failed_name = ended, _last_part(frame, name)
    _remember(frame, step, outcome, "success" if tolerant else outcome, ended.outputs)


def _last_part(frame: Frame, name: str) -> str:
    return name.removeprefix(f"{frame.label} / ") if frame.label else name


def _remember(frame: Frame, step: Step, outcome: str, conclusion: str, outputs: Mapping[str, Json]) -> None:
    """Put a step with an id into the `steps` context."""
    if step.id:
        frame.steps[step.id] = {"outputs": dict(outputs), "outcome": outcome, "conclusion": conclusion}


def _result(ended: Ended, name: str, seconds: float, tolerant: bool) -> StepResult:
    """Return what the report says of a step."""
    status, reason = TaskStatus.PASSED, ""
    if ended.left_out:
        status, reason = TaskStatus.SKIPPED, ended.left_out
    elif not ended.passed:
        status = TaskStatus.TIMED_OUT if ended.timed_out else TaskStatus.FAILED
        reason = f"{ended.reason}; the job goes on (continue-on-error)" if tolerant else ended.reason
        if ended.doubt:
            status = TaskStatus.NOT_CHECKED
            reason = ended.doubt
    return StepResult(
        name=name,
        status=status,
        seconds=seconds,
        exit_code=ended.exit_code,
        reason=reason,
        command=ended.command,
    )
