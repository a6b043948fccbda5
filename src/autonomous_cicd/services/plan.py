"""Project -> pipeline: its own word first, then its workflow files, then what is detected."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Protocol

from autonomous_cicd.domain.pipeline import Command, Ordering, Pipeline, Skipped, Source, Stage, Task, ordered
from autonomous_cicd.domain.project import Project
from autonomous_cicd.errors import UsageError
from autonomous_cicd.ports import Checkout
from autonomous_cicd.values import dataclass

__all__ = ["AUTO", "PREPARING", "Found", "Planned", "Sources", "Wishes", "command", "make_plan"]

AUTO = "auto"
NOT_AMONG = "its stage is not among `pipeline.stages`"
SHELL_CHARACTERS = frozenset("|&;<>()$`\\\"'*?[]#~=%!{}\n")
"""Characters that mean something to a shell; a command without any is executed without one."""
SHELL_WORDS = frozenset(
    (
        *(".", ":", "alias", "bg", "break", "case", "cd", "command", "continue", "do", "eval"),
        *("exec", "exit", "export", "fg", "for", "function", "getopts", "hash", "if", "jobs"),
        *("local", "read", "readonly", "return", "select", "set", "shift", "source", "time"),
        *("times", "trap", "type", "ulimit", "umask", "unalias", "unset", "until", "wait", "while"),
    )
)
"""First words that only a shell understands."""

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
PREPARING = frozenset({Stage.SETUP, Stage.INSTALL})
"""Stages that are run only for what comes after them."""
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
class Found:
    """What one source asks for."""

    tasks: tuple[Task, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    """What it asks for and cannot have, with the reason."""
    problems: tuple[str, ...] = ()
    """Why the code host would refuse a part of it."""


class Sources(Protocol):
    """Finds out what a project is and what it asks for; `services.sources` has the real one."""

    def project(self) -> Project:
        """Return what the project is."""
        ...

    def workflows(self, only: str) -> Found:
        """Return what its workflow files ask for; with `only`, one file or one job of it."""
        ...

    def detected(self, project: Project) -> Found:
        """Return what is usual for such a project."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A project and its pipeline."""

    project: Project
    pipeline: Pipeline


def make_plan(
    checkout: Checkout,
    wishes: Wishes,
    *,
    sources: Callable[[], Sources],
    seconds: Mapping[str, float],
    thorough: bool = True,
) -> Planned:
    """Find out what is to be run. Executes nothing of the project.

    `seconds` are the recorded durations of its tasks. Unless it is to be `thorough`, what the project is
    is found out only where the pipeline depends on it. Raises UsageError when there is nothing to run.
    """
    own = wishes.source in (AUTO, Source.CONFIG) and not wishes.workflow
    if own and (wishes.tasks or wishes.source == Source.CONFIG):
        _check_order(wishes.tasks)
        project = sources().project() if thorough else _unknown(checkout)
        source, found, size = Source.CONFIG, _staged(Found(tasks=wishes.tasks), wishes.stages), 1.0
    else:
        looking = sources()
        project = looking.project()
        source, found = _found(project, looking, wishes)
        size = LARGER[project.complexity.level]
    found = _with_deployment(source, found, wishes.deploy, wishes.stages)
    if found == Found():
        raise UsageError(
            f"found nothing to run in {checkout.root}",
            hint="describe its tasks under `pipeline: tasks:` in .autonomous-cicd.yml",
        )
    tasks, left_out = _chosen(found.tasks, wishes.only, wishes.skip)
    if wishes.only:  # nothing else is to be checked
        found = replace(found, skipped=tuple(replace(one, check=False) for one in found.skipped))
    return Planned(
        project=project,
        pipeline=Pipeline(
            id=_identity(checkout.root.name, source, tasks),
            source=source,
            tasks=tuple(_expected(task, size, seconds) for task in tasks),
            skipped=(*found.skipped, *left_out),
            problems=found.problems,
            ordering=wishes.ordering,
            jobs=wishes.jobs,
            seconds=wishes.seconds,
        ),
    )


def command(words: str | Sequence[str], *, cwd: str = ".", env: Mapping[str, str] | None = None) -> Command:
    """Return a command as a person wrote it: a list as it is, a line through a shell where it needs one."""
    if not isinstance(words, str):
        argv = tuple(words)
    elif SHELL_CHARACTERS.isdisjoint(words) and not SHELL_WORDS.intersection(words.split()[:1]):
        argv = tuple(words.split())
    else:
        argv = ("sh", "-ec", words)
    return Command(argv=argv, cwd=cwd, env=env or {})


def _check_order(tasks: Sequence[Task]) -> None:
    """Refuse needs that form a circle, and say where they are written."""
    try:
        ordered(tasks)
    except UsageError as error:
        raise UsageError(f"{tasks[0].reason}: {error}", hint="remove one of these `needs`") from None


def _unknown(checkout: Checkout) -> Project:
    return Project(path=str(checkout.root), name=checkout.root.name)


def _found(project: Project, sources: Sources, wishes: Wishes) -> tuple[Source, Found]:
    """Return what the first source asks for that asks for anything, of those that are wished for."""
    wanted = Source.WORKFLOW if wishes.workflow else wishes.source
    skipped: tuple[Skipped, ...] = ()
    if wanted in (AUTO, Source.WORKFLOW):
        found = sources.workflows(wishes.workflow)
        if found.tasks or found.problems or wanted == Source.WORKFLOW:
            return Source.WORKFLOW, _unstaged(found, wishes.stages)
        skipped = found.skipped
    found = sources.detected(project)
    return Source.DETECT, _staged(replace(found, skipped=(*skipped, *found.skipped)), wishes.stages)


def _staged(found: Found, stages: Sequence[Stage]) -> Found:
    """Return the tasks of some stages with what prepares them, and everything else as left out."""
    if not stages:
        return found
    tasks = found.tasks
    kept = {task.name for task in tasks if task.stage in stages}
    needed = _with_needs(tasks, kept)
    kept |= {task.name for task in tasks if task.name in needed and task.stage in PREPARING}
    left_out = [Skipped(task.name, NOT_AMONG) for task in tasks if task.name not in kept]
    there = {task.stage for task in tasks}
    said = tuple(item.what for item in found.skipped)
    missing = [stage for stage in stages if stage not in there and stage is not Stage.DEPLOY]
    missing = [stage for stage in missing if not any(what.startswith(stage) for what in said)]
    left_out += [Skipped(stage.value, "the project has nothing of this stage") for stage in missing]
    chosen = _without_missing_needs([task for task in tasks if task.name in kept])
    return replace(found, tasks=chosen, skipped=(*found.skipped, *left_out))


def _unstaged(found: Found, stages: Sequence[Stage]) -> Found:
    """Say that stages cannot be chosen among the jobs of workflow files."""
    if not stages:
        return found
    reason = "the jobs of workflow files belong to no stage: choose among them by name"
    return replace(found, skipped=(*found.skipped, Skipped("pipeline.stages", reason)))


def _with_deployment(source: Source, found: Found, deploy: Task | None, stages: Sequence[Stage]) -> Found:
    """Let the deployment be the last task; nothing is deployed that was not checked."""
    if deploy is None:
        return found
    if source is Source.WORKFLOW:
        reason = "only a pipeline of its own or a detected one is followed by `deploy: command:`"
        return replace(found, skipped=(*found.skipped, Skipped(deploy.name, reason)))
    if stages and Stage.DEPLOY not in stages:
        return replace(found, skipped=(*found.skipped, Skipped(deploy.name, NOT_AMONG)))
    if not found.tasks:
        return found
    last = replace(deploy, needs=tuple(task.name for task in found.tasks))
    return replace(found, tasks=(*found.tasks, last))


def _without_missing_needs(tasks: Sequence[Task]) -> tuple[Task, ...]:
    names = {task.name for task in tasks}
    return tuple(
        task
        if names.issuperset(task.needs)
        else replace(task, needs=tuple(need for need in task.needs if need in names))
        for task in tasks
    )


def _with_needs(tasks: Sequence[Task], names: Iterable[str]) -> set[str]:
    """Return these tasks and whatever they need, however far behind."""
    by_name = {task.name: task for task in tasks}
    chosen = list(dict.fromkeys(names))
    seen = set(chosen)
    for name in chosen:
        for need in by_name[name].needs:
            if need in by_name and need not in seen:
                seen.add(need)
                chosen.append(need)
    return seen


def _expected(task: Task, size: float, seconds: Mapping[str, float]) -> Task:
    """Return the task with the seconds it took before, or a guess by its stage and the project's size."""
    expected = seconds.get(task.name, GUESS.get(task.stage, 0.0) * size)
    return replace(task, seconds=expected) if expected != task.seconds else task


def _chosen(
    tasks: Sequence[Task], only: Sequence[str], skip: Sequence[str]
) -> tuple[tuple[Task, ...], tuple[Skipped, ...]]:
    """Return the tasks that were asked for with all that they need, and the others as left out."""
    if not only and not skip:
        return tuple(tasks), ()
    for pattern in (*only, *skip):
        if not any(_meant(task, pattern) for task in tasks):
            names = ", ".join(task.name for task in tasks)
            raise UsageError(f"no task is named {pattern!r}", hint=f"its tasks are: {names or 'none'}")
    asked = [task.name for task in tasks if not only or any(_meant(task, pattern) for pattern in only)]
    chosen = _with_needs(tasks, asked)
    unwanted = {task.name for task in tasks if any(_meant(task, pattern) for pattern in skip)}
    why: dict[str, str] = {}
    for task in tasks:
        if task.name in unwanted:
            why[task.name] = "left out by --skip"
        elif task.name not in chosen:
            why[task.name] = "not asked for by --only"
        elif task.stage is Stage.DEPLOY and (missing := _with_needs(tasks, [task.name]) & unwanted):
            why[task.name] = f"nothing is deployed without {', '.join(sorted(missing))}"
    kept = [task for task in tasks if task.name not in why]
    return _without_missing_needs(kept), tuple(Skipped(name, reason) for name, reason in why.items())


def _meant(task: Task, pattern: str) -> bool:
    """Return whether a person means this task: by its name, a pattern, its stage or its workflow job."""
    names = [task.name, task.stage.value, *([task.job.job.id] if task.job else [])]
    return any(fnmatchcase(name, pattern) for name in names) or task.name.startswith(f"{pattern} (")


def _identity(name: str, source: Source, tasks: Iterable[Task]) -> str:
    """Return an id that is the same for the same pipeline."""
    calls = (([(one.argv, one.cwd, one.env) for one in task.commands], task) for task in tasks)
    text = "\n".join(f"{task.name}\0{task.needs}\0{called}" for called, task in calls)
    return f"{name}-{source.value}-{hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
