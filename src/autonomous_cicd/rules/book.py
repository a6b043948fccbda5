"""Book: all rules and marks, compiled to be tried at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import IntEnum
from typing import Any

import re2

from autonomous_cicd.domain.rule import Cue, MarkRule, Rule
from autonomous_cicd.rules.load import quiet
from autonomous_cicd.values import dataclass

__all__ = ["Book", "Hit", "Weight"]

MEMORY = 256 << 20
"""Bytes that the automaton of all cues may grow to: when it is full it is built anew, and that is slow."""


class Weight(IntEnum):
    """How much a line matters."""

    NOTHING = 0
    SIGN = 1
    """It tells the course of the run."""
    TROUBLE = 2
    """A rule matches it, or a parser wants to see it."""


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
        self.cues = tuple(dict.fromkeys(cues))
        self._signs = frozenset(n for n, rule in enumerate(self.rules) if isinstance(rule, MarkRule))
        self._patterns: dict[str, Any] = {}
        self._set = re2.Set.SearchSet(_options(MEMORY))
        for rule in self.rules:
            self._set.Add(rule.pattern)
        for text in self.cues:
            self._set.Add(re2.escape(text))
        self._set.Compile()
        wanted = {cue for rule in self.rules for cue in rule.cues} | {Cue(text) for text in self.cues}
        self._find = _finder(sorted(wanted, key=lambda cue: (cue.text, cue.any_case)))

    def places(self, block: bytes) -> Iterator[int]:
        """Yield for each cue in a block of bytes a position in its line, in order."""
        return self._find(block)

    def weight(self, line: str) -> Weight:
        """Return how much a line matters, quickly: what would be matched is not looked at."""
        found = self._set.Match(line)
        if not found:
            return Weight.NOTHING
        return Weight.SIGN if self._signs.issuperset(found) else Weight.TROUBLE

    def hits(self, line: str) -> Iterator[Hit]:
        """Yield what matches a line."""
        for number in sorted(self._set.Match(line) or ()):
            if number >= len(self.rules):
                return
            rule = self.rules[number]
            if rule.unless and self._search(rule.unless, line):
                continue
            if match := self._search(rule.pattern, line):
                yield Hit(rule, {name: value or "" for name, value in match.groupdict().items()})

    def _search(self, pattern: str, line: str) -> Any:
        if pattern not in self._patterns:
            self._patterns[pattern] = re2.compile(pattern, quiet())
        return self._patterns[pattern].search(line)


def _options(memory: int) -> Any:
    options = quiet()
    options.max_mem = memory
    return options


def _finder(cues: Sequence[Cue]) -> Callable[[bytes], Iterator[int]]:
    options = _options(MEMORY)
    options.encoding = re2.Options.Encoding.LATIN1
    parts = [_escaped(cue) for cue in cues]
    pattern = re2.compile(b"|".join(parts) or rb"[^\x00-\xff]", options)
    return lambda block: (match.end() - 1 for match in pattern.finditer(block))


def _escaped(cue: Cue) -> bytes:
    text: bytes = re2.escape(cue.text.encode())
    return b"(?i:" + text + b")" if cue.any_case else text
