"""The key of a task's outcome: a hash of everything that decides it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass

from autonomous_cicd.domain.globs import Names
from autonomous_cicd.domain.pipeline import Task
from autonomous_cicd.domain.workflow import JobPlan
from autonomous_cicd.ports import LINK

__all__ = ["Keys", "task_key"]

_FORMAT = "2"
"""Changes when keys are computed in another way, so that no old outcome is taken for a new one."""
_PLACES = frozenset({"line"})
"""Fields that say where something stands, not what it is."""


class Keys:
    """Computes the keys of many tasks over the same files: what they share is hashed once."""

    def __init__(self, files: Mapping[str, str]) -> None:
        """Take the content id of every file, by name."""
        self._files = files
        self._names = Names(files)
        self._digests: dict[Sequence[str], str] = {}
        self._env: tuple[Mapping[str, str], str] | None = None

    def of(self, task: Task, *, versions: Mapping[str, str], env: Mapping[str, str]) -> str:
        """Return the key of a task, given the versions of its tools and the environment it inherits."""
        return _digest(
            [
                _FORMAT,
                [[command.argv, command.cwd, command.env] for command in task.commands],
                _plain(_without_neighbours(task.job)) if task.job else None,
                task.env,
                task.environment,
                [self._input(inputs) for inputs in _parts(task.inputs)],
                task.outputs,
                versions,
                self._inherited(env),
            ]
        )

    def chooses(self, patterns: Sequence[str]) -> bool:
        """Return whether patterns choose any file at all."""
        return bool(self._names.places(patterns))

    def _inherited(self, env: Mapping[str, str]) -> str:
        """Return a digest of an environment, which is the same for all tasks of a run."""
        if self._env is None or self._env[0] is not env:
            self._env = env, _digest(env)
        return self._env[1]

    def _input(self, patterns: Sequence[str]) -> str:
        """Return a digest of the names and contents of the files that patterns choose.

        With a link among them, of all files: it may lead to any.
        """
        known = self._digests.get(patterns)
        if known is None:
            files = self._files
            chosen = self._names.select(patterns)
            if any(files[name].endswith(LINK) for name in chosen):
                chosen = sorted(files)
            known = _digest([[name, files[name]] for name in chosen])
            self._digests[patterns] = known
        return known


def task_key(
    task: Task, files: Mapping[str, str], *, versions: Mapping[str, str], env: Mapping[str, str]
) -> str:
    """Return the key of one task: see `Keys.of`, which is faster for several."""
    return Keys(files).of(task, versions=versions, env=env)


def _parts(patterns: tuple[str, ...]) -> Sequence[tuple[str, ...]]:
    """Split patterns so that tasks with some patterns in common share their digests.

    With a negation among them they mean something together only.
    """
    if any(pattern.startswith("!") for pattern in patterns):
        return (patterns,)
    return [(pattern,) for pattern in patterns]


def _without_neighbours(plan: JobPlan) -> object:
    """Return what a job plan says about its own job, and nothing about the other jobs of the file."""
    own = {field.name: getattr(plan, field.name) for field in fields(plan) if field.name != "workflow"}
    workflow = plan.workflow
    return [workflow.path, workflow.name, workflow.env, own]


def _plain(value: object) -> object:
    """Return a value as lists, dictionaries and scalars."""
    if is_dataclass(value):
        names = [field.name for field in fields(value) if field.name not in _PLACES]
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=dict)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
