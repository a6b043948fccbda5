"""GoogleTest: a failed check in a test, and the test's name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Category, Place, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.told import told
from autonomous_cicd.plugins import parser

__all__ = ["GTest"]

_FAILURE = re.compile(
    r"(?P<file>[\w./\\:+-]+\.\w{1,4})(?::(?P<line>\d+)|\((?P<other>\d+)\)): (?:Failure|error: )(?P<said>.*)"
)
_FAILED = re.compile(r"\[  FAILED  \] (?P<test>[\w./]+(?:, where .+)?)")
_RUN = re.compile(r"\[ RUN      \] (?P<test>\S+)")
_OVER = re.compile(r"\[       OK \]|\[  FAILED  \]|\[ RUN      \]|\[----------\]|\[==========\]")


@parser
class GTest:
    """Understands one failed test."""

    name = "gtest"
    cues = ("[  FAILED  ] ",)

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return the check that failed, or the name of the test where only the summary is left."""
        match = _FAILED.search(log[number])
        if match is None or re.search(r"\] \d+ tests?,", log[number]):
            return
        test = match["test"].split(",")[0]
        checks: list[tuple[int, re.Match[str]]] = []
        first = number
        for other, line in log.before(number, 30):
            if _OVER.search(line):
                first = other if _RUN.search(line) else other + 1
                break
            first = other
            if found := _FAILURE.search(line):
                checks.append((other, found))
        if not checks:
            yield told(
                self.name, Category.TEST_FAILURE, 0.8, number, f"the test {test} fails",
                place=Place(test=test[:200]),
            )  # fmt: skip
            return
        at, check = checks[-1]
        said = [
            other
            for other, line in log.after(at, 8)
            if line.strip() and other < number and not _OVER.search(line)
        ]
        words = check["said"].strip() or (log[said[0]].strip() if said else "")
        yield told(
            self.name,
            Category.TEST_FAILURE,
            0.94,
            at,
            f"the test {test} fails: {words}",
            evidence=(said[0] if said else number, number, *said[1:4]),
            covers=(first, number),
            place=Place(file=check["file"], line=int((check["line"] or check["other"])[:9]), test=test[:200]),
        )
