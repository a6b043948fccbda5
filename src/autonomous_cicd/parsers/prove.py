"""Perl's tests: what a failed check said, and what `prove` says of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Category, Place, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.told import told
from autonomous_cicd.plugins import parser

__all__ = ["Prove"]

_FAILED = re.compile(r"^\s*#\s+Failed test(?: '(?P<test>.+?)')?(?: at (?P<file>\S+) line (?P<line>\d+))?")
_PLACE = re.compile(r"^\s*#\s+at (?P<file>\S+) line (?P<line>\d+)")
_TELLING = re.compile(r"^\s*#\s+(?:got|expected|Structures|\$got|'|Error|Can't|doesn't)")


@parser
class Prove:
    """Understands a failed check of Test::More."""

    name = "prove"
    cues = ("Failed test",)

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return which check failed, and what it got."""
        match = _FAILED.match(log[number])
        if match is None or "TODO" in log[number]:
            return
        place, end, telling = match if match["file"] else None, number, []
        for other, line in log.after(number, 12):
            if not line.lstrip().startswith("#") or _FAILED.match(line):
                break
            place = place or _PLACE.match(line)
            if _TELLING.match(line):
                telling.append(other)
            end = other
        yield told(
            self.name,
            Category.TEST_FAILURE,
            0.95,
            number,
            f"the test {match['test'] or ''} fails",
            evidence=tuple(telling[:3]),
            covers=(number, end),
            place=Place(
                file=place["file"] if place else "",
                line=int(place["line"][:9]) if place else 0,
                test=(match["test"] or "")[:200],
            ),
        )
