"""What counts when the operator allows one value and the project asks for another: the narrower one."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

__all__ = ["both", "common", "either", "highest", "lowest", "united", "within"]


def lowest(allowed: Any, asked: Any) -> Any:
    """Return the smaller one; of words, the earlier one of their enumeration. None is no limit."""
    if allowed is None or asked is None:
        return asked if allowed is None else allowed
    return min(allowed, asked, key=_place)


def highest(allowed: Any, asked: Any) -> Any:
    """Return the larger one. None asks for nothing."""
    if allowed is None or asked is None:
        return asked if allowed is None else allowed
    return max(allowed, asked, key=_place)


def both(allowed: bool, asked: bool) -> bool:
    """Return whether both say yes: for what the project may only turn off."""
    return allowed and asked


def either(allowed: bool, asked: bool) -> bool:
    """Return whether one says yes: for what the project may only turn on."""
    return allowed or asked


def united(allowed: tuple[str, ...], asked: tuple[str, ...]) -> tuple[str, ...]:
    """Return all words of both: for what is forbidden or required."""
    return tuple(dict.fromkeys((*allowed, *asked)))


def common(allowed: tuple[str, ...], asked: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words that are in both, else those of the operator: without any, everything is allowed."""
    if not allowed or not asked:
        return allowed or asked
    return tuple(word for word in asked if word in allowed) or allowed


def within(allowed: tuple[str, ...], asked: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words that are in both: for what is only done where both name it."""
    return tuple(word for word in asked if word in allowed)


def _place(value: Any) -> Any:
    return list(type(value)).index(value) if isinstance(value, StrEnum) else value
