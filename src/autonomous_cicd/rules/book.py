"""Book: all rules and marks, compiled to be tried at once.

Two steps, both in linear time. One automaton of all cues goes over whole blocks and finds the few lines that
may mean something. In such a line an index of the cues tells which patterns can match it at all; only those
are tried. (One automaton of all patterns would be neater, but patterns with a `.*` in them make it grow
without end.)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import IntEnum
from typing import Any

import re2

from autonomous_cicd.domain.diagnosis import Role
from autonomous_cicd.domain.rule import Cue, MarkRule, Rule
from autonomous_cicd.rules.load import escaped, quiet
from autonomous_cicd.values import dataclass

__all__ = ["Book", "Hit", "Weight"]

MEMORY = 256 << 20
"""Bytes that the automaton of all cues may grow to: when it is full it is built anew, and that is slow."""
REMEMBERED = 20_000
"""Lines of which it is remembered how much they matter."""
GRAM = 3
"""Characters by which cues are looked up: the fewest that a cue may have."""


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


class Book:
    """Finds the lines in which some cue stands, and says which rules match them."""

    def __init__(self, rules: Iterable[Rule | MarkRule], cues: Iterable[str] = ()) -> None:
        """Take the rules, and texts whose lines somebody else wants to see."""
        self.rules: Sequence[Rule | MarkRule] = tuple(rules)
        self._patterns: dict[str, Any] = {}
        self._weights: dict[str, Weight] = {}
        wanted = [(cue, number) for number, rule in enumerate(self.rules) for cue in rule.cues]
        others = [Cue(text) for text in dict.fromkeys(cues)]
        self._always = frozenset(number for number, rule in enumerate(self.rules) if not rule.cues)
        self._index = _Index([*wanted, *((cue, _OTHERS) for cue in others)])
        self._find = _finder([*(scan for rule in self.rules for scan in rule.scans), *map(escaped, others)])

    def lines(self, block: bytes) -> Iterator[tuple[int, int]]:
        """Yield the beginning and the end of each line of a block in which some cue stands, in order.

        A block begins with a line feed, so that every line has one before it.
        """
        position, size = 0, len(block)
        while position < size and (match := self._find(block, position)):
            inside = max(match.end() - 1, position + 1)  # a line feed may belong to what was looked for
            begin = block.rfind(b"\n", 0, inside) + 1
            end = block.find(b"\n", inside)
            position = size if end < 0 else end
            yield begin, position

    def weight(self, line: str) -> Weight:
        """Return how much a line matters. Logs repeat themselves, so what was asked before is known."""
        known = self._weights.get(line)
        if known is None:
            if len(self._weights) >= REMEMBERED:
                self._weights.clear()
            known = self._weights[line] = self._weighed(line)
        return known

    def _weighed(self, line: str) -> Weight:
        found = self._index.numbers(line) | self._always
        if _OTHERS in found:
            return Weight.WATCHED
        weight = Weight.NOTHING
        for hit in self._matching(line, found):
            weight = max(weight, _weight(hit.rule))
            if weight is Weight.TROUBLE:
                break
        return weight

    def hits(self, line: str) -> Iterator[Hit]:
        """Yield what matches a line, in the order of the rules."""
        return self._matching(line, sorted((self._index.numbers(line) | self._always) - {_OTHERS}))

    def _matching(self, line: str, numbers: Iterable[int]) -> Iterator[Hit]:
        raw = line.encode("utf-8", "surrogatepass")
        for number in numbers:
            rule = self.rules[number]
            match = self._search(rule.pattern, raw)
            if match and not (rule.unless and self._search(rule.unless, raw)):
                yield Hit(rule, {_text(name): _text(value) for name, value in match.groupdict().items()})

    def _search(self, pattern: str, raw: bytes) -> Any:
        if pattern not in self._patterns:
            self._patterns[pattern] = re2.compile(pattern.encode(), quiet())
        return self._patterns[pattern].search(raw)


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")


def _weight(rule: Rule | MarkRule) -> Weight:
    if isinstance(rule, MarkRule):
        return Weight.SIGN
    return Weight.HINT if rule.role is Role.HINT else Weight.TROUBLE


_OTHERS = -1
"""Stands for the cues that belong to no rule."""


class _Index:
    """Tells which cues stand in a line, by the rarest three characters of each."""

    def __init__(self, wanted: Sequence[tuple[Cue, int]]) -> None:
        owners: dict[Cue, set[int]] = defaultdict(set)
        for cue, number in wanted:
            owners[cue].add(number)
        often = Counter(gram for cue in owners for gram in _grams(cue.text.lower()))
        self._starts: list[tuple[str, frozenset[int]]] = []
        self._short: list[tuple[str, frozenset[int]]] = []
        self._by_gram: dict[str, list[tuple[Cue, str, frozenset[int]]]] = defaultdict(list)
        for cue, numbers in owners.items():
            text = cue.text.removesuffix("\n")  # that it ends the line is for the pattern to say
            lower = text.lower()
            if cue.text.startswith("\n"):
                self._starts.append((cue.text[1:], frozenset(numbers)))
            elif len(lower) < GRAM:
                self._short.append((text, frozenset(numbers)))
            elif grams := _grams(lower):
                rarest = min(sorted(grams), key=lambda gram: often[gram])
                self._by_gram[rarest].append((Cue(text, cue.any_case), lower, frozenset(numbers)))
        self._grams = frozenset(self._by_gram)

    def numbers(self, line: str) -> set[int]:
        """Return the numbers of all rules of which a cue stands in a line."""
        found: set[int] = set()
        for start, numbers in self._starts:
            if line.startswith(start):
                found |= numbers
        for text, numbers in self._short:
            if text in line:
                found |= numbers
        lower = line.lower()
        for gram in _grams(lower) & self._grams:
            for cue, text, numbers in self._by_gram[gram]:
                if (text in lower) if cue.any_case else (cue.text in line):
                    found |= numbers
        return found


def _grams(text: str) -> set[str]:
    return {text[at : at + GRAM] for at in range(len(text) - GRAM + 1)}


def _finder(parts: Iterable[str]) -> Callable[[bytes, int], Any]:
    options = quiet()
    options.max_mem = MEMORY
    pattern = re2.compile("|".join(sorted(set(parts))).encode() or rb"[^\x00-\x{10FFFF}]", options)
    found: Callable[[bytes, int], Any] = pattern.search
    return found
