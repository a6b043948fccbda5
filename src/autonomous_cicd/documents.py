"""Reads untrusted YAML, TOML and JSON: within limits, and with line numbers.

YAML is read by the core schema of version 1.2, as the code host reads workflow files: `on` and `yes`
are strings, `3.10` is a number, dates stay strings, and the merge key `<<` means nothing special.
"""

from __future__ import annotations

import datetime
import difflib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import Any, NoReturn

import yaml
from yaml import events as ev
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.values import dataclass

__all__ = ["DEPTH", "LIMIT", "NODES", "Document", "nearest", "read_json", "read_toml", "read_yaml"]

LIMIT = 2_000_000
"""Most characters of a document, unless the caller says otherwise."""

DEPTH = 100
"""Most levels of nesting."""

NODES = 200_000
"""Most values of a YAML document when every alias is written out."""

_CYAML: Any = getattr(yaml, "cyaml", None)
"""The fast parser, where PyYAML was built with it."""
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOL = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL_FLOAT = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_NUMBER_LENGTH = 400
_CORE = "tag:yaml.org,2002:"
_SCALAR_TAGS = frozenset(_CORE + name for name in ("null", "bool", "int", "float"))
_CONTAINER_TAGS = {None, "!", _CORE + "map", _CORE + "seq"}
_SURROGATE = re.compile("[\ud800-\udfff]")
_DOTTED_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){20}""")
_TAG_DIRECTIVES = 100
_PLACE = re.compile(r"line (\d+)")


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and where it says it. Aliases share their value: treat it as read-only."""

    value: Json
    """Plain values only: bool, int, float, str, None, list, dict."""
    file: str = ""
    start: int = 1
    """Line of the outermost value."""
    places: dict[int, Any] = field(default_factory=dict, repr=False)
    """For each container of a YAML document, by its id, the lines of its entries."""
    text: str = field(default="", repr=False)
    """Searched for the keys where the reader tells no lines (TOML, JSON)."""

    def line(self, *path: str | int) -> int:
        """Return the line of a key or an index; of its nearest ancestor when there is none."""
        return _search(self.text, path) if self.text else self._walk(path)

    def _walk(self, path: tuple[str | int, ...]) -> int:
        line = self.start
        value: Any = self.value
        for part in path:
            try:
                line, value = self.places[id(value)][part], value[part]
            except (LookupError, TypeError):
                break
        return line


def read_yaml(text: str, *, file: str = "", limit: int = LIMIT) -> Document:
    """Read one YAML document. Raises DocumentError for whatever is not plain data within the limits."""
    text = _checked(text, file, limit)
    # The parser compares each of these directives with all the others.
    if text.count("%TAG") > _TAG_DIRECTIVES:
        raise DocumentError("declares too many tags", file=file, hint="remove the %TAG directives")
    builder = _Builder(file)
    try:
        for event in _events(text):
            builder.feed(event)
    except yaml.MarkedYAMLError as error:
        _refuse_syntax(error, text, file)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise DocumentError(
            f"is not YAML: {getattr(error, 'reason', None) or 'a character is not allowed'}",
            file=file,
            line=_line_of_reader_error(error, text),
            hint="remove control characters and broken escapes",
        ) from None
    return Document(builder.value, file, builder.start, builder.places)


def read_toml(text: str, *, file: str = "", limit: int = LIMIT) -> Document:
    """Read a TOML document; dates become strings. Raises DocumentError."""
    text = _checked(text, file, limit)
    # Each part of a dotted key is looked up again for every longer one, so a very long key takes hours.
    if long := _DOTTED_KEY.search(text):
        line = text.count("\n", 0, long.start()) + 1
        raise DocumentError("has a key of 20 parts or more", file=file, line=line, hint="shorten it")
    try:
        value = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        _refuse_text("TOML", error, file)
    return Document(_plain_tree(value, file), file, text=text)


def read_json(text: str, *, file: str = "", limit: int = LIMIT) -> Document:
    """Read a JSON document; of two equal keys the last one counts, as for npm. Raises DocumentError."""
    text = _checked(text, file, limit)
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        _refuse_text("JSON", error, file)
    return Document(_plain_tree(value, file), file, text=text)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that looks most like this one; empty when none does."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)), "")


def _checked(text: str, file: str, limit: int) -> str:
    if len(text) > limit:
        raise DocumentError(
            f"has {len(text):,} characters; {limit:,} are allowed", file=file, hint="split the file"
        )
    for bad, what in ((text.find("\0"), "a NUL character"), (_surrogate(text), "bytes that are not UTF-8")):
        if bad >= 0:
            line = text.count("\n", 0, bad) + 1
            raise DocumentError(f"holds {what}", file=file, line=line, hint="save the file as UTF-8 text")
    return text.removeprefix("\ufeff")


def _surrogate(text: str) -> int:
    found = None if text.isascii() else _SURROGATE.search(text)
    return found.start() if found else -1


class _PurePython(Reader, Scanner, Parser):
    """PyYAML's own parser, for where it was built without libyaml."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)


def _events(text: str) -> Iterator[Any]:
    parser: Any = _CYAML.CParser(text) if _CYAML else _PurePython(text)
    while parser.check_event():
        yield parser.get_event()


@dataclass(slots=True)
class _Open:
    """A container that is being filled."""

    value: Any
    places: Any
    anchor: str | None
    before: int
    """How many values had been counted when it was opened."""
    key: str | None = None
    """The key whose value comes next."""


class _Builder:
    """Turns events into plain values, without recursion."""

    def __init__(self, file: str) -> None:
        self.value: Json = None
        self.start = 1
        self.places: dict[int, Any] = {}
        self._file = file
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int, str | None]] = {}
        self._documents = 0
        self._count = 0

    def feed(self, event: Any) -> None:
        """Take the next event."""
        kind = type(event)
        if kind is ev.ScalarEvent:
            self._scalar(event)
        elif kind is ev.MappingStartEvent:
            self._begin(event, {}, {})
        elif kind is ev.SequenceStartEvent:
            self._begin(event, [], [])
        elif kind is ev.MappingEndEvent or kind is ev.SequenceEndEvent:
            self._end()
        elif kind is ev.AliasEvent:
            self._alias(event)
        elif kind is ev.DocumentStartEvent:
            self._documents += 1
            if self._documents > 1:
                self._refuse(
                    event, "holds more than one document", "keep what stands before the second `---`"
                )

    def _scalar(self, event: Any) -> None:
        text = event.value
        if "\0" in text:
            self._refuse(event, "holds a NUL character", "remove the escape")
        value = _resolve(text) if event.tag is None and event.implicit[0] else text
        if event.tag is not None:
            value = self._tagged(event, text)
        self._grow(event, 1)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1, text)
        if self._wants_key():
            self._key(event, text)
        else:
            self._add(event, value)

    def _tagged(self, event: Any, text: str) -> Json:
        if event.tag in ("!", _CORE + "str"):
            return text
        value = _resolve(text) if event.tag in _SCALAR_TAGS else text
        if isinstance(value, str):
            self._refuse_tag(event)
        return value

    def _begin(self, event: Any, value: Any, places: Any) -> None:
        if event.tag not in _CONTAINER_TAGS:
            self._refuse_tag(event)
        if self._wants_key():
            self._refuse(event, "has a list or a mapping as a key", "a key must be plain text")
        if len(self._open) >= DEPTH:
            self._refuse(event, f"is nested more than {DEPTH} levels deep", "flatten it")
        self._add(event, value)
        self.places[id(value)] = places
        self._open.append(_Open(value, places, event.anchor, self._count))
        self._grow(event, 1)

    def _end(self) -> None:
        done = self._open.pop()
        if done.anchor is not None:
            self._anchors[done.anchor] = (done.value, self._count - done.before, None)

    def _alias(self, event: Any) -> None:
        name = event.anchor
        if any(frame.anchor == name for frame in self._open):
            self._refuse(event, f"has an alias *{name} inside what it stands for", "write the value out")
        if name not in self._anchors:
            self._refuse(
                event, f"has an alias *{name} without an anchor &{name} before it", "define the anchor"
            )
        value, size, text = self._anchors[name]
        self._grow(event, size)
        if not self._wants_key():
            self._add(event, value)
        elif text is None:
            self._refuse(event, "has a list or a mapping as a key", "a key must be plain text")
        else:
            self._key(event, text)

    def _wants_key(self) -> bool:
        return bool(self._open) and self._open[-1].key is None and type(self._open[-1].value) is dict

    def _key(self, event: Any, key: str) -> None:
        frame = self._open[-1]
        if key in frame.value:
            first = frame.places[key]
            self._refuse(event, f"has the key {key!r} twice (first in line {first})", "remove one of them")
        frame.key = key
        frame.places[key] = event.start_mark.line + 1

    def _add(self, event: Any, value: Json) -> None:
        line = event.start_mark.line + 1
        if not self._open:
            self.value, self.start = value, line
            return
        frame = self._open[-1]
        if frame.key is None:
            frame.value.append(value)
            frame.places.append(line)
        else:
            frame.value[frame.key] = value
            frame.key = None

    def _grow(self, event: Any, size: int) -> None:
        self._count += size
        if self._count > NODES:
            self._refuse(event, f"holds more than {NODES:,} values, aliases written out", "make it smaller")

    def _refuse_tag(self, event: Any) -> NoReturn:
        tag = event.tag.replace(_CORE, "!!")
        self._refuse(event, f"has the tag {tag!r}, or its value does not fit the tag", "remove the tag")

    def _refuse(self, event: Any, message: str, hint: str) -> NoReturn:
        raise DocumentError(message, file=self._file, line=event.start_mark.line + 1, hint=hint)


def _resolve(text: str) -> Json:
    if text in _NULL:
        return None
    if (flag := _BOOL.get(text)) is not None:
        return flag
    if text[0] not in "+-.0123456789" or len(text) > _NUMBER_LENGTH:
        return text
    if _INT.fullmatch(text):
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        return int(text, base)
    if _FLOAT.fullmatch(text):
        return float(text)
    return float(text.replace(".", "")) if _SPECIAL_FLOAT.fullmatch(text) else text


def _refuse_syntax(error: yaml.MarkedYAMLError, text: str, file: str) -> NoReturn:
    mark = error.problem_mark or error.context_mark
    row = mark.line if mark else 0
    lines = text.split("\n")
    row = min(row, len(lines) - 1)
    indent = re.match(r"\s*", lines[row])
    hint = "check the indentation and the quotes there and in the line above"
    if indent and "\t" in indent.group():
        hint = "indent with spaces: YAML does not allow tabs there"
    problem = " ".join(filter(None, (error.context, error.problem)))
    raise DocumentError(f"is not YAML: {problem}", file=file, line=row + 1, hint=hint) from None


def _line_of_reader_error(error: Exception, text: str) -> int:
    position = getattr(error, "position", None)
    if not isinstance(position, int):
        return 1
    # libyaml counts bytes, PyYAML itself counts characters.
    before = text.encode()[:position].count(b"\n") if _CYAML else text.count("\n", 0, position)
    return before + 1


def _refuse_text(language: str, error: Exception, file: str) -> NoReturn:
    if isinstance(error, RecursionError):
        raise DocumentError(
            f"is nested more than {DEPTH} levels deep", file=file, hint="flatten it"
        ) from None
    reason = str(error)
    place = _PLACE.search(reason)
    line = int(place.group(1)) if place else 0
    hint = f"check the line with a {language} validator"
    raise DocumentError(f"is not {language}: {reason}", file=file, line=line, hint=hint) from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")


def _plain_tree(root: Any, file: str) -> Json:
    """Refuse what is nested too deep or holds broken text, and make strings of dates."""
    level: list[Any] = [[root]]
    for _ in range(DEPTH + 1):
        level = [child for container in level for child in _plain_entries(container, file)]
        if not level:
            found: Json = root
            return found
    raise DocumentError(f"is nested more than {DEPTH} levels deep", file=file, hint="flatten it")


def _plain_entries(container: Any, file: str) -> list[Any]:
    """Return the containers in it."""
    inner: list[Any] = []
    for key, value in container.items() if isinstance(container, dict) else enumerate(container):
        if isinstance(value, dict | list):
            inner.append(value)
        elif isinstance(value, datetime.date | datetime.time):
            container[key] = value.isoformat()
        if any(isinstance(text, str) and ("\0" in text or _surrogate(text) >= 0) for text in (key, value)):
            raise DocumentError("holds a broken or NUL character", file=file, hint="remove the escape")
    return inner


def _search(text: str, path: tuple[str | int, ...]) -> int:
    position = 0
    for part in path:
        if isinstance(part, int):
            continue
        found = re.compile(rf"""(?<![\w-])["']?{re.escape(part)}["']?[ \t]*[:=\].]""").search(text, position)
        if not found:
            break
        position = found.end()
    return text.count("\n", 0, position) + 1
