"""Where things stand in a TOML document, so that one of them can be changed and nothing else."""

from __future__ import annotations

import re
import tomllib
from dataclasses import field

from autonomous_cicd.values import dataclass

__all__ = ["Array", "Header", "Pair", "Text", "TomlSpans", "toml_spans"]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]*")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{0,2}"""'
    r"|'''(?:[^']|'(?!''))*'{0,2}'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Text:
    """A string in an array: its value, and where it stands with its quotes."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Array:
    """An array: where it stands, brackets excluded, and the strings directly in it."""

    path: tuple[str, ...]
    start: int
    end: int
    texts: tuple[Text, ...]
    others: bool = False
    """Whether something that is no string stands in it, too."""


@dataclass(frozen=True, slots=True)
class Pair:
    """`key = value` in a table: where it stands, and where its value does."""

    path: tuple[str, ...]
    start: int
    end: int
    value: int
    inline: bool = False
    """Whether it stands between braces."""


@dataclass(frozen=True, slots=True)
class Header:
    """`[table]`: where its line begins and the bracket ends."""

    path: tuple[str, ...]
    start: int
    end: int


@dataclass(slots=True)
class TomlSpans:
    """What a document has, in order."""

    arrays: list[Array] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    headers: list[Header] = field(default_factory=list)


class _Odd(Exception):
    """The text is not what it seemed."""


def toml_spans(text: str) -> TomlSpans | None:
    """Return where everything stands in a document; None when it is not valid."""
    try:
        tomllib.loads(text.replace("\r\n", "\n"))
        return _Reader(text).document()
    except (tomllib.TOMLDecodeError, _Odd, RecursionError):
        return None


@dataclass(slots=True)
class _Reader:
    text: str
    at: int = 0
    found: TomlSpans = field(default_factory=TomlSpans)

    def document(self) -> TomlSpans:
        table: tuple[str, ...] = ()
        self.blank()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table, 0)
            self.blank()
        return self.found

    def blank(self) -> None:
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def spaces(self) -> None:
        while self.text[self.at : self.at + 1] in (" ", "\t"):
            self.at += 1

    def take(self, letter: str) -> None:
        if not self.text.startswith(letter, self.at):
            raise _Odd
        self.at += len(letter)

    def header(self) -> tuple[str, ...]:
        start = self.at
        double = self.text.startswith("[[", start)
        self.take("[[" if double else "[")
        path = self.key()
        self.take("]]" if double else "]")
        self.found.headers.append(Header(path, start, self.at))
        return path

    def key(self) -> tuple[str, ...]:
        parts: list[str] = []
        while True:
            self.spaces()
            parts.append(self.word())
            self.spaces()
            if not self.text.startswith(".", self.at):
                return tuple(parts)
            self.at += 1

    def word(self) -> str:
        if self.text[self.at : self.at + 1] in ('"', "'"):
            return self.string()
        found = _BARE.match(self.text, self.at)
        if found is None:
            raise _Odd
        self.at = found.end()
        return found[0]

    def string(self) -> str:
        found = _STRING.match(self.text, self.at)
        if found is None:
            raise _Odd
        self.at = found.end()
        value = tomllib.loads(f"a = {found[0]}".replace("\r\n", "\n"))["a"]
        return str(value)

    def pair(self, table: tuple[str, ...], depth: int, *, inline: bool = False) -> None:
        start = self.at
        path = (*table, *self.key())
        self.take("=")
        self.spaces()
        place, value = len(self.found.pairs), self.at
        self.value(path, depth)
        self.found.pairs.insert(place, Pair(path, start, self.at, value, inline))

    def value(self, path: tuple[str, ...], depth: int) -> None:
        if depth > _DEEPEST:
            raise _Odd
        letter = self.text[self.at : self.at + 1]
        if letter in ('"', "'"):
            self.string()
        elif letter == "[":
            self.array(path, depth)
        elif letter == "{":
            self.braces(path, depth)
        else:
            found = _SCALAR.match(self.text, self.at)
            self.at += len(found[0].rstrip()) if found else 0

    def array(self, path: tuple[str, ...], depth: int) -> None:
        self.take("[")
        start, texts, others = self.at, list[Text](), False
        self.blank()
        while not self.text.startswith("]", self.at):
            first = self.at
            if self.text[first : first + 1] in ('"', "'"):
                texts.append(Text(self.string(), first, self.at))
            else:
                self.value((*path, str(len(texts))), depth + 1)
                others = True
            if self.at == first:
                raise _Odd
            self.blank()
            if self.text.startswith(",", self.at):
                self.at += 1
                self.blank()
        self.found.arrays.append(Array(path, start, self.at, tuple(texts), others))
        self.at += 1

    def braces(self, path: tuple[str, ...], depth: int) -> None:
        self.take("{")
        self.blank()
        while not self.text.startswith("}", self.at):
            self.pair(path, depth + 1, inline=True)
            self.blank()
            if self.text.startswith(",", self.at):
                self.at += 1
                self.blank()
        self.at += 1
