"""Loads the settings: hears all sources, lets the highest one win, narrows what the project says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from autonomous_cicd.domain.secrets import Secret
from autonomous_cicd.errors import DocumentError, SettingsError
from autonomous_cicd.settings.decide import DEFAULT, Decision
from autonomous_cicd.settings.files import DOTENV, operator_file, project_file, read_document, read_dotenv
from autonomous_cicd.settings.section import Section
from autonomous_cicd.settings.sources import (
    Heard,
    Rank,
    hear_document,
    hear_dotenv,
    hear_environment,
    hear_overrides,
)
from autonomous_cicd.settings.tree import Tree, declared

__all__ = ["Settings", "demands", "load", "problems"]


class Settings(Tree):
    """All options with their values; knows where each comes from."""

    def __init__(self, sources: Mapping[str, str], notes: tuple[str, ...] = (), **values: Any) -> None:
        super().__init__(**values)
        self.__dict__["_sources"] = sources
        self.__dict__["_notes"] = notes

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about them: what was narrowed, and variables that mean nothing."""
        notes: tuple[str, ...] = self.__dict__["_notes"]
        return notes

    def changed(self, **values: Any) -> Self:
        """Return a copy with other values; their sources stay as they were."""
        own = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        return type(self)(self.__dict__["_sources"], self.notes, **{**own, **values})

    def source(self, path: str) -> str:
        """Return where the value of an option comes from; for a task, where it is described."""
        sources: Mapping[str, str] = self.__dict__["_sources"]
        while path not in sources and path not in declared() and "." in path:
            path = path.rpartition(".")[0]
        return sources.get(path, DEFAULT)

    def value(self, path: str) -> Any:
        """Return the value of an option by its dotted path."""
        found: Any = self
        for name in path.split("."):
            found = getattr(found, name)
        return found

    def shown(self) -> Iterator[tuple[str, Any, str]]:
        """Yield path, value as plain data with secrets masked, and source of every option."""
        for path, one in declared().items():
            yield path, one.kind.write(self.value(path)), self.source(path)

    def secrets(self) -> tuple[Secret, ...]:
        """Return all secrets that are set, for `redact`; of an address its password too."""
        found = [value for path in declared() if isinstance(value := self.value(path), Secret) and value]
        passwords = (_password(secret.reveal()) for secret in found)
        return (*found, *(Secret(password) for password in passwords if password))


def load(
    project: Path | None,
    *,
    environment: Mapping[str, str],
    overrides: Mapping[str, object] | None = None,
    origin: str = "command line",
    requirements: Mapping[str, Mapping[str, object]] | None = None,
) -> Settings:
    """Return the settings for a project's folder, or for none.

    `overrides` are options by path, alias or bare name; None says nothing; `origin` is what their source
    is called. `requirements` are such options too, by what their source is called: they narrow what all
    others say. Raises SettingsError for the first problem, and DocumentError for an unreadable file.
    """
    settings, wrong = _load(project, environment, overrides or {}, origin, requirements=requirements or {})
    if not wrong:
        return settings
    first, others = wrong[0], len(wrong) - 1
    if others:
        more = f"{others} more: `autonomous-cicd config check` lists all"
        first.hint = f"{first.hint} ({more})" if first.hint else more
    raise first


def problems(
    project: Path | None,
    *,
    environment: Mapping[str, str],
    overrides: Mapping[str, object] | None = None,
    file: Path | None = None,
) -> tuple[str, ...]:
    """Return everything that is wrong with the settings of a project, each in one line.

    `file` is read as if it were the project's own file.
    """
    _, wrong = _load(project, environment, overrides or {}, "command line", file)
    return tuple(f"{error} ({error.hint})" if error.hint else str(error) for error in wrong)


def demands(project: Path) -> dict[str, object]:
    """Return what a project's own files say of the options by which it may narrow what the operator allows.

    As it is written: what is wrong with it is found when it is loaded.
    """
    heard = Heard()
    _hear_project(heard, project, None)
    said = sorted(heard.said, key=lambda one: one.rank)
    return {one.path: one.raw for one in said if declared()[one.path].narrow}


def _load(
    project: Path | None,
    environment: Mapping[str, str],
    overrides: Mapping[str, object],
    origin: str,
    file: Path | None = None,
    *,
    requirements: Mapping[str, Mapping[str, object]] | None = None,
) -> tuple[Settings, list[DocumentError]]:
    heard = Heard()
    _hear_operator(heard, environment)
    _hear_project(heard, project, file)
    hear_environment(heard, environment)
    hear_overrides(heard, overrides, origin)
    for name, required in (requirements or {}).items():
        hear_overrides(heard, required, name, rank=Rank.REQUIREMENT)
    decided = Decision(heard)
    decided.values["state_dir"] = _state_dir(decided.values.get("state_dir", Path()), environment)
    settings = _build(Tree, "", decided.values)
    return Settings(decided.sources, tuple(heard.notes), **vars(settings)), heard.problems


def _hear_operator(heard: Heard, environment: Mapping[str, str]) -> None:
    try:
        if own := operator_file(environment):
            hear_document(heard, read_document(own, name=str(own)), Rank.OPERATOR_FILE)
    except DocumentError as error:
        heard.problems.append(error)


def _hear_project(heard: Heard, project: Path | None, file: Path | None) -> None:
    try:
        if file is not None:
            hear_document(heard, read_document(file, name=str(file)), Rank.FILE)
        elif project is not None and (path := project_file(project)):
            hear_document(heard, read_document(path, name=path.name, inside=project), Rank.FILE)
    except DocumentError as error:
        heard.problems.append(error)
    try:
        if project is not None and (project / DOTENV).is_file():
            hear_dotenv(heard, read_dotenv(project / DOTENV, inside=project), DOTENV)
    except SettingsError as error:
        heard.notes.append(f"{error}; it is passed over")


def _build(cls: type[Section], prefix: str, values: Mapping[str, Any]) -> Section:
    """Return a section with the values that differ from the defaults of its place in the tree."""
    own = {name: values[prefix + name] for name in cls.options if prefix + name in values}
    for name, part in cls.parts.items():
        inner = f"{prefix}{name}."
        defaults = {key: change.default for key, change in part.changes.items()}
        said = {path: value for path, value in values.items() if path.startswith(inner)}
        filled = {f"{inner}{key}": value for key, value in defaults.items()} | said
        own[name] = _build(part.cls, inner, filled)
    return cls(**own)


def _state_dir(told: Path, environment: Mapping[str, str]) -> Path:
    home = environment.get("HOME", "") or str(Path.home())
    if told == Path():
        base = environment.get("XDG_STATE_HOME", "")
        return Path(base if base.startswith("/") else f"{home}/.local/state", "autonomous-cicd")
    return Path(home, *told.parts[1:]) if told.parts[0] == "~" else told


def _password(text: str) -> str:
    try:
        return unquote(urlsplit(text).password or "") if "://" in text else ""
    except ValueError:
        return ""
