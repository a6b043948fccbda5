"""Task, Pipeline: what is to be run, as a graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from enum import StrEnum

from autonomous_cicd.domain.workflow import JobPlan
from autonomous_cicd.errors import UsageError
from autonomous_cicd.values import dataclass

__all__ = [
    "Command",
    "Limits",
    "Ordering",
    "Pipeline",
    "Skipped",
    "Source",
    "Stage",
    "Task",
    "critical_path",
    "longest_path",
    "ordered",
]


class Source(StrEnum):
    """Where a pipeline comes from."""

    CONFIG = "config"
    WORKFLOW = "workflow"
    DETECT = "detect"


class Stage(StrEnum):
    """What a task is for, in the guides' words."""

    SETUP = "setup_environment"
    INSTALL = "install_dependencies"
    LINT = "linting"
    TYPES = "type_checks"
    TEST = "testing"
    SECURITY = "security_scan"
    BUILD = "build_project"
    BENCHMARK = "performance_benchmark"
    DEPLOY = "deploy"
    WORKFLOW = "workflow"
    CUSTOM = "custom"


class Ordering(StrEnum):
    """How much runs side by side (the guides' pipeline `strategy`)."""

    SEQUENTIAL = "sequential"
    PARALLEL = "parallel"
    ADAPTIVE = "adaptive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one task may use before it is ended."""

    seconds: float = 1800.0
    memory: int | None = None
    """Bytes of address space that each of its processes may use."""
    output: int = 10 * 1024 * 1024
    """Bytes of output that are kept; the rest is counted and dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One program and its arguments; never a string for a shell to guess about."""

    argv: tuple[str, ...]
    cwd: str = "."
    """Folder in the workspace."""
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The command as a person would type it, for display only."""
        if len(self.argv) == 3 and self.argv[0] in ("sh", "bash") and self.argv[1].startswith("-"):
            return self.argv[2]
        return " ".join(self.argv)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Commands that run one after the other in one workspace, until one fails."""

    name: str
    stage: Stage
    commands: tuple[Command, ...] = ()
    job: JobPlan | None = None
    """The job of a CI workflow file that this task carries out; `commands` is then empty."""
    needs: tuple[str, ...] = ()
    """Names of the tasks that must have passed before."""
    workspace: str = "project"
    """Tasks that name the same workspace share one private copy of the project."""
    environment: str = ""
    """Name of the interpreter environment (made by a setup task) whose programs it uses."""
    env: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    inputs: tuple[str, ...] = ()
    """Patterns of the project's files that decide the outcome; without any it is never cached."""
    outputs: tuple[str, ...] = ()
    """Patterns of the files it makes, restored when its outcome comes from the cache."""
    optional: bool = False
    """Whether the run may be green although it failed."""
    cores: float = 1.0
    """Processors it keeps busy."""
    memory: int = 0
    """Bytes it is expected to need; 0 when nothing is known."""
    seconds: float = 0.0
    """How long it took the last times; 0 when nothing is known."""
    approval: str = ""
    """Name of the deployment environment that a person must have approved; empty: none needed."""
    reason: str = ""
    """Why the task is in the pipeline (the file that asks for it)."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was left out on purpose, and why."""

    what: str
    reason: str
    check: bool = False
    """Whether the host would check the project by it, and we cannot: a green run says nothing about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """A graph of tasks with what was left out of it."""

    id: str
    source: Source
    tasks: tuple[Task, ...]
    skipped: tuple[Skipped, ...] = ()
    problems: tuple[str, ...] = ()
    """Why the code host would refuse a part of it; with any, a run of it is red."""
    ordering: Ordering = Ordering.ADAPTIVE
    jobs: int = 0
    """Most tasks at once; 0: as many as the machine bears."""
    seconds: float = 3600.0
    """Most seconds for the whole run."""

    def __post_init__(self) -> None:
        """Refuse a graph that cannot be run."""
        names = [task.name for task in self.tasks]
        known = set(names)
        if len(known) != len(names):
            twice = sorted(name for name in known if names.count(name) > 1)
            raise UsageError(f"two tasks are named {twice[0]!r}", hint="give each task a name of its own")
        for task in self.tasks:
            if not task.commands and not task.job:
                raise UsageError(f"task {task.name!r} has no command")
            for need in task.needs:
                if need not in known:
                    raise UsageError(f"task {task.name!r} needs {need!r}, which does not exist")
        ordered(self.tasks)

    def task(self, name: str) -> Task:
        """Return the task of that name."""
        return next(task for task in self.tasks if task.name == name)


def ordered(tasks: Iterable[Task]) -> list[Task]:
    """Return the tasks, each after those that it needs, else in the order given.

    Raises UsageError when their needs form a circle.
    """
    by_name = {task.name: task for task in tasks}
    followers: dict[str, list[str]] = {name: [] for name in by_name}
    waiting = dict.fromkeys(by_name, 0)
    for task in by_name.values():
        for need in dict.fromkeys(task.needs):
            followers[need].append(task.name)
            waiting[task.name] += 1
    order = [name for name, count in waiting.items() if count == 0]
    for name in order:
        for follower in followers[name]:
            waiting[follower] -= 1
            if waiting[follower] == 0:
                order.append(follower)
    if len(order) < len(by_name):
        stuck = sorted(name for name, count in waiting.items() if count)
        raise UsageError(f"the needs of these tasks form a circle: {', '.join(stuck)}")
    return [by_name[name] for name in order]


def longest_path(tasks: Iterable[Task]) -> dict[str, float]:
    """Return for each task the seconds from its start to the end of the longest chain behind it."""
    length: dict[str, float] = {}
    behind: dict[str, float] = {}
    for task in reversed(ordered(tasks)):
        length[task.name] = (task.seconds or 1.0) + behind.get(task.name, 0.0)
        for need in task.needs:
            behind[need] = max(behind.get(need, 0.0), length[task.name])
    return length


def critical_path(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Return the longest chain of tasks: no number of processors makes a run shorter than that."""
    tasks = tuple(tasks)
    length = longest_path(tasks)
    chain: list[Task] = []
    following: list[Task] = [task for task in tasks if not task.needs]
    while following:
        chain.append(max(following, key=lambda task: length[task.name]))
        following = [task for task in tasks if chain[-1].name in task.needs]
    return tuple(chain)
