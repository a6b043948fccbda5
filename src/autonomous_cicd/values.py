"""Dataclasses that are made in a fifth of the time.

The standard decorator compiles five or six methods for every class when its module is loaded. With more than
fifty classes that was a seventh of the time of a run in which nothing has changed. Here the constructor
alone is compiled; the other methods are the same functions for all classes, and do the same.

Type checkers see the standard decorator, whose contract this one keeps for classes with slots.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, fields
from operator import attrgetter
from reprlib import recursive_repr
from typing import Any

__all__ = ["dataclass"]

_standard = dataclass


def _dataclass(*, slots: bool, frozen: bool = False, kw_only: bool = False) -> Callable[[type], type]:
    """Return a decorator that makes a dataclass; `slots` is there to be seen, and must be true."""
    if not slots:
        raise TypeError("a dataclass without slots is made by the standard decorator")

    def decorate(cls: type) -> type:
        made: Any = _standard(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(cls)
        described = fields(made)
        made.__init__ = _constructor(made, described, frozen)
        methods = _methods(described, frozen)
        for name in methods.keys() - _written(cls):
            setattr(made, name, methods[name])
        return made  # type: ignore[no-any-return]

    return decorate


def _written(cls: type) -> set[str]:
    """Return the methods that a class brings; that it has no hash because it has `__eq__` is none."""
    own = vars(cls)
    return own.keys() - ({"__hash__"} if own.get("__hash__") is None else set())


def _constructor(made: type, described: Sequence[Field[Any]], frozen: bool) -> Callable[..., None]:
    names: dict[str, object] = {"_set": object.__setattr__, "_missing": MISSING}
    positional: list[str] = []
    by_name: list[str] = []
    body: list[str] = []
    for one in described:
        name = one.name
        value = name
        parameter = name
        if one.default_factory is not MISSING:
            names[f"_make_{name}"] = one.default_factory
            parameter = f"{name}=_missing"
            value = f"_make_{name}() if {name} is _missing else {name}" if one.init else f"_make_{name}()"
        elif one.default is not MISSING:
            names[f"_default_{name}"] = one.default
            parameter = f"{name}=_default_{name}"
            value = name if one.init else f"_default_{name}"
        elif not one.init:
            continue
        body.append(f"_set(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
        if one.init:
            (by_name if one.kw_only else positional).append(parameter)
    if hasattr(made, "__post_init__"):
        body.append("self.__post_init__()")
    star = ["*"] if by_name else []
    head = f"def __init__({', '.join(['self', *positional, *star, *by_name])}):"
    exec("\n ".join([head, *(body or ["pass"])]), names)  # noqa: S102 - names of fields are identifiers
    constructor: Any = names["__init__"]
    constructor.__qualname__ = f"{made.__qualname__}.__init__"
    constructor.__module__ = made.__module__
    return constructor  # type: ignore[no-any-return]


def _methods(described: Sequence[Field[Any]], frozen: bool) -> dict[str, object]:
    values = _getter([one.name for one in described if one.compare])

    def equal(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(values(self))

    common: dict[str, object] = {"__eq__": equal, "__repr__": _shown, "__hash__": None}
    if not frozen:
        return common
    kept = {"__getstate__": _state, "__setstate__": _restore}
    return {**common, **kept, "__hash__": hashed, "__setattr__": _no_set, "__delattr__": _no_delete}


def _getter(names: Sequence[str]) -> Callable[[object], Any]:
    """Return what gets the values of these attributes, as a tuple where there are several."""
    return attrgetter(*names) if names else lambda _: ()


@recursive_repr()
def _shown(self: Any) -> str:
    values = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{type(self).__qualname__}({values})"


def _state(self: Any) -> list[object]:
    return [getattr(self, one.name) for one in fields(self)]


def _restore(self: Any, state: Sequence[object]) -> None:
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)


def _no_set(self: object, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _no_delete(self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


globals()["dataclass"] = _dataclass
