"""Changes one entry of a JSON file, and leaves every other byte as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import field

from autonomous_cicd.values import dataclass

__all__ = ["append", "put", "remove"]

DEPTH = 200
SPACE = re.compile(r"[ \t\r\n]*")
STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
SCALAR = re.compile(r"-?\d[\d.eE+-]*|true|false|null")
MARK = "\ufeff"


class Unreadable(ValueError):
    """Raised inside this module when a text is not JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A value, and where it stands."""

    start: int
    end: int
    entries: tuple[Entry, ...] = field(default=())
    """Of an object."""
    object: bool = False
    items: tuple[Node, ...] = field(default=())
    """Of an array."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A key with its value."""

    key: str
    start: int
    """Where the key begins, with its quotes."""
    colon: str
    """What stands between key and value."""
    value: Node


def put(text: str, path: Sequence[str], value: str, *, after: Sequence[str] = ()) -> str | None:
    """Return the text with a string at a path; None when it is not JSON or the path leads into no object.

    A new entry takes its place among sorted ones, else it comes last; objects on the way are made. The first
    of them that is new stands behind the first entry of `after` that there is.
    """
    return _changed(text, path, json.dumps(value, ensure_ascii=False), after)


def append(text: str, path: Sequence[str], value: str) -> str | None:
    """Return the text with a string at the end of an array that has entries; None when there is none."""
    try:
        node = _whole(text)
    except Unreadable:
        return None
    for key in path:
        found = _entry(node, key)
        if found is None:
            return None
        node = found.value
    if not node.items:
        return None
    last = node.items[-1]
    between = text[_before(text, last.start) : last.start] or " " * (len(node.items) == 1)
    new = json.dumps(value, ensure_ascii=False)
    return f"{text[: last.end]},{between}{new}{text[last.end :]}"


def remove(text: str, path: Sequence[str]) -> str | None:
    """Return the text without an entry; None when it is not JSON, or has none there."""
    try:
        node = _whole(text)
    except Unreadable:
        return None
    for key in path[:-1]:
        found = _entry(node, key)
        if found is None:
            return None
        node = found.value
    entry = _entry(node, path[-1]) if path else None
    if entry is None:
        return None
    at = node.entries.index(entry)
    if at + 1 < len(node.entries):
        return text[: entry.start] + text[node.entries[at + 1].start :]
    if at:
        return text[: node.entries[at - 1].value.end] + text[entry.value.end :]
    return f"{text[: node.start]}{{}}{text[node.end :]}"


def _changed(text: str, path: Sequence[str], value: str, after: Sequence[str]) -> str | None:
    try:
        node = _whole(text)
    except Unreadable:
        return None
    for position, key in enumerate(path):
        if not node.object:
            return None
        found = _entry(node, key)
        if found is None:
            return _inserted(text, node, path[position:], value, after)
        node = found.value
    return f"{text[: node.start]}{value}{text[node.end :]}" if path else None


def _inserted(text: str, node: Node, path: Sequence[str], value: str, after: Sequence[str]) -> str:
    """Return the text with a new entry in an object."""
    if not node.entries:
        inner = _Layout.of(text, node)
        body = inner.begin + _rendered(path, value, inner) + inner.close
        return f"{text[: node.start]}{{{body}}}{text[node.end :]}"
    layout = _Layout.beside(text, node)
    new = _rendered(path, value, layout)
    at = _place(node, path[0], after)
    if at == len(node.entries):
        last = node.entries[-1].value.end
        return f"{text[:last]},{layout.begin}{new}{text[last:]}"
    start = node.entries[at].start
    return f"{text[:start]}{new},{layout.begin}{text[start:]}"


def _place(node: Node, key: str, after: Sequence[str]) -> int:
    """Return before which entry a new key belongs."""
    keys = [one.key for one in node.entries]
    for name in after:
        if name in keys:
            return keys.index(name) + 1
    if after:
        return len(keys)
    for order in (str, str.casefold):
        if keys == sorted(keys, key=order):
            return next((at for at, one in enumerate(keys) if order(one) > order(key)), len(keys))
    return len(keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """How the entries of an object are set out."""

    begin: str
    """What stands before an entry."""
    close: str
    """What stands behind the last one."""
    colon: str
    unit: str
    """By what deeper levels are set in; empty when all is on one line."""

    @classmethod
    def beside(cls, text: str, node: Node) -> _Layout:
        """Return the layout that the entries of an object have."""
        last = node.entries[-1]
        begin = text[_before(text, last.start) : last.start]
        close = text[last.value.end : node.end - 1]
        return cls(begin=begin, close=close, colon=last.colon, unit=_unit(text) if "\n" in begin else "")

    @classmethod
    def of(cls, text: str, node: Node) -> _Layout:
        """Return the layout that the first entry of an empty object should have."""
        if "\n" not in text.strip():
            tight = '":' in text and '": ' not in text
            return cls(begin="", close="", colon=":" if tight else ": ", unit="")
        end = "\r\n" if "\r\n" in text else "\n"
        line = text[text.rfind("\n", 0, node.start) + 1 : node.start]
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        unit = _unit(text)
        return cls(begin=f"{end}{indent}{unit}", close=f"{end}{indent}", colon=": ", unit=unit)

    def deeper(self) -> _Layout:
        """Return the layout of an object that is an entry's value."""
        if not self.unit:
            return _Layout(begin="", close="", colon=self.colon, unit="")
        return _Layout(begin=self.begin + self.unit, close=self.begin, colon=self.colon, unit=self.unit)


def _rendered(path: Sequence[str], value: str, layout: _Layout) -> str:
    """Return an entry as text, with objects for what the path has beyond it."""
    key = json.dumps(path[0], ensure_ascii=False)
    if len(path) == 1:
        return f"{key}{layout.colon}{value}"
    inner = layout.deeper()
    return f"{key}{layout.colon}{{{inner.begin}{_rendered(path[1:], value, inner)}{inner.close}}}"


def _unit(text: str) -> str:
    """Return by what the first level is set in."""
    found = re.search(r"\n([ \t]+)\S", text)
    return found[1] if found else "  "


def _before(text: str, position: int) -> int:
    """Return where the white space before a position begins."""
    while position and text[position - 1] in " \t\r\n":
        position -= 1
    return position


def _entry(node: Node, key: str) -> Entry | None:
    """Return the entry of a key: of several the last, which is the one that counts."""
    return next((one for one in reversed(node.entries) if one.key == key), None)


def _whole(text: str) -> Node:
    start = len(MARK) if text.startswith(MARK) else 0
    node = _value(text, _skip(text, start), 0)
    if _skip(text, node.end) != len(text):
        raise Unreadable
    return node


def _value(text: str, at: int, depth: int) -> Node:
    if depth > DEPTH:
        raise Unreadable
    if text.startswith("{", at):
        return _object(text, at, depth)
    if text.startswith("[", at):
        return _array(text, at, depth)
    match = STRING.match(text, at) or SCALAR.match(text, at)
    if match is None:
        raise Unreadable
    return Node(start=at, end=match.end())


def _object(text: str, start: int, depth: int) -> Node:
    entries: list[Entry] = []
    at = _skip(text, start + 1)
    if text.startswith("}", at):
        return Node(start=start, end=at + 1, object=True)
    while True:
        key = STRING.match(text, at)
        if key is None:
            raise Unreadable
        colon = _skip(text, key.end())
        if not text.startswith(":", colon):
            raise Unreadable
        first = _skip(text, colon + 1)
        value = _value(text, first, depth + 1)
        entries.append(Entry(key=_string(key[0]), start=at, colon=text[key.end() : first], value=value))
        at = _skip(text, value.end)
        if text.startswith("}", at):
            return Node(start=start, end=at + 1, entries=tuple(entries), object=True)
        if not text.startswith(",", at):
            raise Unreadable
        at = _skip(text, at + 1)


def _array(text: str, start: int, depth: int) -> Node:
    at = _skip(text, start + 1)
    if text.startswith("]", at):
        return Node(start=start, end=at + 1)
    items: list[Node] = []
    while True:
        items.append(_value(text, at, depth + 1))
        at = _skip(text, items[-1].end)
        if text.startswith("]", at):
            return Node(start=start, end=at + 1, items=tuple(items))
        if not text.startswith(",", at):
            raise Unreadable
        at = _skip(text, at + 1)


def _string(text: str) -> str:
    try:
        value: str = json.loads(text)
    except ValueError as error:
        raise Unreadable from error
    return value


def _skip(text: str, at: int) -> int:
    match = SPACE.match(text, at)
    return match.end() if match else at
