"""What the sources say: files, variables, flags. Nothing is judged here but whether a name is known."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import field
from enum import IntEnum
from pathlib import Path
from typing import Any

from autonomous_cicd.documents import Document, nearest
from autonomous_cicd.errors import DocumentError, SettingsError
from autonomous_cicd.settings.kinds import hint_for, shown
from autonomous_cicd.settings.names import RESERVED, inner_keys, known_keys, meanings, variables
from autonomous_cicd.settings.section import Section
from autonomous_cicd.settings.tree import PREFIX, Tree, parts
from autonomous_cicd.values import dataclass

__all__ = [
    "ROOT",
    "Heard",
    "Rank",
    "Said",
    "hear_document",
    "hear_dotenv",
    "hear_environment",
    "hear_overrides",
]

ROOT = "autonomous_cicd"
"""The key under which a file holds our options."""


class Rank(IntEnum):
    """The sources; a higher one wins."""

    DEFAULT = 0
    OPERATOR_FILE = 1
    FILE = 2
    DOTENV = 3
    ENVIRONMENT = 4
    COMMAND_LINE = 5
    REQUIREMENT = 6
    """What must hold besides: it narrows what the others say, and never widens it."""

    @property
    def own(self) -> bool:
        """Whether the project itself says it, and not the operator."""
        return self in (Rank.FILE, Rank.DOTENV)


@dataclass(frozen=True, slots=True)
class Said:
    """What one source says about one option."""

    path: str
    raw: Any
    rank: Rank
    source: str
    """For people: `.autonomous-cicd.yml:6`, the name of a variable, a flag."""
    document: Document | None = None
    keys: tuple[str, ...] = ()
    """Where it stands in the document."""
    file: str = ""
    line: int = 0

    def place(self, key: str | int) -> str:
        """Return where a part of it stands."""
        return f"{self.file}:{self.document.line(*self.keys, key)}" if self.document else self.source

    def error(self, message: str, inner: tuple[str | int, ...] = (), hint: str = "") -> SettingsError:
        """Return an error about it, or about a part inside it."""
        line = self.document.line(*self.keys, *inner) if self.document else self.line
        where = "" if self.file else f"{self.source}: "
        name = ".".join(map(str, (self.path, *inner)))
        return SettingsError(f"{where}{name}: {message}", file=self.file, line=line, hint=hint)


@dataclass(slots=True)
class Heard:
    """What all sources say, and what is wrong with how they say it."""

    said: list[Said] = field(default_factory=list)
    problems: list[DocumentError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def hear_document(heard: Heard, document: Document, rank: Rank) -> None:
    """Add what a file says."""
    top = document.value
    if top is None:
        return
    if not isinstance(top, dict) or not top.keys() & {ROOT}:
        hint = f"begin the file with `{ROOT}:` and indent the options below it"
        heard.problems.append(
            SettingsError(f"has no key {ROOT!r}", file=document.file, line=document.start, hint=hint)
        )
        return
    for key in top.keys() - {ROOT}:
        hint = f"did you mean {ROOT!r}?" if nearest(key, [ROOT]) else f"options belong under `{ROOT}:`"
        heard.problems.append(_unknown(document, (key,), hint))
    _Walk(heard, document, rank).section(Tree, top[ROOT], (ROOT,), "")


class _Walk:
    """Goes through a file along the tree."""

    def __init__(self, heard: Heard, document: Document, rank: Rank) -> None:
        self.heard = heard
        self.document = document
        self.rank = rank

    def section(self, cls: type[Section], raw: Any, keys: tuple[str, ...], path: str) -> None:
        """Add what stands in a section."""
        if raw is None:
            return
        if not isinstance(raw, dict):
            message = f"{path.rstrip('.') or ROOT}: expected a mapping, got {shown(raw)}"
            line = self.document.line(*keys)
            self.heard.problems.append(SettingsError(message, file=self.document.file, line=line))
            return
        seen: dict[str, str] = {}
        for key, value in raw.items():
            name = cls.spellings.get(key)
            if key in cls.parts:
                self.section(cls.parts[key].cls, value, (*keys, key), f"{path}{key}.")
            elif name is None:
                self.heard.problems.append(_unknown(self.document, (*keys, key), _hint(cls, key, path)))
            elif name in seen:
                line = self.document.line(*keys, key)
                message = f"{path}{key} says the same as {path}{seen[name]}"
                hint = "remove one of them"
                self.heard.problems.append(
                    SettingsError(message, file=self.document.file, line=line, hint=hint)
                )
            elif value is not None:
                seen[name] = key
                self._option(f"{path}{name}", value, (*keys, key))

    def _option(self, path: str, value: Any, keys: tuple[str, ...]) -> None:
        file = self.document.file
        source = f"{file}:{self.document.line(*keys)}"
        self.heard.said.append(Said(path, value, self.rank, source, self.document, keys, file))


def _unknown(document: Document, keys: tuple[str, ...], hint: str) -> SettingsError:
    name = ".".join(keys[1:] if keys[0] == ROOT and len(keys) > 1 else keys)
    return SettingsError(f"unknown key {name!r}", file=document.file, line=document.line(*keys), hint=hint)


def _hint(cls: type[Section], key: str, path: str) -> str:
    """Return the nearest key of the section; else the place where a key of that name belongs."""
    known = [*cls.spellings, *cls.parts]
    elsewhere = meanings().get(key, ())
    if not nearest(key, known) and elsewhere:
        return f"did you mean {' or '.join(repr(one.path) for one in elsewhere[:3])}?"
    return hint_for(key, known)


def hear_environment(heard: Heard, environment: Mapping[str, str]) -> None:
    """Add what the variables of the environment say."""
    _hear_variables(heard, {name: (value, 0) for name, value in environment.items()}, Rank.ENVIRONMENT, "")


def hear_dotenv(heard: Heard, found: Mapping[str, tuple[str, int]], file: str) -> None:
    """Add what the variables of an `.env` file say: values with their lines, by name."""
    _hear_variables(heard, found, Rank.DOTENV, file)


def _hear_variables(heard: Heard, found: Mapping[str, tuple[str, int]], rank: Rank, file: str) -> None:
    said: set[str] = set()
    for name, path in variables().items():
        value, line = found.get(name, ("", 0))
        if value and path not in said:
            said.add(path)
            source = f"{file}:{line} ({name})" if file else name
            heard.said.append(Said(path, value, rank, source, file=file, line=line))
    for name in found:
        if name.startswith(PREFIX) and name not in variables() and name not in RESERVED:
            near = nearest(name, variables())
            heard.notes.append(f"{name} is not an option" + (f"; did you mean {near}?" if near else ""))


def hear_overrides(
    heard: Heard, overrides: Mapping[str, object], origin: str, *, rank: Rank = Rank.COMMAND_LINE
) -> None:
    """Add what the command line or a caller says, by path, alias or bare name; None says nothing."""
    for key, value in overrides.items():
        if value is not None:
            _hear_override(heard, str(key), value, origin, rank=rank)


def _hear_override(heard: Heard, key: str, value: Any, origin: str, *, rank: Rank) -> None:
    found = meanings().get(key, ())
    if not found and key in inner_keys() and isinstance(value, Mapping):
        inside = {f"{key}.{inner}": one for inner, one in value.items()}
        hear_overrides(heard, inside, origin, rank=rank)
    elif len(found) != 1:
        heard.problems.append(_unclear(key, [one.path for one in found], origin))
    elif found[0].path in parts():
        _hear_part(heard, found[0].path, value, origin, rank=rank)
    else:
        meaning = found[0]
        raw = value / meaning.divisor if meaning.divisor != 1 and isinstance(value, int | float) else value
        raw = os.fspath(raw) if isinstance(raw, Path) else raw
        heard.said.append(Said(meaning.path, raw, rank, f"{origin}: {key}"))


def _hear_part(heard: Heard, path: str, value: Any, origin: str, *, rank: Rank) -> None:
    if not isinstance(value, Mapping):
        heard.problems.append(SettingsError(f"{origin}: {path}: expected a mapping, got {shown(value)}"))
        return
    for inner, one in value.items():
        key = f"{path}.{inner}"
        if key not in meanings():
            spelled = parts()[path].cls
            hint = hint_for(str(inner), [*spelled.spellings, *spelled.parts])
            heard.problems.append(SettingsError(f"{origin}: unknown key {key!r}", hint=hint))
        elif one is not None:
            _hear_override(heard, key, one, origin, rank=rank)


def _unclear(key: str, paths: list[str], origin: str) -> SettingsError:
    if paths:
        return SettingsError(f"{origin}: {key!r} may mean several options", hint=f"say {' or '.join(paths)}")
    near = nearest(key, known_keys())
    hint = f"did you mean {near!r}?" if near else "`autonomous-cicd config show` lists all options"
    return SettingsError(f"{origin}: unknown key {key!r}", hint=hint)
