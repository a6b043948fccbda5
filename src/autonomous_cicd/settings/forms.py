"""Kinds of option values that hold several: lists, variables, commands, nested options."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from autonomous_cicd.settings.kinds import CONTROL, Kind, Misfit, shown, unknown

__all__ = ["Command", "Commands", "Program", "Variables", "Words", "scalar_text"]

Command: TypeAlias = "str | tuple[str, ...]"
"""A text for a shell, or the words of a program's call."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Words(Kind[tuple[str, ...]]):
    """A list of words; in a variable they are separated by commas."""

    def __init__(
        self,
        expects: str = "a list of texts",
        *,
        pattern: str = r"[^\n]+",
        known: tuple[str, ...] = (),
        spellings: Mapping[str, str] | None = None,
    ) -> None:
        self.expects = expects
        self.pattern = pattern
        self.known = known
        self.spellings = spellings or {}

    def read(self, raw: Any) -> tuple[str, ...]:
        """Return the words, each once, in the order in which they were written."""
        words = [part for part in raw.split(",") if part.strip()] if isinstance(raw, str) else raw
        if not isinstance(words, list | tuple):
            self.refuse(raw)
        return tuple(dict.fromkeys(self._word(index, word) for index, word in enumerate(words)))

    def _word(self, index: int, raw: Any) -> str:
        word = raw.strip() if isinstance(raw, str) else ""
        if CONTROL.search(word) or not re.fullmatch(self.pattern, word):
            raise Misfit(f"expected {self.expects}, with {shown(raw)} in it", index)
        word = self.spellings.get(word, word)
        if self.known and word not in self.known:
            raise unknown(word, (*self.known, *self.spellings), index)
        return word

    def write(self, value: tuple[str, ...]) -> list[str]:
        """Return the words as a list."""
        return list(value)


class Program(Kind[Command]):
    """One command: a text for a shell, or the list of the words of a call."""

    expects = "a command as a text, or as a list of words"

    def read(self, raw: Any) -> Command:
        """Return the text, or the words; YAML's `true` and `false` are the programs of these names."""
        if isinstance(raw, bool):
            return str(raw).lower()
        return self._call(raw) if isinstance(raw, list | tuple) else self._text(raw)

    def _text(self, raw: Any) -> str:
        if not isinstance(raw, str) or not raw.strip() or "\0" in raw:
            self.refuse(raw)
        return raw

    def _call(self, raw: list[Any] | tuple[Any, ...]) -> tuple[str, ...]:
        words = tuple(scalar_text(word) for word in raw)
        if not words or not words[0] or any(word is None or "\0" in word for word in words):
            self.refuse(raw)
        return tuple(word for word in words if word is not None)

    def write(self, value: Command) -> Any:
        """Return the command as text or list."""
        return value if isinstance(value, str) else list(value)


class Commands(Kind[tuple[Command, ...]]):
    """A list of commands; a text alone is one of them."""

    expects = "a list of commands"

    def read(self, raw: Any) -> tuple[Command, ...]:
        """Return the commands, in their order."""
        written = [raw] if isinstance(raw, str) else raw
        if not isinstance(written, list | tuple) or not written:
            self.refuse(raw)
        program = Program()
        try:
            return tuple(program.read(one) for one in written)
        except Misfit as misfit:
            raise Misfit(f"{misfit.message} in {self.expects}") from None

    def write(self, value: tuple[Command, ...]) -> Any:
        """Return the commands as a list."""
        return [Program().write(one) for one in value]


class Variables(Kind[Mapping[str, str]]):
    """Names with values: an environment."""

    expects = "a mapping of variable names to values"

    def read(self, raw: Any) -> Mapping[str, str]:
        """Return the variables; numbers and flags become text."""
        if not isinstance(raw, Mapping):
            self.refuse(raw)
        return {_name(name): _value(name, value) for name, value in raw.items()}

    def write(self, value: Mapping[str, str]) -> dict[str, str]:
        """Return the variables."""
        return dict(value)


def scalar_text(raw: Any) -> str | None:
    """Return a scalar as it would stand in a variable; None when it is no scalar."""
    if isinstance(raw, bool):
        return str(raw).lower()
    return str(raw) if isinstance(raw, str | int | float) else None


def _name(name: Any) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise Misfit(f"{shown(name)} is not a name for a variable", str(name))
    return name


def _value(name: str, raw: Any) -> str:
    text = "" if raw is None else scalar_text(raw)
    if text is None or "\0" in text:
        raise Misfit(f"expected a text, got {shown(raw)}", name)
    return text
