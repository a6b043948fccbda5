"""Carries out one job of a CI workflow file, as a hosted runner would, without a container engine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from autonomous_cicd.domain.expression.evaluate import (
    JobState,
    Scope,
    condition,
    interpolate,
    references,
    resolve,
    status_functions,
)
from autonomous_cicd.domain.expression.values import to_number, to_text, truthy
from autonomous_cicd.domain.pipeline import Task
from autonomous_cicd.domain.run import StepResult, TaskResult, TaskStatus
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.domain.workflow import JobPlan, Json
from autonomous_cicd.errors import ExpressionError, UsageError
from autonomous_cicd.services.called import with_late_inputs
from autonomous_cicd.services.deferred import combinations_of, expand_deferred
from autonomous_cicd.services.job_context import (
    base_contexts,
    github_context,
    needs_state,
    repository_name,
    runner_context,
    unsure_needs,
)
from autonomous_cicd.services.job_guard import Guard
from autonomous_cicd.services.job_live import Frame, LeftOut, LiveJob, variables
from autonomous_cicd.services.job_log import JobLog
from autonomous_cicd.services.job_places import Places
from autonomous_cicd.services.job_steps import run_steps
from autonomous_cicd.services.job_tools import machine_path, take_over
from autonomous_cicd.services.job_verdict import skipped, verdict
from autonomous_cicd.services.job_world import JobWorld
from autonomous_cicd.services.refuse import job_refusal

__all__ = ["JobWorld", "expand_deferred", "run_job"]

HOSTED_MINUTES = 360.0
"""How long a job may take at the host when it says nothing."""
LARGEST_OUTPUTS = 1024 * 1024


async def run_job(task: Task, world: JobWorld) -> TaskResult:
    """Carry out the job of a task and return what became of it, and what of it was left out.

    It decides itself whether it is wanted after what became of the jobs that it needs.
    """
    plan = task.job
    if plan is None:
        raise ValueError(f"the task {task.name!r} is no job of a workflow file")
    try:
        plan, reason = _called(plan, world)
        contexts = {} if reason else _contexts(plan, world)
        if reason := reason or _unwanted(plan, world, contexts):
            return TaskResult(name=task.name, status=TaskStatus.SKIPPED, reason=reason)
        if reason := _impossible(plan, world, contexts):
            return TaskResult(name=task.name, status=TaskStatus.NOT_CHECKED, reason=reason)
        job = _begin(plan, world, contexts)
    except UsageError as error:
        return TaskResult(name=task.name, status=TaskStatus.FAILED, reason=str(error))
    frame = Frame(job=job, shell=plan.job.shell, working_directory=plan.job.working_directory)
    try:
        await run_steps(frame, plan.job.steps)
        if frame.state is JobState.SUCCESS and not job.not_checked:
            await _finish(job)
    finally:
        await world.runner.end(str(job.places.root))
    return _result(task, frame)


def _called(plan: JobPlan, world: JobWorld) -> tuple[JobPlan, str]:
    """Return a job with the inputs that its caller gives it, and why the call is not wanted. Raises."""
    if plan.caller is None:
        return plan, ""
    caller, reason = _called(plan.caller, world)
    if not reason and (unwanted := _unwanted(caller, world, _contexts(caller, world))):
        reason = f"the job {caller.job.id!r} that calls it: {unwanted}"
    if reason:
        return plan, reason
    plan = replace(plan, caller=caller)
    return with_late_inputs(plan, lambda calling: Scope(contexts=_contexts(calling, world))), ""


def _contexts(plan: JobPlan, world: JobWorld) -> dict[str, Json]:
    """Return the contexts of a job before anything of it is done. Raises ExpressionError."""
    folder = world.folder
    work = folder / "work"
    name = repository_name(world.checkout)[1]
    github = github_context(
        plan,
        world.checkout,
        workspace=work / name / name,
        event_path=work / "_temp/_github_workflow/event.json",
        run=str(world.artifacts),
    )
    scratch = world.scratch or work / "_temp"
    runner = runner_context(world.machine, scratch, folder / "tools", work / name / name)
    return base_contexts(plan, github, world.needs, runner)


def _unwanted(plan: JobPlan, world: JobWorld, contexts: Mapping[str, Json]) -> str:
    """Return why a job is not to be run: what it needs did not pass, or its own condition. Raises."""
    state = needs_state(plan, world.needs)
    text = plan.job.condition
    if name := _needs_missing_outputs(plan, world):
        return f"uses outputs of the job {name!r}, which could not be checked here"
    if not status_functions(text) - {"success"}:
        for need, names in plan.needs.items():
            for result in (world.needs[name] for name in names if name in world.needs):
                if result.status is TaskStatus.SKIPPED or (result.status.bad and not result.optional):
                    return f"the job {need!r} that it needs {_WHAT[result.status]}"
                if result.status is TaskStatus.CANCELLED:
                    return f"the job {need!r} that it needs was cancelled"
    if condition(text, Scope(contexts=contexts, status=state)):
        return ""
    return printable_line(f"its condition is not met: {text.strip()}", 300)


_WHAT = {
    TaskStatus.SKIPPED: "was skipped",
    TaskStatus.FAILED: "failed",
    TaskStatus.TIMED_OUT: "took too long",
}


def _needs_missing_outputs(plan: JobPlan, world: JobWorld) -> str:
    """Return a job that could not be checked here and whose outputs this one cannot do without."""
    unsure = {name for name in unsure_needs(plan, world.needs) if not _has_outputs(plan, world, name)}
    job = plan.job
    used = references(job.condition, bare=True) | references([job.matrix, job.runs_on, dict(job.env)])
    used |= references(dict(job.call.inputs)) if job.call else frozenset()
    for path in used:
        context, name, *rest = (*path.split("."), "", "")
        if context == "needs" and name in unsure and rest[0] == "outputs":
            return name
    return ""


def _has_outputs(plan: JobPlan, world: JobWorld, need: str) -> bool:
    return any(world.needs[name].outputs for name in plan.needs.get(need, ()) if name in world.needs)


def _impossible(plan: JobPlan, world: JobWorld, contexts: Mapping[str, Json]) -> str:
    """Return why a job cannot be carried out on this machine; "" when it can. Raises."""
    if plan.job.matrix is not None and not plan.matrix:
        return combinations_of(plan, world.needs)[1]
    return job_refusal(plan, world.machine, Scope(contexts=contexts))


def _begin(plan: JobPlan, world: JobWorld, contexts: dict[str, Json]) -> LiveJob:
    """Make the folders and the environment of a job. Raises ExpressionError, UsageError."""
    name = repository_name(world.checkout)[1]
    places = Places.create(
        world.folder,
        name,
        artifacts=world.artifacts,
        caches=world.caches,
        env=world.base_env,
        scratch=world.scratch,
    )
    event = places.temp / "_github_workflow/event.json"
    event.parent.mkdir(parents=True, exist_ok=True)
    github = contexts["github"]
    if isinstance(github, dict):
        github.update(event_path=str(event), workspace=str(places.workspace))
        event.write_text(json.dumps(github["event"], indent=2), encoding="utf-8")
    contexts["runner"] = runner_context(world.machine, places.scratch, places.tools, places.workspace)
    guard = Guard(places.root / "guard")
    guard.set_up()
    take_over(world.machine, places)
    scope = Scope(contexts=contexts)
    env = variables(plan.workflow.env, scope)
    scope = Scope(contexts={**contexts, "env": dict(env)})
    env.update(variables(plan.job.env, scope))
    minutes = to_number(interpolate(plan.job.timeout_minutes, scope)) if plan.job.timeout_minutes else 0.0
    seconds = min(world.limits.seconds, 60 * (minutes if minutes > 0 else HOSTED_MINUTES))
    return LiveJob(
        plan=plan,
        world=world,
        places=places,
        log=JobLog(world.say),
        guard=guard,
        contexts=contexts,
        deadline=world.clock.now() + seconds,
        env=env,
        machine_path=machine_path(world.machine),
    )


async def _finish(job: LiveJob) -> None:
    """Do what was put off to the end of a job that passed, the latest first."""
    for what in reversed(job.last):
        try:
            await what()
        except (UsageError, OSError) as error:
            job.log.note(f"Warning: {error}")


def _outputs(frame: Frame) -> dict[str, str]:
    """Return the job's outputs: those that are not empty and give no secret away."""
    outputs: dict[str, str] = {}
    size = 0
    for name, value in frame.job.plan.job.outputs.items():
        try:
            text = to_text(interpolate(value, frame.scope()))
        except ExpressionError as error:
            frame.job.log.note(f"Warning: the output {name!r} has no value: {error}")
            continue
        size += len(text)
        if frame.job.log.hides(text):
            frame.job.log.note(f"Warning: Skip output {name!r} since it may contain secret.")
        elif text and size <= LARGEST_OUTPUTS:
            outputs[name] = text
    return outputs


def _result(task: Task, frame: Frame) -> TaskResult:
    """Return what became of a job whose steps are done."""
    job = frame.job
    job.log.end()
    outputs = _outputs(frame)
    status, reason = verdict(
        failed=frame.failed,
        failed_name=frame.failed_name,
        left_out=job.left_out,
        total=len(job.plan.job.steps),
        checks=job.checks,
        not_checked=job.not_checked,
        unsure_needs=unsure_needs(job.plan, job.world.needs),
    )
    failed = frame.failed
    return TaskResult(
        name=task.name,
        status=status,
        exit_code=failed.exit_code if failed else 0 if status is TaskStatus.PASSED else None,
        reason=printable_line(job.log.masked_text(reason), 600),
        excerpt=failed.excerpt if failed else (),
        steps=tuple(_masked(job, step) for step in job.results),
        skipped=skipped([_shown(job, one) for one in job.left_out]),
        outputs=outputs,
        cpu_seconds=job.cpu_seconds,
        peak_memory=job.peak_memory,
        optional=task.optional or _tolerated(frame),
    )


def _tolerated(frame: Frame) -> bool:
    """Whether the run may be green although this job failed (its `continue-on-error`)."""
    try:
        return truthy(resolve(frame.job.plan.job.continue_on_error, frame.scope()))
    except ExpressionError:
        return False


def _masked(job: LiveJob, step: StepResult) -> StepResult:
    return replace(step, reason=job.log.masked_text(step.reason), command=job.log.masked_text(step.command))


def _shown(job: LiveJob, one: LeftOut) -> LeftOut:
    return replace(one, reason=printable_line(job.log.masked_text(one.reason), 300))
