"""Book: all rules and marks, compiled to be tried at once.

Two steps, both in linear time. One automaton of the rare parts of all patterns goes over whole blocks and
finds the few lines that may mean something. Another one of the same parts tells which patterns can match
such a line at all; only those are tried. (One automaton of all patterns would be neater, but patterns with a
`.*` in them make it grow without end.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import IntEnum
from functools import cached_property
from typing import Any

import re2

from autonomous_cicd.domain.diagnosis import Role
from autonomous_cicd.domain.rule import Cue, MarkRule, Rule
from autonomous_cicd.domain.scan_for import escaped
from autonomous_cicd.rules.load import quiet
from autonomous_cicd.values import dataclass

__all__ = ["Book", "Hit", "Look", "Weight"]

MEMORY = 128 << 20
"""Bytes that an automaton may grow to: when it is full it is built anew, and that is slow."""
NEVER = r"[^\x00-\x{10FFFF}]"
"""Matches nothing."""
REMEMBERED = 20_000
"""Lines of which it is remembered what they are."""


_Spans = Sequence[tuple[int, int]]
_Names = Sequence[tuple[str, int]]
_Search = Callable[[bytes, int], _Spans]


class Weight(IntEnum):
    """How much a line matters."""

    NOTHING = 0
    SIGN = 1
    """It tells the course of the run."""
    HINT = 2
    """It has a common word for trouble."""
    TROUBLE = 3
    """It may say what is wrong."""
    WATCHED = 4
    """A parser wants to see it, and what stands around it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule or mark that matches a line, with the text of its named groups."""

    rule: Rule | MarkRule
    groups: dict[str, str]


@dataclass(frozen=True, slots=True)
class Look:
    """What a line is."""

    hits: tuple[Hit, ...] = ()
    """What matches it, in the order of the rules."""
    cues: tuple[str, ...] = ()
    """The texts in it that somebody else wants to see."""
    weight: Weight = Weight.NOTHING


_NOTHING = Look()


class Book:
    """Finds the lines in which some part of a rule stands, and says which rules match them."""

    def __init__(self, rules: Iterable[Rule | MarkRule], cues: Iterable[str] = ()) -> None:
        """Take the rules, and texts whose lines somebody else wants to see."""
        self.rules: Sequence[Rule | MarkRule] = tuple(rules)
        self._patterns: dict[str, tuple[_Search, _Names]] = {}
        self._known: dict[str, Look] = {}
        owners: dict[str, set[int | str]] = defaultdict(set)
        for number, rule in enumerate(self.rules):
            for scan in rule.scans:
                owners[scan].add(number)
        for text in cues:
            owners[escaped(Cue(text))].add(text)
        self._texts = sorted(owners)
        self._owners = [owners[part] for part in self._texts]

    @cached_property
    def _finder(self) -> _Search:
        return _finder(self._texts)

    @cached_property
    def _parts(self) -> Any:
        return _parts(self._texts)

    def lines(self, block: bytes) -> Iterator[tuple[int, int]]:
        """Yield the beginning and the end of each line of a block in which some part stands, in order.

        A block begins with a line feed, so that every line has one before it.
        """
        find = self._finder
        position, size = 0, len(block)
        while position < size and (found := find(block, position)):
            inside = max(found[0][1] - 1, position + 1)  # a line feed may belong to what was looked for
            begin = block.rfind(b"\n", 0, inside) + 1
            end = block.find(b"\n", inside)
            position = size if end < 0 else end
            yield begin, position

    def look(self, line: str) -> Look:
        """Return what a line is. Logs repeat themselves, so what was asked before is known."""
        known = self._known.get(line)
        if known is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            known = self._known[line] = self._looked(line)
        return known

    def _looked(self, line: str) -> Look:
        raw = f"\n{line}\n".encode("utf-8", "surrogatepass")
        parts = self._parts.Match(raw)
        if not parts:
            return _NOTHING
        found = set().union(*(self._owners[part] for part in parts))
        cues = tuple(one for one in found if isinstance(one, str))
        hits = tuple(self._hits(raw, sorted(one for one in found if isinstance(one, int))))
        if cues:
            return Look(hits, cues, Weight.WATCHED)
        return Look(hits, cues, max(_weight(hit.rule) for hit in hits)) if hits else _NOTHING

    def weight(self, line: str) -> Weight:
        """Return how much a line matters."""
        return self.look(line).weight

    def hits(self, line: str) -> Sequence[Hit]:
        """Return what matches a line, in the order of the rules."""
        return self.look(line).hits

    def _hits(self, raw: bytes, numbers: Iterable[int]) -> Iterator[Hit]:
        line = raw[1:-1]
        for number in numbers:
            rule = self.rules[number]
            spans, names = self._search(rule.pattern, line)
            if spans and _stands(rule.cues, raw) and not (rule.unless and self._search(rule.unless, line)[0]):
                yield Hit(rule, {name: _text(line[slice(*spans[group])]) for name, group in names})

    def _search(self, pattern: str, raw: bytes) -> tuple[_Spans, _Names]:
        """Return the places of a match and its groups (none: no match), and the groups that have names."""
        known = self._patterns.get(pattern)
        if known is None:
            compiled = re2.compile(pattern.encode(), quiet())
            known = self._patterns[pattern] = (
                _searching(compiled),
                [(_text(name), group) for name, group in compiled.groupindex.items()],
            )
        search, names = known
        return search(raw, 0), names


def _stands(cues: Sequence[Cue], raw: bytes) -> bool:
    """Whether one of the texts is there, when there must be one: a person may have asked for it."""
    return not cues or any(
        (cue.text.lower().encode() in raw.lower()) if cue.any_case else (cue.text.encode() in raw)
        for cue in cues
    )


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _weight(rule: Rule | MarkRule) -> Weight:
    if isinstance(rule, MarkRule):
        return Weight.SIGN
    return Weight.HINT if rule.role is Role.HINT else Weight.TROUBLE


def _large() -> Any:
    options = quiet()
    options.max_mem = MEMORY
    return options


def _finder(parts: Sequence[str]) -> _Search:
    """Return what finds the end of the next of any parts: no second automaton has to find its beginning."""
    whole = "|".join(parts) or NEVER
    return _searching(re2.compile(rf"\C*?(?:{whole})".encode(), _large()), anchored=True)


def _searching(compiled: Any, *, anchored: bool = False) -> _Search:
    """Return what returns the places of a match and its groups in a text from a position on; none, if none.

    It asks RE2 itself: what Python puts around it makes more of a match than is needed, and takes as long.
    """
    match = compiled._regexp.Match
    anchor = re2._Anchor.ANCHOR_START if anchored else re2._Anchor.UNANCHORED

    def search(text: bytes, position: int) -> _Spans:
        """Return the places."""
        spans: _Spans = match(anchor, text, position, len(text))
        return spans if spans[0][0] >= 0 else ()

    return search


def _parts(parts: Sequence[str]) -> Any:
    """Return what tells all parts that stand in a text."""
    known = re2.Set.SearchSet(_large())
    for part in parts:
        known.Add(part.encode())
    known.Compile()
    return known
