"""Expands the jobs of a workflow into tasks: matrices, calls of other workflows, needs."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from itertools import chain, count
from pathlib import Path, PurePosixPath

from autonomous_cicd.domain.expression.evaluate import Scope, interpolate, resolve, status_functions
from autonomous_cicd.domain.expression.foretell import foretell, is_late
from autonomous_cicd.domain.expression.values import to_number, to_text, truthy
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.matrix import Combination, expand, label
from autonomous_cicd.domain.pipeline import Limits, Skipped, Stage, Task
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.domain.workflow import CallPlan, Job, JobPlan, Json, Workflow
from autonomous_cicd.errors import DocumentError, ExpressionError, UsageError
from autonomous_cicd.ports import Checkout, Files
from autonomous_cicd.services.foresee import LATE, Refused, check_without_secret
from autonomous_cicd.services.job_context import github_context
from autonomous_cicd.services.refuse import job_refusal
from autonomous_cicd.services.workflow_inputs import call_inputs
from autonomous_cicd.values import dataclass
from autonomous_cicd.workflows.file import read_workflow

__all__ = ["Draft", "Placed", "expand_workflow", "static_scope"]

MAX_JOBS = 2_000
"""Most jobs, combinations counted, that are planned or left out."""

MAX_CALLS = 10
"""Most workflows that call one another, as at the host."""

_HOST_MINUTES = 360.0
_NAME_LENGTH = 200


class _TooManyError(UsageError):
    """Raised when no sensible number of tasks comes out: nothing at all is planned then."""


@dataclass(slots=True)
class Draft:
    """What is being planned, and from what."""

    files: Files
    checkout: Checkout
    machine: Machine
    refused: Refused
    tasks: list[Task] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    problems: list[DocumentError] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    jobs: int = 0
    read: dict[str, Workflow] = field(default_factory=dict)
    """Called workflows, by path."""

    def count(self) -> None:
        """Count a job. Raises UsageError when no sensible plan comes out."""
        self.jobs += 1
        if self.jobs > MAX_JOBS:
            raise _TooManyError(
                f"the workflows have more than {MAX_JOBS} jobs", hint="name one with --workflow"
            )

    def workflow(self, path: str) -> Workflow | None:
        """Return a called workflow; None when there is no such file. Raises DocumentError."""
        if path not in self.read:
            text = self.files.read(path)
            if not text:
                return None
            self.read[path] = read_workflow(text, path=path)
        return self.read[path]

    def skip(self, what: str, reason: str, *, check: bool = False) -> None:
        """Note what is left out, and whether the host would check the project by it."""
        self.skipped.append(Skipped(printable_line(what, _NAME_LENGTH), reason, check))

    def unique(self, name: str, job: Job) -> str:
        """Return a name that no task has yet."""
        name = printable_line(name, _NAME_LENGTH).strip() or job.id
        numbered = (f"{name} #{number}" for number in count(2))
        candidates = chain((name, f"{name} [{job.id}]"), numbered)
        chosen = next(text for text in candidates if text not in self.names)
        self.names.add(chosen)
        return chosen


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of a job in the plan."""

    tasks: tuple[str, ...] = ()
    absent: str = ""
    """Why it, or a part of it, is left out, unless the host would leave it out too."""
    call: CallPlan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """What the jobs of one workflow have in common."""

    workflow: Workflow
    event: str
    inputs: Mapping[str, Json]
    late: tuple[str, ...] = ()
    title: str = ""
    """What the names of its tasks begin with."""
    caller: JobPlan | None = None
    after: tuple[str, ...] = ()
    """Tasks that the caller needs."""
    chain: tuple[str, ...] = ()
    """Paths of the workflows that called one another to get here."""


def static_scope(plan: JobPlan, checkout: Checkout, machine: Machine) -> Scope:
    """Return what expressions of a job see before any job has run."""
    nowhere = Path()
    github = github_context(plan, checkout, workspace=nowhere, event_path=nowhere, run="")
    contexts: dict[str, Json] = {
        "github": github,
        "inputs": dict(plan.inputs),
        "matrix": dict(plan.matrix),
        "strategy": {"job-index": plan.index, "job-total": plan.total},
        "vars": {},
        "secrets": {},
        "runner": {
            "os": machine.system,
            "arch": machine.architecture,
            "environment": "github-hosted",
            "debug": "",
        },
    }
    return Scope(contexts)


def expand_workflow(
    draft: Draft,
    workflow: Workflow,
    *,
    event: str,
    inputs: Mapping[str, Json],
    title: str = "",
    only: str = "",
) -> Mapping[str, Placed]:
    """Add the tasks of a workflow's jobs to a draft; of `only` one job, and those it needs."""
    setting = _Setting(workflow=workflow, event=event, inputs=inputs, title=title, chain=(workflow.path,))
    return _expand(draft, setting, _wanted(workflow, only))


def _wanted(workflow: Workflow, only: str) -> frozenset[str]:
    jobs = {job.id: job for job in workflow.jobs}
    wanted = [only] if only else list(jobs)
    for identity in wanted:
        wanted.extend(need for need in jobs[identity].needs if need not in wanted)
    return frozenset(wanted)


def _expand(draft: Draft, setting: _Setting, wanted: frozenset[str]) -> dict[str, Placed]:
    placed: dict[str, Placed] = {}
    for job in _ordered(setting.workflow.jobs):
        if job.id in wanted:
            placed[job.id] = _place(draft, setting, job, placed)
    return placed


def _ordered(jobs: tuple[Job, ...]) -> Iterator[Job]:
    """Yield jobs so that each comes after those it needs, else as in the file."""
    waiting, done = list(jobs), set[str]()
    while waiting:
        job = next(job for job in waiting if done.issuperset(job.needs))
        waiting.remove(job)
        done.add(job.id)
        yield job


def _place(draft: Draft, setting: _Setting, job: Job, placed: Mapping[str, Placed]) -> Placed:
    """Add the tasks of one job, or note why it is left out."""
    needed = {need: placed[need] for need in job.needs}
    plan = JobPlan(
        workflow=setting.workflow,
        job=job,
        event=setting.event,
        inputs=setting.inputs,
        late=setting.late,
        needs={need: entry.tasks for need, entry in needed.items()},
        calls={need: entry.call for need, entry in needed.items() if entry.call},
        absent={need: entry.absent for need, entry in needed.items() if entry.absent},
        prefix=_caller_name(setting),
        caller=setting.caller,
    )
    title = setting.title + (job.name if job.name and "${{" not in job.name else job.id)
    try:
        scope = static_scope(plan, draft.checkout, draft.machine)
        if reason := _not_wanted(plan, scope):
            draft.skip(title, reason)
            return Placed()
        missing = [need for need, entry in needed.items() if not entry.tasks]
        if missing and not status_functions(job.condition) - {"success"}:
            draft.skip(title, f"needs {', '.join(missing)}, which is left out")
            absent = any(needed[need].absent for need in missing)
            return Placed(absent=f"needs {', '.join(missing)}" if absent else "")
        return _combine(draft, setting, plan, scope)
    except _TooManyError:
        raise
    except DocumentError as error:
        draft.problems.append(error)
        return _leave_out(draft, title, str(error))
    except UsageError as error:
        return _leave_out(draft, title, f"{error} ({setting.workflow.path}:{job.line})")


def _leave_out(draft: Draft, title: str, reason: str, *, check: bool = False) -> Placed:
    draft.skip(title, reason, check=check)
    return Placed(absent=reason)


def _caller_name(setting: _Setting) -> str:
    return setting.caller.job.id if setting.caller else ""


def _late(plan: JobPlan) -> frozenset[str]:
    """Return the contexts that are not known before the job runs."""
    inputs = frozenset(f"inputs.{name.lower()}" for name in plan.late)
    return inputs | {"needs"} if plan.job.needs else inputs


def _not_wanted(plan: JobPlan, scope: Scope) -> str:
    """Return why the host would leave the job out itself; "" when it would not, or not surely."""
    condition = plan.job.condition
    if foretell(condition, scope, late=_late(plan)) is not False:
        return ""
    text = printable_line(condition.strip().removeprefix("${{").removesuffix("}}").strip(), 200)
    return f"its condition does not hold here: {text}"


def _combine(draft: Draft, setting: _Setting, plan: JobPlan, scope: Scope) -> Placed:
    """Add a task for each combination of the job's matrix."""
    if plan.job.matrix is None:
        return _each(draft, setting, [plan], [{}])
    if is_late(plan.job.matrix, LATE | _late(plan)):
        return _each(draft, setting, [replace(plan, deferred=True)], [{}])
    combinations = expand(resolve(plan.job.matrix, scope))
    if not combinations:
        return _leave_out(draft, setting.title + plan.job.id, "its matrix excludes every combination")
    plans = [_combined(plan, found, index, len(combinations)) for index, found in enumerate(combinations)]
    return _each(draft, setting, plans, [found.shown for found in combinations])


def _combined(plan: JobPlan, found: Combination, index: int, total: int) -> JobPlan:
    return replace(plan, matrix=found.values, index=index, total=total)


def _each(draft: Draft, setting: _Setting, plans: list[JobPlan], shown: list[dict[str, Json]]) -> Placed:
    tasks: list[str] = []
    absent: list[str] = []
    call: CallPlan | None = None
    for plan, values in zip(plans, shown, strict=True):
        draft.count()
        scope = static_scope(plan, draft.checkout, draft.machine)
        name = setting.title + _display_name(plan, values, scope)
        if plan.job.call:
            found = _called(draft, setting, plan, name, scope)
        else:
            found = _task(draft, setting, plan, name, scope)
        tasks.extend(found.tasks)
        absent.extend([found.absent] if found.absent else [])
        call = found.call or call
    return Placed(tuple(tasks), "; ".join(dict.fromkeys(absent)), call)


def _display_name(plan: JobPlan, shown: Json, scope: Scope) -> str:
    """Return the name the host would show: one with an expression names the combination itself."""
    name = plan.job.name
    if "${{" not in name:
        return label(name or plan.job.id, shown)
    late = LATE | _late(plan) | ({"matrix", "strategy"} if plan.deferred else set())
    return plan.job.id if is_late(name, late) else label(to_text(interpolate(name, scope)), None)


def _optional(job: Job, scope: Scope) -> bool:
    return False if is_late(job.continue_on_error, LATE) else _flag(job.continue_on_error, scope)


def _task(draft: Draft, setting: _Setting, plan: JobPlan, name: str, scope: Scope) -> Placed:
    job = plan.job
    if reason := job_refusal(plan, draft.machine, scope, draft.refused):
        check = check_without_secret(plan, scope, draft.refused) == reason and not _optional(job, scope)
        return _leave_out(draft, name, reason, check=check)
    name = draft.unique(name, job)
    needs = [task for names in plan.needs.values() for task in names]
    draft.tasks.append(
        Task(
            name=name,
            stage=Stage.WORKFLOW,
            job=plan,
            needs=tuple(dict.fromkeys([*needs, *setting.after])),
            workspace=_workspace(name, len(draft.tasks) + 1),
            limits=Limits(seconds=_seconds(job.timeout_minutes, scope)),
            optional=_optional(job, scope),
            approval=_environment(job.environment, scope),
            reason=f"{plan.workflow.path}:{job.line}",
        )
    )
    return Placed((name,))


def _flag(value: Json, scope: Scope) -> bool:
    value = interpolate(value, scope)
    return truthy(value) and to_text(value).lower() != "false"


def _seconds(minutes: Json, scope: Scope) -> float:
    found = math.nan if is_late(minutes, LATE) or minutes is None else to_number(interpolate(minutes, scope))
    return 60 * (found if 0 < found < math.inf else _HOST_MINUTES)


def _environment(value: Json, scope: Scope) -> str:
    """Return the deployment environment whose approval the job needs, as far as it is known."""
    name = value.get("name") if isinstance(value, dict) else value
    try:
        return to_text(name if is_late(name, LATE) else interpolate(name, scope))
    except ExpressionError:
        return to_text(name)


def _workspace(name: str, number: int) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
    return f"job-{number}-{slug}".rstrip("-")


def _called(draft: Draft, setting: _Setting, plan: JobPlan, name: str, scope: Scope) -> Placed:
    """Add the tasks of the workflow that a job calls."""
    uses = plan.job.call.uses if plan.job.call else ""
    if not uses.startswith(("./", "$/")):
        return _leave_out(draft, name, f"calls {printable_line(uses, 100)}, which is not in this project")
    if plan.deferred:
        return _leave_out(draft, name, "calls a workflow for each result of another job")
    path = str(PurePosixPath(uses.removeprefix("$/")))
    if path in setting.chain or len(setting.chain) >= MAX_CALLS:
        return _leave_out(draft, name, f"calls {path}, which leads to itself or too deep")
    workflow = draft.workflow(path)
    if workflow is None:
        return _leave_out(draft, name, f"calls {path}, which does not exist or cannot be read")
    if "workflow_call" not in workflow.events:
        return _leave_out(draft, name, f"calls {path}, which does not answer workflow_call")
    return _expand_call(draft, setting, plan, workflow, name, scope)


def _expand_call(
    draft: Draft, setting: _Setting, plan: JobPlan, workflow: Workflow, name: str, scope: Scope
) -> Placed:
    given = plan.job.call.inputs if plan.job.call else {}
    inputs = call_inputs(workflow, given, scope, late=LATE | _late(plan))
    needs = [task for names in plan.needs.values() for task in names]
    inner = _Setting(
        workflow=workflow,
        event=setting.event,
        inputs=inputs.values,
        late=inputs.late,
        title=f"{name} / ",
        caller=plan,
        after=tuple(dict.fromkeys([*needs, *setting.after])),
        chain=(*setting.chain, workflow.path),
    )
    placed = _expand(draft, inner, _wanted(workflow, ""))
    call = CallPlan(
        workflow=workflow,
        inputs=inputs.values,
        jobs={identity: entry.tasks for identity, entry in placed.items()},
        calls={identity: entry.call for identity, entry in placed.items() if entry.call},
    )
    absent = "; ".join(dict.fromkeys(entry.absent for entry in placed.values() if entry.absent))
    return Placed(tuple(task for entry in placed.values() for task in entry.tasks), absent, call)
