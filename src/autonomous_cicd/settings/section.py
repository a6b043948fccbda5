"""Section and option: how the tree of settings is declared, and how a part of it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum, auto
from typing import Any, ClassVar, Self, TypeVar, cast, dataclass_transform

from autonomous_cicd.settings.kinds import Kind, Misfit, shown, unknown
from autonomous_cicd.values import dataclass

__all__ = ["Change", "Option", "Part", "Reach", "Section", "option", "read_section", "section"]

T = TypeVar("T")
S = TypeVar("S", bound="Section")


class Reach(Enum):
    """Who may set an option."""

    PROJECT = auto()
    """Anybody; what the project's own files say may be narrowed."""
    DOTENV = auto()
    """The operator, and the project's `.env`; never its configuration file."""
    OPERATOR = auto()
    """The operator alone: environment, own file, command line."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option, as it is declared."""

    kind: Kind[Any]
    default: Any
    help: str
    aliases: tuple[str, ...] = ()
    """Other names: in capitals a variable of the environment, else a key of the same section and of
    `config_override` (`a.b/60`: a nested key whose value is divided by 60)."""
    reach: Reach = Reach.PROJECT
    narrow: Callable[[Any, Any], Any] | None = None
    """Returns what counts of what the operator allows and what the project asks for."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is different about an option where its section stands in the tree."""

    default: Any
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A section inside another one."""

    cls: type[Section]
    help: str
    changes: Mapping[str, Change]

    def options(self) -> dict[str, Option]:
        """Return the options of the section as they are in this place."""
        changed = {
            name: replace(self.cls.options[name], default=change.default, aliases=change.aliases)
            for name, change in self.changes.items()
        }
        return self.cls.options | changed


def option(
    *,
    default: T,
    kind: Kind[T],
    help: str,
    aliases: tuple[str, ...] = (),
    reach: Reach = Reach.PROJECT,
    narrow: Callable[[Any, Any], Any] | None = None,
) -> T:
    """Declare an option as a field of a section."""
    return cast(T, Option(kind, default, help, aliases, reach, narrow))


def section(*, default: type[S], help: str, changes: Mapping[str, Change] | None = None) -> S:
    """Declare a section as a field of another one."""
    return cast(S, Part(default, help, changes or {}))


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(option, section))
class Section:
    """A frozen group of options. A subclass declares them as its fields."""

    options: ClassVar[dict[str, Option]] = {}
    parts: ClassVar[dict[str, Part]] = {}
    spellings: ClassVar[dict[str, str]] = {}
    """Every key that may be written, with the option that it means."""

    def __init_subclass__(cls) -> None:
        options = {name: value for name, value in vars(cls).items() if isinstance(value, Option)}
        parts = {name: value for name, value in vars(cls).items() if isinstance(value, Part)}
        for name in (*options, *parts):
            delattr(cls, name)
        cls.options = cls.options | options
        cls.parts = cls.parts | parts
        cls.spellings = {
            alias: name
            for name, declared in cls.options.items()
            for alias in (name, *declared.aliases)
            if alias.islower() and "." not in alias
        }

    def __init__(self, **values: Any) -> None:
        known = self.options.keys() | self.parts.keys()
        if wrong := values.keys() - known:
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(wrong))}")
        defaults: dict[str, Any] = {name: declared.default for name, declared in self.options.items()}
        for name, part in self.parts.items():
            if name not in values:
                defaults[name] = part.cls(**{key: change.default for key, change in part.changes.items()})
        self.__dict__.update(defaults | values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"settings are frozen: {name} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"settings are frozen: {name} cannot be removed")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), repr(self)))

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"
        )

    def changed(self, **values: Any) -> Self:
        """Return a copy with other values."""
        return type(self)(**{**self.__dict__, **values})


def read_section(cls: type[S], raw: Any) -> S:
    """Return a section of what is written for it. Raises Misfit with the path to the guilty key."""
    if not isinstance(raw, Mapping):
        raise Misfit(f"expected a mapping, got {shown(raw)}")
    values: dict[str, Any] = {}
    for key, value in raw.items():
        name = cls.spellings.get(key)
        if name is None:
            raise unknown(str(key), cls.spellings, str(key))
        if name in values:
            raise Misfit(f"{key} says {name} a second time", key)
        if value is not None:
            values[name] = _read_option(cls.options[name], key, value)
    return cls(**values)


def _read_option(declared: Option, key: str, raw: Any) -> Any:
    try:
        return declared.kind.read(raw)
    except Misfit as misfit:
        raise Misfit(misfit.message, key, *misfit.path, hint=misfit.hint) from None
