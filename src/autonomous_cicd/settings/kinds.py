"""Kinds of option values: what is expected, and how a written value becomes a typed one.

Plain classes and no validation library: these are loaded at every start of the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, NoReturn, TypeVar

from autonomous_cicd.documents import nearest
from autonomous_cicd.domain.secrets import Secret

__all__ = [
    "CONTROL",
    "Address",
    "Choice",
    "Cron",
    "Flag",
    "Folder",
    "Kind",
    "Letter",
    "Maybe",
    "Misfit",
    "Number",
    "Size",
    "Text",
    "Token",
    "Whole",
    "hint_for",
    "shown",
    "unknown",
]

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
"""Characters that no option may hold."""

MOST_NAMED = 16
"""Words that a hint names at most."""

_YES = frozenset(("true", "yes", "on", "1"))
_NO = frozenset(("false", "no", "off", "0"))
_UNITS = {
    "": 1,
    "k": 10**3,
    "m": 10**6,
    "g": 10**9,
    "t": 10**12,
    "ki": 2**10,
    "mi": 2**20,
    "gi": 2**30,
    "ti": 2**40,
}
_SIZE = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?) ?([kmgt]?i?)b?", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s@\x00-\x1f\x7f]{1,2000}")
_CRON = re.compile(r"[0-9A-Za-z*/,?#-]+(?: [0-9A-Za-z*/,?#-]+){4}")


class Misfit(Exception):
    """Raised by a kind when a value is not what it expects; `path` leads to the guilty part inside it."""

    def __init__(self, message: str, *path: str | int, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.hint = hint


class Kind(Generic[T]):
    """Knows one kind of value."""

    expects = "a value"
    """What may be written, in words."""

    def read(self, raw: Any) -> T:
        """Return the value of what a file, a variable or a flag says. Raises Misfit."""
        raise NotImplementedError

    def write(self, value: T) -> Any:
        """Return a value as plain data that may be shown."""
        return value

    def refuse(self, raw: Any) -> NoReturn:
        """Raise the error for a value that is not what is expected."""
        raise Misfit(f"expected {self.expects}, got {shown(raw)}")


class Flag(Kind[bool]):
    """Yes or no."""

    expects = "true or false"

    def read(self, raw: Any) -> bool:
        """Return the flag; variables and quoted values may say it in words."""
        if isinstance(raw, bool):
            return raw
        word = raw.strip().lower() if isinstance(raw, str) else ""
        if word not in _YES and word not in _NO:
            self.refuse(raw)
        return word in _YES


class Number(Kind[float]):
    """A number with bounds, both of them allowed."""

    def __init__(self, least: float = 0.0, most: float = 1e9) -> None:
        self.least = least
        self.most = most
        self.expects = f"a number from {least:g} to {most:g}"

    def read(self, raw: Any) -> float:
        """Return the number; text that spells one will do."""
        number = _number(raw)
        if number is None or not self.least <= number <= self.most:
            self.refuse(raw)
        return number


class Whole(Kind[int]):
    """A whole number with bounds, both of them allowed."""

    def __init__(self, least: int = 0, most: int = 1_000_000) -> None:
        self.least = least
        self.most = most
        self.expects = f"a whole number from {least} to {most}"

    def read(self, raw: Any) -> int:
        """Return the number; text that spells one will do."""
        number = _number(raw)
        if number is None or not self.least <= number <= self.most or number != int(number):
            self.refuse(raw)
        return int(number)


class Size(Kind[int]):
    """An amount of bytes, with a unit or without."""

    expects = "a size like 512Mi, 8Gi or 2GB"

    def read(self, raw: Any) -> int:
        """Return the bytes."""
        number = _number(raw)
        if number is not None and number >= 0 and number == int(number):
            return int(number)
        match = _SIZE.fullmatch(raw.strip()) if isinstance(raw, str) else None
        if not match or match[2].lower() not in _UNITS:
            self.refuse(raw)
        return int(float(match[1]) * _UNITS[match[2].lower()])

    def write(self, value: int) -> int | str:
        """Return the size in the largest binary unit that divides it."""
        for unit in ("Ti", "Gi", "Mi", "Ki"):
            if value and value % _UNITS[unit.lower()] == 0:
                return f"{value // _UNITS[unit.lower()]}{unit}"
        return value


class Text(Kind[str]):
    """One line of text."""

    def __init__(self, expects: str = "a text of one line", pattern: str = r"[^\n]*") -> None:
        self.expects = expects
        self.pattern = pattern

    def read(self, raw: Any) -> str:
        """Return the text without the blanks around it."""
        text = raw.strip() if isinstance(raw, str) else None
        if text is None or len(text) > 2000 or CONTROL.search(text) or not re.fullmatch(self.pattern, text):
            self.refuse(raw)
        return text


class Address(Kind[str]):
    """The address of a service, without credentials in it."""

    expects = "a web address without user name and password"

    def read(self, raw: Any) -> str:
        """Return the address; a refused one is not shown, for it may hold a password."""
        text = raw.strip() if isinstance(raw, str) else ""
        if not _ADDRESS.fullmatch(text):
            raise Misfit(f"expected {self.expects}")
        return text


class Choice(Kind[E]):
    """One word of an enumeration, or another spelling of it; capitals do not count."""

    def __init__(self, words: type[E], spellings: dict[str, str] | None = None) -> None:
        self.words = words
        self.spellings = {word.lower(): word for word in words} | (spellings or {})
        self.expects = "one of " + ", ".join(words)

    def read(self, raw: Any) -> E:
        """Return the word that is meant."""
        if not isinstance(raw, str):
            self.refuse(raw)
        word = self.spellings.get(raw.strip().lower())
        if word is None:
            raise Misfit(f"expected {self.expects}, got {shown(raw)}", hint=hint_for(raw, self.spellings))
        return self.words(word)

    def write(self, value: E) -> str:
        """Return the word."""
        return str(value)


class Token(Kind[Secret]):
    """A secret."""

    expects = "a secret text of one line"

    def read(self, raw: Any) -> Secret:
        """Return the secret; what was written is never shown, not even in the error."""
        text = raw.reveal() if isinstance(raw, Secret) else raw.strip() if isinstance(raw, str) else None
        if text is None or CONTROL.search(text) or "\n" in text:
            raise Misfit(f"expected {self.expects}")
        return Secret(text)

    def write(self, value: Secret) -> str:
        """Return the mask; nothing when there is no secret."""
        return str(value) if value else ""


class Letter(Token):
    """A secret that may have many lines, like a private key."""

    expects = "a secret text"

    def read(self, raw: Any) -> Secret:
        """Return the secret; what was written is never shown, not even in the error."""
        text = raw.reveal() if isinstance(raw, Secret) else raw.strip() if isinstance(raw, str) else None
        if text is None or CONTROL.search(text.replace("\n", "").replace("\r", "")) or len(text) > 100_000:
            raise Misfit(f"expected {self.expects}")
        return Secret(text)


class Folder(Kind[Path]):
    """A folder of the machine; `~` is the home."""

    expects = "an absolute path of a folder"

    def read(self, raw: Any) -> Path:
        """Return the path as it is written."""
        text = str(raw).strip() if isinstance(raw, str | Path) else ""
        if not text or CONTROL.search(text) or not (text == "~" or text.startswith(("/", "~/"))):
            self.refuse(raw)
        return Path(text)

    def write(self, value: Path) -> str:
        """Return the path as text; nothing for none."""
        return "" if value == Path() else str(value)


class Cron(Kind[str]):
    """A schedule in cron's five fields."""

    expects = "a schedule in cron's five fields, like '0 2 * * *'"

    def read(self, raw: Any) -> str:
        """Return the schedule; empty means never."""
        text = " ".join(raw.split()) if isinstance(raw, str) else None
        if text is None or (text and not _CRON.fullmatch(text)):
            self.refuse(raw)
        return text


class Maybe(Kind[T | None]):
    """A value, or nothing: `false`, `none` or an empty value say that it is not asked for.

    With `spoken` false only a missing value does, because `false` is a value too.
    """

    def __init__(self, kind: Kind[T], *, spoken: bool = True) -> None:
        self.kind = kind
        self.spoken = spoken
        self.expects = f"{kind.expects}, or false" if spoken else kind.expects

    def read(self, raw: Any) -> T | None:
        """Return the value; None when it is not asked for."""
        no = raw is False or (isinstance(raw, str) and raw.strip().lower() in ("", "none", "false"))
        if raw is None or (self.spoken and no):
            return None
        try:
            return self.kind.read(raw)
        except Misfit as misfit:
            message = misfit.message.replace(self.kind.expects, self.expects)
            raise Misfit(message, *misfit.path, hint=misfit.hint) from None

    def write(self, value: T | None) -> Any:
        """Return the value as plain data."""
        return None if value is None else self.kind.write(value)


def shown(raw: Any) -> str:
    """Return how a refused value is named in an error: never longer than a few words."""
    what = {dict: "a mapping", list: "a list", tuple: "a list", type(None): "nothing"}.get(type(raw))
    text = what or repr(raw)
    return text if len(text) <= 60 else text[:57] + "..."


def unknown(word: str, known: Iterable[str], *path: str | int) -> Misfit:
    """Return the error for a word that is not among the known ones."""
    return Misfit(f"{shown(word)} is not known", *path, hint=hint_for(word, known))


def hint_for(word: str, known: Iterable[str]) -> str:
    """Return the nearest known word as a hint; when none is near, what is known."""
    words = [str(one) for one in known]
    found = nearest(word, words)
    if found:
        return f"did you mean {found!r}?"
    return f"known are: {', '.join(words[:MOST_NAMED])}{', …' if len(words) > MOST_NAMED else ''}"


def _number(raw: Any) -> float | None:
    """Return a number; None when it is none, or not a finite one of sane length."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        return None
    try:
        number = float(raw)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < 2**53 else None
