"""Project -> pipeline: its own word first, then its workflow files, then what is detected."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.pipeline import Command, Ordering, Pipeline, Skipped, Source, Stage, Task
from autonomous_cicd.domain.project import Project
from autonomous_cicd.errors import UsageError
from autonomous_cicd.ports import Checkout, Files
from autonomous_cicd.services.detect import detect, propose
from autonomous_cicd.services.interpret import interpret

__all__ = ["AUTO", "Planned", "Wishes", "command", "make_plan"]

AUTO = "auto"
SHELL_CHARACTERS = frozenset("|&;<>()$`\\\"'*?[]#~=%!{}\n")
"""Characters that mean something to a shell; a command without any is executed without one."""

GUESS = {
    Stage.SETUP: 0.5,
    Stage.INSTALL: 5.0,
    Stage.LINT: 1.0,
    Stage.TYPES: 5.0,
    Stage.TEST: 10.0,
    Stage.SECURITY: 3.0,
    Stage.BUILD: 5.0,
    Stage.BENCHMARK: 20.0,
}
"""Seconds of a small project's task that was never run, to know what to begin with."""
LARGER = {"small": 1.0, "medium": 3.0, "large": 10.0}
"""How many times as long it takes a larger project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the settings and the command line say about a pipeline."""

    source: str = AUTO
    workflow: str = ""
    """`FILE` or `FILE:JOB`: only this workflow file, or only this job of it and what it needs."""
    tasks: tuple[Task, ...] = ()
    """The project's own pipeline."""
    deploy: Task | None = None
    """What deploys it, when everything else passed and a person approved."""
    stages: tuple[Stage, ...] = ()
    """Stages to keep of what is detected; empty: all."""
    ordering: Ordering = Ordering.ADAPTIVE
    jobs: int = 0
    seconds: float = 3600.0
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A project and its pipeline."""

    project: Project
    pipeline: Pipeline


def make_plan(
    checkout: Checkout, files: Files, machine: Machine, wishes: Wishes, *, seconds: Mapping[str, float]
) -> Planned:
    """Find out what a project is and what is to be run. Executes nothing of it.

    `seconds` are the recorded durations of its tasks. Raises UsageError when there is nothing to run.
    """
    project = detect(files, path=str(checkout.root), name=checkout.root.name)
    source, tasks, skipped, problems = _gather(project, checkout, files, machine, wishes)
    if wishes.deploy and source is not Source.WORKFLOW:
        tasks = (*tasks, replace(wishes.deploy, needs=tuple(task.name for task in tasks)))
    if not tasks and not skipped and not problems:
        raise UsageError(
            f"found nothing to run in {checkout.root}",
            hint="describe its tasks under `pipeline: tasks:` in .autonomous-cicd.yml",
        )
    tasks = tuple(_expected(task, project, seconds) for task in tasks)
    tasks, left_out = _chosen(tasks, wishes.only, wishes.skip)
    return Planned(
        project=project,
        pipeline=Pipeline(
            id=_identity(project.name, source, tasks),
            source=source,
            tasks=tasks,
            skipped=(*skipped, *left_out),
            problems=problems,
            ordering=wishes.ordering,
            jobs=wishes.jobs,
            seconds=wishes.seconds,
        ),
    )


def command(words: str | Sequence[str], *, cwd: str = ".", env: Mapping[str, str] | None = None) -> Command:
    """Return a command as a person wrote it: a list as it is, a line through a shell where it needs one."""
    if not isinstance(words, str):
        argv = tuple(words)
    elif SHELL_CHARACTERS.isdisjoint(words):
        argv = tuple(shlex.split(words))
    else:
        argv = ("sh", "-ec", words)
    return Command(argv=argv, cwd=cwd, env=env or {})


Gathered = tuple[Source, tuple[Task, ...], tuple[Skipped, ...], tuple[str, ...]]


def _gather(project: Project, checkout: Checkout, files: Files, machine: Machine, wishes: Wishes) -> Gathered:
    """Return the tasks of the first source that has any, of those that are wished for."""
    wanted = Source.WORKFLOW if wishes.workflow else wishes.source
    skipped: tuple[Skipped, ...] = ()
    if wanted in (AUTO, Source.CONFIG) and (wishes.tasks or wanted == Source.CONFIG):
        return Source.CONFIG, wishes.tasks, (), ()
    if wanted in (AUTO, Source.WORKFLOW):
        found = interpret(files, checkout=checkout, machine=machine, only=wishes.workflow)
        if found.tasks or found.problems or wanted == Source.WORKFLOW:
            return Source.WORKFLOW, found.tasks, found.skipped, tuple(map(str, found.problems))
        skipped = found.skipped
    proposal = propose(project, files, machine)
    stages = wishes.stages
    kept = tuple(task for task in proposal.tasks if not stages or task.stage in stages)
    return Source.DETECT, _without_missing_needs(kept), (*skipped, *proposal.skipped), ()


def _without_missing_needs(tasks: Sequence[Task]) -> tuple[Task, ...]:
    names = {task.name for task in tasks}
    return tuple(replace(task, needs=tuple(need for need in task.needs if need in names)) for task in tasks)


def _expected(task: Task, project: Project, seconds: Mapping[str, float]) -> Task:
    """Return the task with the seconds it took before, or a guess by its stage and the project's size."""
    guess = GUESS.get(task.stage, 0.0) * LARGER[project.complexity.level]
    return replace(task, seconds=seconds.get(task.name, guess))


def _chosen(
    tasks: Sequence[Task], only: Sequence[str], skip: Sequence[str]
) -> tuple[tuple[Task, ...], tuple[Skipped, ...]]:
    """Return the tasks that were asked for with all that they need, and the others as left out."""
    by_name = {task.name: task for task in tasks}
    for pattern in (*only, *skip):
        if not any(_meant(task, pattern) for task in tasks):
            hint = f"its tasks are: {', '.join(by_name) or 'none'}"
            raise UsageError(f"no task is named {pattern!r}", hint=hint)
    chosen = [task.name for task in tasks if not only or any(_meant(task, pattern) for pattern in only)]
    for name in chosen:
        chosen += [need for need in by_name[name].needs if need not in chosen]
    unwanted = {task.name for task in tasks if any(_meant(task, pattern) for pattern in skip)}
    kept = [task for task in tasks if task.name in chosen and task.name not in unwanted]
    left_out = [
        Skipped(task.name, "left out by --skip" if task.name in unwanted else "not asked for by --only")
        for task in tasks
        if task not in kept
    ]
    return _without_missing_needs(kept), tuple(left_out)


def _meant(task: Task, pattern: str) -> bool:
    """Return whether a person means this task: by its name, a pattern, its stage or its workflow job."""
    names = [task.name, task.stage.value, *([task.job.job.id] if task.job else [])]
    return any(fnmatchcase(name, pattern) for name in names) or task.name.startswith(f"{pattern} (")


def _identity(name: str, source: Source, tasks: Iterable[Task]) -> str:
    """Return an id that is the same for the same pipeline."""
    text = "\n".join(f"{task.name}\0{task.needs}\0{task.commands}" for task in tasks)
    return f"{name}-{source.value}-{hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
