"""The tree as a pydantic model: for the JSON schema, and for whoever wants to validate a file by it.

It is made from the same declarations as everything else, and only when it is asked for: pydantic alone
takes longer to load than a whole run in which nothing changed.
"""

from __future__ import annotations

from functools import cache
from types import GenericAlias
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from autonomous_cicd.settings.forms import Commands, Program, Variables, Words
from autonomous_cicd.settings.kinds import Choice, Flag, Kind, Maybe, Number, Size, Whole
from autonomous_cicd.settings.section import Option, Part, Reach, Section
from autonomous_cicd.settings.sources import ROOT
from autonomous_cicd.settings.tasks import Tasks, TaskSettings
from autonomous_cicd.settings.tree import Tree

__all__ = ["model", "schema"]

_CONFIG = ConfigDict(extra="forbid", frozen=True)
_REACH = {
    Reach.PROJECT: "",
    Reach.DOTENV: " Not in a project's file.",
    Reach.OPERATOR: " Only the operator may set it.",
}
_SCALAR = bool | int | float | str
_PROGRAM = str | list[_SCALAR]


def schema() -> dict[str, Any]:
    """Return the JSON schema of `.autonomous-cicd.yml`, for editors."""
    found = model().model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


@cache
def model() -> type[BaseModel]:
    """Return the model of a whole file."""
    tree = _section(Tree, "Tree", Tree.options)
    options = (tree | None, Field(default=None, description="All options."))
    made: type[BaseModel] = create_model("File", __config__=_CONFIG, **{ROOT: options})  # type: ignore[call-overload]
    return made


def _section(cls: type[Section], name: str, options: dict[str, Option]) -> type[BaseModel]:
    fields: dict[str, Any] = {}
    for key, part in cls.parts.items():
        fields[key] = _part(f"{name}_{key}", part)
    for key, one in options.items():
        fields[key] = _field(one, one.help + _REACH[one.reach])
        for alias in one.aliases:
            if cls.spellings.get(alias) == key != alias:
                fields[alias] = _field(one, f"The same as `{key}`.", deprecated=True)
    made: type[BaseModel] = create_model(name, __config__=_CONFIG, __doc__=cls.__doc__, **fields)
    return made


def _part(name: str, part: Part) -> Any:
    return (_section(part.cls, name, part.options()) | None, Field(default=None, description=part.help))


def _field(one: Option, description: str, *, deprecated: bool = False) -> Any:
    default = None if deprecated else one.kind.write(one.default)
    annotation = _annotation(one.kind) | None
    return (annotation, Field(default=default, description=description, deprecated=deprecated or None))


def _annotation(kind: Kind[Any]) -> Any:
    """Return the type of what may be written, for pydantic."""
    match kind:
        case Maybe():
            return _annotation(kind.kind) | Literal[False, "none", ""]
        case Flag():
            return bool | Literal["true", "false", "yes", "no", "on", "off"]
        case Whole():
            return Annotated[int, Field(ge=kind.least, le=kind.most)] | _digits(r"^[0-9]+$")
        case Number():
            return Annotated[float, Field(ge=kind.least, le=kind.most)] | _digits(r"^[0-9]+(\.[0-9]+)?$")
        case Size():
            return Annotated[int, Field(ge=0)] | _digits(r"^[0-9]+(\.[0-9]+)? ?[kmgtKMGT]?i?[bB]?$")
        case Choice():
            return _one_of(tuple(kind.spellings) + tuple(str(word) for word in kind.spellings.values()))
        case Words() if kind.known:
            return _list(_one_of((*kind.known, *kind.spellings)))
        case Words():
            return _list(str)
        case Variables():
            return dict[str, _SCALAR | None]
        case Program():
            return _PROGRAM
        case Commands():
            return str | list[_PROGRAM]
        case Tasks():
            return GenericAlias(dict, (str, _PROGRAM | _task())) | GenericAlias(list, (_task(),))
        case _:
            return str


def _one_of(words: tuple[str, ...]) -> Any:
    literal: Any = Literal
    return literal[tuple(dict.fromkeys(words))]


def _list(of: Any) -> Any:
    return GenericAlias(list, (of,)) | str


def _digits(pattern: str) -> Any:
    return Annotated[str, Field(pattern=pattern)]


@cache
def _task() -> Any:
    return _section(TaskSettings, "Task", TaskSettings.options)
