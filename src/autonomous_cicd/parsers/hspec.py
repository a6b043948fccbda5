"""Hspec: tests of Haskell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Category, Place, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.told import told
from autonomous_cicd.plugins import parser

__all__ = ["Hspec"]

_TEST = re.compile(r"^\s*\d+\) (?P<test>\S.*)")
_PLACE = re.compile(r"^\s*(?P<file>\S+\.l?hs):(?P<line>\d+):\d+:")
_SAYING = re.compile(r"^\s*(?:expected|but got|predicate failed|uncaught exception|Falsifiable)")


@parser
class Hspec:
    """Understands a failed test by the hint below it of how to run it again."""

    name = "hspec"
    cues = ("To rerun use: --match",)

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return what the test said."""
        inside: list[tuple[int, str]] = []
        for other, line in log.before(number, 30):
            inside.append((other, line))
            if _TEST.match(line):
                break
        if not inside or not (test := _TEST.match(inside[-1][1])):
            return
        head = inside[-1][0]
        said = [other for other, line in reversed(inside) if _SAYING.match(line)]
        said = said or [other for other, line in reversed(inside[:-1]) if line.strip()] or [head]
        above = next((found for _, line in log.before(head, 1) if (found := _PLACE.match(line))), None)
        yield told(
            self.name,
            Category.TEST_FAILURE,
            0.94,
            said[0],
            f"the test {test['test']} fails: {log[said[0]].strip()}",
            evidence=(head, *said[1:2]),
            covers=(head, number),
            place=Place(
                file=above["file"] if above else "",
                line=int(above["line"][:9]) if above else 0,
                test=test["test"][:200],
            ),
        )
