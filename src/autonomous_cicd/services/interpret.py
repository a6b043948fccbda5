"""Makes tasks of a project's CI workflow files, and says what is left out and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from autonomous_cicd.documents import nearest
from autonomous_cicd.domain.events import answer, pretended
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.pipeline import Skipped, Task
from autonomous_cicd.domain.workflow import JobPlan, Workflow
from autonomous_cicd.errors import DocumentError, UsageError
from autonomous_cicd.ports import Checkout, Files
from autonomous_cicd.services.expand import Draft, expand_workflow, static_scope
from autonomous_cicd.services.foresee import Refused, action_refusal
from autonomous_cicd.services.setup_files import OUR_WORKFLOWS
from autonomous_cicd.services.workflow_inputs import event_inputs
from autonomous_cicd.values import dataclass
from autonomous_cicd.workflows.file import read_workflow
from autonomous_cicd.workflows.refused import complaints
from autonomous_cicd.workflows.refused import refused as refused_by_host

__all__ = ["FOLDER", "Interpretation", "interpret", "workflow_files"]

FOLDER = ".github/workflows"

_GIVEN_UP = 2
"""So many kinds of refusals make a workflow beside living ones one that nobody keeps up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """What a project's workflow files ask for."""

    tasks: tuple[Task, ...] = ()
    """One for each job and combination of its matrix that can be carried out here."""
    skipped: tuple[Skipped, ...] = ()
    """Workflows and jobs that are left out."""
    problems: tuple[DocumentError, ...] = ()
    """Files that cannot be read as workflows, and what the host would refuse of the others."""


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A workflow that is to be run."""

    workflow: Workflow
    event: str
    job: str = ""
    """The only job that is wanted, with those it needs."""


def interpret(
    files: Files,
    *,
    checkout: Checkout,
    machine: Machine,
    only: str = "",
    event: str = "",
    refused: Refused = action_refusal,
) -> Interpretation:
    """Plan what a change of this checkout would run at the code host, as far as it can be run here.

    `only` names one file (`ci.yml`), or one job of it with those it needs (`ci.yml:test`); it is then
    planned whatever it answers, for that `event` if it answers it. `refused` says why an action is left out.
    Raises UsageError when `only` does not exist, DocumentError when it cannot be read.
    """
    names = workflow_files(files)
    chosen, skipped, problems = (
        ([_named(files, names, only, event)], (), ()) if only else _answering(files, names, checkout)
    )
    draft = Draft(files=files, checkout=checkout, machine=machine, refused=refused)
    if not only:
        chosen = _living(files, chosen, draft)
    for entry, prefix in zip(chosen, _prefixes([entry.workflow for entry in chosen]), strict=True):
        _add(draft, entry, prefix)
    return Interpretation(
        tasks=tuple(draft.tasks),
        skipped=(*skipped, *draft.skipped),
        problems=(*problems, *draft.problems, *_refused(files, chosen, draft)),
    )


def workflow_files(files: Files) -> tuple[str, ...]:
    """Return the paths of a project's workflow files."""
    return tuple(
        name
        for name in files.names
        if name.startswith(f"{FOLDER}/") and name.count("/") == 2 and name.endswith((".yml", ".yaml"))
    )


def _living(files: Files, chosen: list[_Chosen], draft: Draft) -> list[_Chosen]:
    """Return the workflows that are kept up: beside others, one that its host refuses in many ways is not."""
    ways = {one.workflow.path: refused_by_host(files.read(one.workflow.path)) for one in chosen}
    dead = {path for path, found in ways.items() if len({one.kind for one in found}) >= _GIVEN_UP}
    if len(dead) == len(ways):
        return chosen
    for path in sorted(dead):
        first = ways[path][0].message
        draft.skip(path, f"it looks given up: its host refuses it in several ways, the first is {first}")
    return [one for one in chosen if one.workflow.path not in dead]


def _refused(files: Files, chosen: Sequence[_Chosen], draft: Draft) -> Iterator[DocumentError]:
    """Yield what the host would refuse of the files that are planned, and of those that they call."""
    for path in dict.fromkeys([*(entry.workflow.path for entry in chosen), *draft.read]):
        yield from complaints(files.read(path), path=path)


def _answering(
    files: Files, names: Sequence[str], checkout: Checkout
) -> tuple[list[_Chosen], Sequence[Skipped], Sequence[DocumentError]]:
    chosen: list[_Chosen] = []
    skipped: list[Skipped] = []
    problems: list[DocumentError] = []
    for name in names:
        try:
            workflow = _read(files, name)
        except DocumentError as error:
            problems.append(error)
            continue
        found = answer(workflow.events, branch=checkout.branch, default_branch=checkout.default_branch)
        if found.event:
            chosen.append(_Chosen(workflow, found.event))
        elif name not in OUR_WORKFLOWS:  # those check no change of the project, and nobody thinks they would
            remedy = f"`--workflow {PurePosixPath(name).name}` runs it"
            skipped.append(Skipped(name, f"{found.reason}; {remedy}"))
    return chosen, skipped, problems


def _named(files: Files, names: Sequence[str], only: str, event: str) -> _Chosen:
    wanted, job = only, ""
    name = _file(names, wanted)
    if not name and ":" in only:
        wanted, _, job = only.rpartition(":")
        name = _file(names, wanted)
    if not name:
        like = nearest(wanted, [PurePosixPath(path).name for path in names])
        hint = f"did you mean {like!r}?" if like else f"the files are {', '.join(names) or 'none'}"
        raise UsageError(f"there is no workflow file {wanted!r}", hint=hint)
    workflow = _read(files, name)
    ids = [entry.id for entry in workflow.jobs]
    if job and job not in ids:
        like = nearest(job, ids)
        hint = f"did you mean {like!r}?" if like else f"its jobs are {', '.join(ids)}"
        raise UsageError(f"{name} has no job {job!r}", hint=hint)
    return _Chosen(workflow, event if event in workflow.events else "", job)


def _read(files: Files, name: str) -> Workflow:
    text = files.read(name)
    if not text:
        raise DocumentError(
            "is empty, too large, or a link out of the project",
            file=name,
            hint="describe `on` and `jobs` in it, or remove it",
        )
    return read_workflow(text, path=name)


def _file(names: Sequence[str], wanted: str) -> str:
    """Return the file that is meant by a path, a file's name, or that without its ending."""
    path = PurePosixPath(wanted)
    for key in (str, lambda name: PurePosixPath(name).name, lambda name: PurePosixPath(name).stem):
        for name in names:
            if key(name) == (str(path)):
                return name
    return ""


def _prefixes(workflows: Sequence[Workflow]) -> list[str]:
    """Return what tells the tasks of several workflows apart; nothing when there is only one."""
    if len(workflows) < 2:
        return [""] * len(workflows)
    names = [workflow.name or PurePosixPath(workflow.path).stem for workflow in workflows]
    return [
        name if names.count(name) == 1 else PurePosixPath(workflow.path).stem
        for name, workflow in zip(names, workflows, strict=True)
    ]


def _add(draft: Draft, entry: _Chosen, prefix: str) -> None:
    workflow = entry.workflow
    checkout = draft.checkout
    event = entry.event
    if not event:
        found = answer(workflow.events, branch=checkout.branch, default_branch=checkout.default_branch)
        event = found.event or pretended(workflow.events)
    plan = JobPlan(workflow=workflow, job=workflow.jobs[0], event=event)
    inputs = event_inputs(workflow, event, static_scope(plan, checkout, draft.machine))
    expand_workflow(
        draft, workflow, event=event, inputs=inputs, title=f"{prefix}: " if prefix else "", only=entry.job
    )
