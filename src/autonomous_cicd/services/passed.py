"""Passed: logs whose host says that all went well; of them nothing else is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from autonomous_cicd.domain.cause import Outcome, outcome
from autonomous_cicd.domain.log import Log, Mark, Sign
from autonomous_cicd.domain.plain import BARE_COLOUR, COLOURS, plain, strip_colours
from autonomous_cicd.domain.rule import MarkRule
from autonomous_cicd.rules.book import Book
from autonomous_cicd.services.blocks import Blocks
from autonomous_cicd.services.scan import hits_of

__all__ = ["FirstLook", "ends_of"]

HELD = 128 << 20
"""Bytes of a log that are held until it is known whether it must be read in full."""
_ENDS = frozenset({Sign.JOB, Sign.RUN_PASSED, Sign.RUN_FAILED, Sign.CLEAN_UP})
_PLACE = re.compile(r"\(\?i?:|(?:\)|\\.|\[(?:\\.|[^\]\\])+\]|.)(?:\{\d*,?\d*\})?", re.DOTALL)
"""A character of a part, a set of them, or where a group begins and ends."""
_UNSURE = ("##[error]", "##[command]", "##[section]")
"""Where a host says so, more counts than the signs of an end."""


def ends_of(book: Book) -> Book:
    """Return a book of nothing but the marks that tell how a run ended."""
    marks = (rule for rule in book.rules if isinstance(rule, MarkRule) and rule.sign in _ENDS)
    return Book((replace(one, scans=tuple(map(_coloured, one.scans))) for one in marks), _UNSURE)


def _coloured(part: str) -> str:
    """Return a part that is found with colours in it too: to take them off the whole log takes longer."""
    return _PLACE.sub(lambda one: one[0] if one[0][0] in "()" else one[0] + COLOURS, part)


class FirstLook:
    """Goes through a log for the signs of its end, as long as nothing says that something failed.

    What was read of it is held, to be read again where a second look is needed.
    """

    def __init__(self, ends: Book, pieces: Iterable[bytes]) -> None:
        """Take the marks that tell how a run ended, and the log."""
        self._ends = ends
        self._coming = iter(pieces)
        self._held: list[bytes] = []
        self._marks: list[Mark] = []
        self.lines = 0
        self.bytes = 0

    def passed(self) -> bool:
        """Whether the run surely passed; then all of the log was read, and its size is known."""
        blocks = Blocks()
        for piece in self._coming:
            self._held.append(piece)
            self.bytes += len(piece)
            if self.bytes > HELD or not all(map(self._goes_on, blocks.feed(piece))):
                return False
        if not all(map(self._goes_on, blocks.end())):
            return False
        return outcome(self._marks, Log({}, len(self._marks))) is Outcome.PASSED

    def again(self) -> Iterator[bytes]:
        """Yield the log from its beginning, once; what was yielded is not held any more."""
        self._held.reverse()
        while self._held:
            yield self._held.pop()
        yield from self._coming

    def _goes_on(self, block: bytes) -> bool:
        """Take a block; return whether the run may still have passed."""
        self.lines += block.count(b"\n")
        whole = b"\n" + block
        for begin, end in self._ends.lines(whole):
            raw = strip_colours(whole[begin:end])
            line = plain(raw)
            signs = [hit.rule.sign for hit in hits_of(self._ends, line) if isinstance(hit.rule, MarkRule)]
            if Sign.RUN_FAILED in signs or self._ends.look(line).cues or BARE_COLOUR.search(raw):
                return False
            for sign in signs:
                self._marks.append(Mark(sign, len(self._marks) + 1))  # what counts is their order
        return True
