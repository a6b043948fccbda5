"""Carries out the actions that the project itself holds (`uses: ./path`)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from autonomous_cicd.domain.expression.evaluate import interpolate
from autonomous_cicd.domain.expression.values import to_text
from autonomous_cicd.domain.workflow import Json, LocalAction, Step
from autonomous_cicd.errors import DocumentError, UsageError
from autonomous_cicd.services.job_live import Ended, Frame, LiveJob, variables
from autonomous_cicd.services.job_script import ended
from autonomous_cicd.workflows.file import read_action

__all__ = ["use_local"]

Steps = Callable[[Frame, tuple[Step, ...]], Awaitable[None]]
DEEPEST = 9
"""How many composite actions may use each other, as at the host."""
LARGEST = 1024 * 1024


async def use_local(
    frame: Frame, step: Step, env: Mapping[str, str], own: Mapping[str, str], steps: Steps
) -> Ended:
    """Carry out a local action; `steps` executes the steps of a frame. Raises ExpressionError."""
    job = frame.job
    uses = step.uses or ""
    try:
        folder = await _folder(job, uses)
        action = _read(folder, uses)
        inputs = _inputs(action, frame, step, env)
    except UsageError as error:
        return Ended(passed=False, reason=str(error))
    if action.using == "composite":
        return await _composite(
            action,
            Frame(
                job=job,
                label=frame.named(step.title),
                env={**frame.env, **variables(step.env, frame.scope())},
                inputs=inputs,
                github={**frame.github, "action_path": str(folder)},
            ),
            steps,
        )
    if action.using.startswith("node") and action.around:
        return Ended(left_out="what it does before and after the job (`pre`, `post`) is not done here")
    if action.using.startswith("node"):
        return await _node(action, folder, frame, {**env, **own}, inputs)
    return Ended(left_out=f"an action that runs with {action.using} needs a container engine")


async def _folder(job: LiveJob, uses: str) -> Path:
    """Return the folder of an action: in the workspace, or in the commit itself, which is copied once."""
    if not uses.startswith("$/"):
        return job.places.inside(uses)
    commit = job.places.root / "commit"
    if not commit.exists():
        await asyncio.to_thread(job.world.workspace.copy, job.world.checkout, commit)
    return job.places.inside(f"./{uses[2:]}", commit)


def _read(folder: Path, uses: str) -> LocalAction:
    for name in ("action.yml", "action.yaml"):
        file = folder / name
        if file.is_file() and file.stat().st_size <= LARGEST:
            return read_action(file.read_text(encoding="utf-8", errors="replace"), path=f"{uses}/{name}")
    raise DocumentError(
        f"Can't find 'action.yml' or 'action.yaml' under '{uses}'", hint="check the project out before it"
    )


def _inputs(action: LocalAction, frame: Frame, step: Step, env: Mapping[str, str]) -> dict[str, Json]:
    """Return the `inputs` of the action: what was given, else its defaults."""
    scope = frame.scope(env)
    given = {name.lower(): to_text(interpolate(value, scope)) for name, value in step.inputs.items()}
    inputs: dict[str, Json] = dict(given)
    for name, declared in action.inputs.items():
        if name not in given:
            inputs[name] = to_text(interpolate(declared.default, scope))
    return inputs


async def _composite(action: LocalAction, inner: Frame, steps: Steps) -> Ended:
    """Execute the steps of a composite action in a frame of their own."""
    if inner.label.count(" / ") >= DEEPEST:
        return Ended(passed=False, reason=f"more than {DEEPEST} composite actions use each other")
    await steps(inner, action.steps)
    outputs = {name: interpolate(value, inner.scope()) for name, value in action.outputs.items()}
    unsure = inner.depends(dict(action.outputs))
    failed = inner.failed
    if failed is None:
        return Ended(outputs=outputs, unsure=unsure)
    return Ended(
        passed=False,
        exit_code=failed.exit_code,
        reason=f"{inner.failed_name}: {failed.reason}",
        timed_out=failed.timed_out,
        doubt=failed.doubt,
        excerpt=failed.excerpt,
        outputs=outputs,
    )


async def _node(
    action: LocalAction, folder: Path, frame: Frame, env: Mapping[str, str], inputs: Mapping[str, Json]
) -> Ended:
    """Execute a JavaScript action of the project with the machine's Node."""
    job = frame.job
    node = job.world.machine.programs.get("node")
    if not node:
        return Ended(left_out="Node is not installed here")
    main = job.places.inside(action.main, folder)
    if not main.is_file():
        return Ended(passed=False, reason=f"its program {action.main!r} does not exist")
    given = {f"INPUT_{name.replace(' ', '_').upper()}": to_text(value) for name, value in inputs.items()}
    own = {name: value for name, value in env.items() if name.startswith("GITHUB_")}
    whole = {**job.environment(env, {**frame.github, "action_path": str(folder)}), **own, **given}
    job.checks += 1
    outcome = await job.execute((node, str(main)), cwd=job.places.workspace, env=whole)
    return ended(job, outcome)
