"""Shelf: a place in a file where requirements stand, and the smallest change of one of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum

from autonomous_cicd.domain.requirement import Requirement, normal, parse_requirement
from autonomous_cicd.values import dataclass

__all__ = ["FIRST", "Item", "Reader", "Shelf", "Style", "added", "changed", "noted", "removed"]

FIRST = "^"
"""Behind nothing: as the first one."""


class Style(StrEnum):
    """How the requirements of a shelf are written."""

    LIST = "list"
    """Quoted, with commas between them."""
    LINES = "lines"
    """One on each line."""
    DASHES = "dashes"
    """One on each line, after a dash."""
    WORDS = "words"
    """Words of a shell's command line."""
    PAIRS = "pairs"
    """`name = "version"`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A requirement in a file."""

    text: str
    """As it is written, without quotes; of a pair, its version."""
    start: int
    end: int
    """Where it stands, quotes included; of a pair, from the key on."""
    inner: int
    """Where `text` begins."""
    key: str = ""
    """Of a pair: its name."""

    @property
    def requirement(self) -> Requirement | None:
        """What it asks for; None when it cannot be told."""
        if self.key:
            return Requirement(name=self.key, spec=self.text)
        return parse_requirement(self.text)

    @property
    def name(self) -> str:
        """The distribution that it names, as indexes compare it; "" when it names none."""
        found = self.requirement
        return normal(found.name) if found else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A place in a file where requirements stand."""

    path: tuple[str, ...]
    """Its keys: `project`, `dependencies`."""
    style: Style
    start: int
    end: int
    """Where its inside stands."""
    items: tuple[Item, ...] = ()
    locked: bool = False
    """Whether a tool writes it: nothing is added by hand."""

    def item(self, name: str, text: str = "") -> Item | None:
        """Return what names a distribution; the one with this text, where one is given."""
        found = (one for one in self.items if one.name == normal(name) and text in ("", one.text))
        return next(found, None)

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """What its items say, in order."""
        return tuple((one.key, one.text) for one in self.items)

    @property
    def sorted(self) -> bool:
        """Whether its items stand in the order of their names."""
        names = [one.name for one in self.items]
        return len(names) > 2 and names == sorted(names)

    @property
    def pins(self) -> bool:
        """Whether it names one version of everything."""
        known = [one.requirement for one in self.items]
        asked = [one for one in known if one and not one.url]
        return len(asked) > 1 and all(one.pinned for one in asked)


Reader = Callable[[str], Sequence[Shelf]]
"""Finds the shelves of a file's text."""


def added(text: str, reader: Reader, path: tuple[str, ...], requirement: str, after: str = "") -> str | None:
    """Return the text with one more requirement in a shelf; None when that cannot be done surely.

    It stands where the order wants it, or behind the distribution `after`, or at the end.
    """
    shelf = _shelf(text, reader, path)
    asked = parse_requirement(requirement)
    if shelf is None or asked is None or shelf.locked or shelf.item(asked.name):
        return None
    if shelf.style is Style.LIST:
        quote = _quote(text, shelf)
        requirement = requirement.replace(quote, "'" if quote == '"' else '"')
    at = _place(shelf, normal(asked.name), after)
    said = _pair(asked) if shelf.style is Style.PAIRS else ("", requirement)
    want = (*shelf.said[:at], said, *shelf.said[at:])
    return _proven(_inserted(text, shelf, at, said), text, reader, shelf, want)


def changed(
    text: str, reader: Reader, path: tuple[str, ...], name: str, new: str, was: str = ""
) -> str | None:
    """Return the text with another requirement (of a pair: another version) in the place of one.

    `was`: the one that is meant, where several name the distribution, each under another condition.
    """
    shelf = _shelf(text, reader, path)
    item = shelf.item(name, was) if shelf else None
    if shelf is None or item is None or shelf.locked or new == item.text:
        return None
    piece, start, end = new, item.inner, item.inner + len(item.text)
    if shelf.style is Style.WORDS:
        piece, start, end = _word(new, text[item.start]), item.start, item.end
    want = tuple((one.key, new if one is item else one.text) for one in shelf.items)
    return _proven(text[:start] + piece + text[end:], text, reader, shelf, want)


def removed(text: str, reader: Reader, path: tuple[str, ...], name: str) -> str | None:
    """Return the text without a requirement; None when that cannot be done surely."""
    shelf = _shelf(text, reader, path)
    item = shelf.item(name) if shelf else None
    if shelf is None or item is None or shelf.locked:
        return None
    want = tuple((one.key, one.text) for one in shelf.items if one is not item)
    start, end = item.start, item.end
    line, rest = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    rest = len(text) if rest < 0 else rest
    before, behind = text[line:start], text[end:rest]
    if not before.strip(" \t-") and re.fullmatch(r"[ \t]*,?[ \t]*(?:[;#].*)?\r?", behind):
        start, end = line, min(rest + 1, len(text))
    elif found := re.match(r"\s*,[ \t]*", text[end : shelf.end]):
        end += found.end()
    elif found := re.search(r"[ \t]*,?[ \t]*\Z", text[shelf.start : start]):
        start -= len(found[0])
    return _proven(text[:start] + text[end:], text, reader, shelf, want)


def noted(text: str, reader: Reader, path: tuple[str, ...], name: str, why: str, is_now: str = "") -> str:
    """Return the text with a comment behind a requirement that has a line of its own; else as it is."""
    shelf = _shelf(text, reader, path)
    item = shelf.item(name, is_now) if shelf else None
    if shelf is None or item is None or shelf.style in (Style.WORDS, Style.DASHES):
        return text
    line, rest = text.rfind("\n", 0, item.start) + 1, text.find("\n", item.end)
    rest = len(text) if rest < 0 else rest
    behind = text[item.end : rest].rstrip("\r")
    alone = not text[line : item.start].strip() and behind.strip(" \t") in ("", ",")
    if not alone:
        return text
    at = item.end + len(behind.rstrip(" \t"))
    new = f"{text[:at]}  # {why}{text[at:]}"
    found = _shelf(new, reader, path)
    return new if found and found.said == shelf.said else text


def _shelf(text: str, reader: Reader, path: tuple[str, ...]) -> Shelf | None:
    found = [one for one in reader(text) if one.path == path]
    return found[0] if len(found) == 1 else None


def _proven(
    new: str, text: str, reader: Reader, shelf: Shelf, want: tuple[tuple[str, str], ...]
) -> str | None:
    """Return the new text when reading it again shows the intended change and no other."""
    before, now = list(reader(text)), list(reader(new))
    if [one.path for one in before] != [one.path for one in now]:
        return None
    for one, other in zip(before, now, strict=True):
        expected = want if one.path == shelf.path else one.said
        if other.said != expected:
            return None
    return new


def _place(shelf: Shelf, name: str, after: str) -> int:
    """Return before which item something new stands."""
    if after == FIRST:
        return 0
    if after and (known := shelf.item(after)):
        return shelf.items.index(known) + 1
    if shelf.sorted:
        return sum(one.name < name for one in shelf.items)
    return len(shelf.items)


def _pair(asked: Requirement) -> tuple[str, str]:
    return asked.name, asked.spec or "*"


def _inserted(text: str, shelf: Shelf, at: int, said: tuple[str, str]) -> str:
    match shelf.style:
        case Style.WORDS:
            return _in_words(text, shelf, at, said[1])
        case Style.LIST:
            return _in_list(text, shelf, at, said[1])
        case _:
            return _in_lines(text, shelf, at, said)


def _in_words(text: str, shelf: Shelf, at: int, requirement: str) -> str:
    """Put a word behind the one before it; a shell must not read `<` and `>` in it."""
    place = shelf.items[at - 1].end if at else shelf.end
    quote = next((text[one.start] for one in shelf.items if text[one.start] in "'\""), "'")
    word = _word(requirement, quote)
    return f"{text[:place]} {word}{text[place:]}"


def _word(requirement: str, quote: str) -> str:
    quote = quote if quote in "'\"" else "'"
    plain = re.fullmatch(r"[\w.=+-]+(?:\[[\w,.-]+\])?[\w.=+-]*", requirement)
    return requirement if plain else f"{quote}{requirement}{quote}"


def _quote(text: str, shelf: Shelf) -> str:
    if shelf.items:
        return text[shelf.items[0].start]
    return "'" if text.count("'") > text.count('"') else '"'


def _in_list(text: str, shelf: Shelf, at: int, requirement: str) -> str:
    items, inside = shelf.items, text[shelf.start : shelf.end]
    quote = _quote(text, shelf)
    word = f"{quote}{requirement}{quote}"
    end = "\r\n" if "\r\n" in text else "\n"
    if not items:
        if "\n" not in inside or inside.strip():
            return f"{text[: shelf.start]}{word}{', ' if inside.strip() else ''}{text[shelf.start :]}"
        return f"{text[: shelf.start]}{end}{_deeper(text, shelf)}{word},{inside}{text[shelf.end :]}"
    if at < len(items) and (indent := _own_line(text, items[at].start)) is not None:
        line = items[at].start - len(indent)
        return f"{text[:line]}{indent}{word},{end}{text[line:]}"
    if at < len(items):
        return f"{text[: items[at].start]}{word}, {text[items[at].start :]}"
    last = items[-1].end
    indent = _own_line(text, items[-1].start)
    comma = re.match(r"\s*,", text[last : shelf.end])
    if indent is None:
        return f"{text[:last]}, {word}{text[last:]}"
    line = text.find("\n", last + (comma.end() if comma else 0))
    if line < 0 or line >= shelf.end:
        # The closing bracket stands on the line of the last one.
        return f"{text[:last]},{end}{indent}{word}{text[last:]}"
    if comma:
        return f"{text[: line + 1]}{indent}{word},{end}{text[line + 1 :]}"
    return f"{text[:last]},{text[last : line + 1]}{indent}{word}{end}{text[line + 1 :]}"


def _in_lines(text: str, shelf: Shelf, at: int, said: tuple[str, str]) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    piece = said[1]
    if shelf.style is Style.PAIRS:
        quotes = (text[one.inner - 1] for one in shelf.items)
        quote = next((letter for letter in quotes if letter in ("'", '"')), '"')
        piece = f"{said[0]} = {quote}{said[1]}{quote}"
    if shelf.items:
        near = shelf.items[min(at, len(shelf.items) - 1)]
        line = text.rfind("\n", 0, near.start) + 1
        if at == len(shelf.items):
            stop = text.find("\n", near.end)
            head = re.match(r"[ \t]*(?:-[ \t]+)?", text[line : near.start])
            lead = head[0] if head else ""
            if text[line + len(lead) : near.start]:  # the first one stands behind its key
                lead = " " * 4
            if stop < 0:
                return f"{text}{end}{lead}{piece}"
            return f"{text[: stop + 1]}{lead}{piece}{end}{text[stop + 1 :]}"
        lead = text[line : near.start]
        if lead.strip(" \t-"):
            return text
        return f"{text[:line]}{lead}{piece}{end}{text[line:]}"
    if shelf.path and shelf.style is Style.LINES:
        return f"{text[: shelf.start]}{end}    {piece}{text[shelf.start :]}"
    lone = text[: shelf.end]
    gap = "" if not lone or lone.endswith("\n") else end
    return f"{lone}{gap}{piece}{end}{text[shelf.end :]}"


def _own_line(text: str, start: int) -> str | None:
    """Return the indentation of something that begins its line; None when something stands before it."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    return None if before.strip() else before


def _deeper(text: str, shelf: Shelf) -> str:
    """Return the indentation of what would stand in an empty shelf."""
    line = text[text.rfind("\n", 0, shelf.start) + 1 : shelf.start]
    return line[: len(line) - len(line.lstrip())] + "    "
