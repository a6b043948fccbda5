"""Decides which value counts for each option that anybody spoke of, and why."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

from autonomous_cicd.errors import SettingsError
from autonomous_cicd.settings.kinds import Misfit
from autonomous_cicd.settings.names import SHARED, secret_variables, variables
from autonomous_cicd.settings.section import Reach
from autonomous_cicd.settings.sources import Heard, Rank, Said
from autonomous_cicd.settings.tasks import TaskSettings
from autonomous_cicd.settings.tree import declared, variable

__all__ = ["DEFAULT", "Decision"]

DEFAULT = "default"
"""What the source of a value is called that nobody set."""

_TASK_TIME = "pipeline.default_timeout_minutes"

Candidates: TypeAlias = "list[tuple[Said, Any]]"
"""What the sources say about one option, read, the highest source last."""


class Decision:
    """The values that count, and their sources. What is wrong is added to what was heard."""

    def __init__(self, heard: Heard) -> None:
        self.values: dict[str, Any] = {}
        self.sources: dict[str, str] = {}
        self._heard = heard
        self._candidates: dict[str, Candidates] = {}
        for said in sorted(heard.said, key=lambda one: one.rank):
            self._take(said)
        for path in self._candidates:
            self._decide(path)
        self._check_environment()
        self._limit_tasks()

    def _take(self, said: Said) -> None:
        if refusal := _refusal(said):
            self._heard.problems.append(refusal)
            return
        try:
            value = declared()[said.path].kind.read(said.raw)
        except Misfit as misfit:
            error = said.error(misfit.message, misfit.path, misfit.hint)
            if _shared(said):
                self._heard.notes.append(f"{error}; it is passed over")
            else:
                self._heard.problems.append(error)
            return
        self._candidates.setdefault(said.path, []).append((said, value))

    def _decide(self, path: str) -> None:
        candidates = self._candidates[path]
        if told := [one for one in candidates if one[0].rank is not Rank.REQUIREMENT]:
            self._count(path, *told[-1])
        for said, value in candidates[len(told) :]:
            self._require(path, said, value)

    def _require(self, path: str, said: Said, value: Any) -> None:
        """Let a requirement count unless what others say is stricter; a default is nobody's word."""
        narrow = declared()[path].narrow
        if narrow and path in self.values:
            value = narrow(self.values[path], value)
            if value == self.values[path]:
                return
        self.values[path] = value
        self.sources[path] = said.source

    def _count(self, path: str, said: Said, value: Any) -> None:
        """Let the word of the highest source count, within what the operator allows."""
        narrow = declared()[path].narrow
        source = said.source
        if said.rank.own and narrow:
            allowed, allower = self._operators(path)
            asked, value = value, narrow(allowed, value)
            if value == allowed != asked:
                source = f"{allower} ({said.source} asks for {_plain(path, asked)})"
                self._note_narrowed(said, asked, allowed)
        self.values[path] = value
        self.sources[path] = source

    def _operators(self, path: str) -> tuple[Any, str]:
        """Return what the operator says, and where; the default counts as the operator's word."""
        candidates = self._candidates.get(path, [])
        theirs = [one for one in candidates if not one[0].rank.own and one[0].rank is not Rank.REQUIREMENT]
        own = [(value, said.source) for said, value in theirs]
        return own[-1] if own else (declared()[path].default, DEFAULT)

    def _note_narrowed(self, said: Said, asked: Any, allowed: Any) -> None:
        path, plain, used = said.path, _plain(said.path, asked), _plain(said.path, allowed)
        self._heard.notes.append(
            f"{said.source}: {path}: {plain} is not what the operator allows, {used} is used; "
            f"{variable(path)}={plain} allows it"
        )

    def _check_environment(self) -> None:
        path = "pipeline.environment"
        for name in self.values.get(path, ()):
            if name in secret_variables():
                message = f"{self.sources[path]}: {path}: {name} holds a credential, which no task may see"
                self._heard.problems.append(SettingsError(message, hint="remove it from the list"))

    def _limit_tasks(self) -> None:
        """Hold the project's own tasks to the time the operator allows, and remember where they stand."""
        candidates = self._candidates.get("pipeline.tasks")
        if not candidates:
            return
        said, tasks = candidates[-1]
        most = self._operators(_TASK_TIME)[0] if said.rank.own else float("inf")
        for index, task in enumerate(tasks):
            path = f"pipeline.tasks.{task.name}"
            self.sources[path] = said.place(index if isinstance(said.raw, list) else task.name)
            if (task.timeout_minutes or 0) > most:
                self._heard.notes.append(
                    f"{self.sources[path]}: {path}: {task.timeout_minutes:g} minutes are more than the "
                    f"operator allows, {most:g} are used; {variable(_TASK_TIME)} allows more"
                )
        self.values["pipeline.tasks"] = tuple(_limited(task, most) for task in tasks)


def _limited(task: TaskSettings, most: float) -> TaskSettings:
    return task.changed(timeout_minutes=most) if (task.timeout_minutes or 0) > most else task


def _refusal(said: Said) -> SettingsError | None:
    """Return the error when this source may not set that option."""
    reach = declared()[said.path].reach
    allowed = {Rank.FILE: (Reach.PROJECT,), Rank.DOTENV: (Reach.PROJECT, Reach.DOTENV)}
    if reach in allowed.get(said.rank, tuple(Reach)):
        return None
    hint = f"remove it here; the operator sets it by {_short_variable(said.path)} or in an own file"
    return said.error("a project may not set this, only the operator", hint=hint)


@cache
def _short_variable(path: str) -> str:
    """Return the name that the guides use for an option, or else its own."""
    names = [name for name, one in variables().items() if one == path]
    return names[1] if len(names) > 1 else names[0]


def _shared(said: Said) -> bool:
    name = said.source.partition("(")[2].rstrip(")") if said.file else said.source
    return name in SHARED


def _plain(path: str, value: Any) -> str:
    written = declared()[path].kind.write(value)
    return "false" if written is None else str(written).lower() if isinstance(written, bool) else str(written)
