"""The project's own pipeline: tasks as they are written under `pipeline.tasks`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from autonomous_cicd.documents import read_yaml
from autonomous_cicd.domain.pipeline import Stage
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.settings.forms import Command, Commands, Program, Variables, Words
from autonomous_cicd.settings.kinds import Choice, Flag, Kind, Maybe, Misfit, Number, Size, Text, hint_for
from autonomous_cicd.settings.section import Section, option, read_section

__all__ = ["STAGE_SPELLINGS", "TaskSettings", "Tasks"]

STAGE_SPELLINGS = {
    "parallel_linting": Stage.LINT.value,
    "parallel_testing": Stage.TEST.value,
    "setup": Stage.SETUP.value,
    "install": Stage.INSTALL.value,
    "lint": Stage.LINT.value,
    "types": Stage.TYPES.value,
    "test": Stage.TEST.value,
    "security": Stage.SECURITY.value,
    "build": Stage.BUILD.value,
    "benchmark": Stage.BENCHMARK.value,
}
"""Other names of stages: the guides' own, and short ones."""

_INSIDE = r"(?!/)(?!(?:.*/)?\.\.(?:/|$)).+"
"""A relative path, or a pattern of such, that does not lead out of the project."""
_TASK_NAME = re.compile(r"(?!-)[^\x00-\x1f\x7f]{1,200}")
_INSIDE_WORDS = "a list of patterns of files inside the project"


class TaskSettings(Section):
    """One task of the project's own pipeline."""

    name: str = option(
        default="",
        kind=Text("a name of one line that does not begin with '-'", _TASK_NAME.pattern),
        help="Name of the task; only in the list form, in the mapping form the key is the name.",
    )
    command: Command | None = option(
        default=None,
        kind=Maybe(Program(), spoken=False),
        help="What to run: a text for `sh -e`, or a list of words that are started without a shell.",
        aliases=("run", "cmd"),
    )
    commands: tuple[Command, ...] = option(
        default=(),
        kind=Commands(),
        help="Several commands, one after the other until one fails, each like `command`.",
        aliases=("cmds", "steps"),
    )
    needs: tuple[str, ...] = option(
        default=(),
        kind=Words("a list of names of tasks"),
        help="Tasks that must have passed before.",
        aliases=("deps", "depends_on"),
    )
    stage: Stage = option(
        default=Stage.CUSTOM, kind=Choice(Stage, STAGE_SPELLINGS), help="What the task is for."
    )
    env: Mapping[str, str] = option(default={}, kind=Variables(), help="Variables for its commands.")
    directory: str = option(
        default=".",
        kind=Text("a folder inside the project", _INSIDE),
        help="Folder in which the commands are run.",
        aliases=("dir", "working-directory", "working_directory"),
    )
    inputs: tuple[str, ...] = option(
        default=(),
        kind=Words(_INSIDE_WORDS, pattern=_INSIDE),
        help="Patterns of the files that decide its outcome; without any it is never taken from the cache.",
        aliases=("sources",),
    )
    outputs: tuple[str, ...] = option(
        default=(),
        kind=Words(_INSIDE_WORDS, pattern=_INSIDE),
        help="Patterns of the files that it makes, restored when its outcome comes from the cache.",
        aliases=("generates",),
    )
    timeout_minutes: float | None = option(
        default=None,
        kind=Maybe(Number(0.001, 10_000)),
        help="Minutes after which it is ended; at most what `pipeline.default_timeout_minutes` allows.",
        aliases=("timeout-minutes", "timeout"),
    )
    workspace: str = option(
        default="project",
        kind=Text("a name", r"[A-Za-z0-9._-]{1,100}"),
        help="Tasks that name the same workspace share one private copy of the project.",
    )
    optional: bool = option(
        default=False,
        kind=Flag(),
        help="Whether the run may be green although it failed.",
        aliases=("continue-on-error", "continue_on_error", "ignore_error"),
    )
    cores: float = option(default=1.0, kind=Number(0.01, 4096), help="Processors that it keeps busy.")
    memory: int | None = option(default=None, kind=Maybe(Size()), help="Memory that it is expected to need.")

    @property
    def calls(self) -> tuple[Command, ...]:
        """What it runs, in order."""
        return (*(() if self.command is None else (self.command,)), *self.commands)


class Tasks(Kind[tuple[TaskSettings, ...]]):
    """Tasks: a mapping of names to commands or to tasks, or a list of tasks with a name."""

    expects = "a mapping of task names to tasks, or a list of tasks with a name each"

    def read(self, raw: Any) -> tuple[TaskSettings, ...]:
        """Return the tasks in the order in which they are written; a variable holds YAML."""
        if isinstance(raw, str):
            raw = _written(raw)
        tasks: Mapping[str | int, TaskSettings]
        if isinstance(raw, Mapping):
            tasks = {name: _named(str(name), value) for name, value in raw.items()}
        elif isinstance(raw, list | tuple):
            tasks = _listed(raw)
        else:
            self.refuse(raw)
        names = {one.name for one in tasks.values()}
        for key, task in tasks.items():
            _check_needs(key, task, names)
        return tuple(tasks.values())

    def write(self, value: tuple[TaskSettings, ...]) -> Any:
        """Return the tasks as a mapping, with what differs from the defaults."""
        return {task.name: _differences(task) for task in value}


def _named(name: str, raw: Any) -> TaskSettings:
    if not _TASK_NAME.fullmatch(name):
        raise Misfit("expected a name of one line that does not begin with '-'", name)
    if isinstance(raw, Mapping) and "name" in raw:
        raise Misfit("a task in a mapping has its key as name", name, "name", hint="remove `name`")
    written = {"command": raw} if isinstance(raw, str | list | bool) else raw
    return _task(name, written).changed(name=name)


def _listed(raw: list[Any] | tuple[Any, ...]) -> dict[str | int, TaskSettings]:
    tasks: dict[str | int, TaskSettings] = {}
    names: set[str] = set()
    for index, one in enumerate(raw):
        task = tasks[index] = _task(index, one)
        if not task.name or task.name in names:
            what = f"two tasks are named {task.name!r}" if task.name else "the task has no `name`"
            raise Misfit(what, index, hint="give each task a name of its own")
        names.add(task.name)
    return tasks


def _task(key: str | int, raw: Any) -> TaskSettings:
    try:
        task = read_section(TaskSettings, raw)
    except Misfit as misfit:
        raise Misfit(misfit.message, key, *misfit.path, hint=misfit.hint) from None
    if not task.calls:
        raise Misfit("the task has no `command`", key, hint="say what it runs: `command: pytest -q`")
    return task


def _written(text: str) -> Any:
    try:
        return read_yaml(text).value
    except DocumentError as error:
        raise Misfit(f"the tasks cannot be read: {error.reason}") from None


def _check_needs(key: str | int, task: TaskSettings, names: set[str]) -> None:
    for need in task.needs:
        if need not in names or need == task.name:
            problem = "itself" if need == task.name else f"{need!r}, which does not exist"
            hint = hint_for(need, sorted(names - {task.name}))
            raise Misfit(f"task {task.name!r} needs {problem}", key, "needs", hint=hint)


def _differences(task: TaskSettings) -> dict[str, Any]:
    return {
        name: declared.kind.write(getattr(task, name))
        for name, declared in TaskSettings.options.items()
        if name != "name" and getattr(task, name) != declared.default
    }
