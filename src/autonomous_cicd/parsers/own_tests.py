"""Tests that a project's own script runs and counts: marks for those that failed, and a line that sums up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Category, Place, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.told import told
from autonomous_cicd.plugins import parser

__all__ = ["OwnTests"]

_SUM = re.compile(
    r"(?i)^\W*(?:(?:total )?(?:tests? )?failed(?: tests?)?\s*:\s*[1-9]\d*(?:\s*/\s*\d+)?(?: tests?)?\W*$"
    r"|[1-9]\d*(?: of \d+| out of \d+| ?/ ?\d+)? (?:test\(s\)|tests?|checks?(?:\(s\))?) failed\b"
    r"|(?:results?|summary|tests?)\W+\d+ (?:tests? )?passed\W+[1-9]\d* (?:tests? )?failed)"
)
_FAILED = re.compile(r"^\s*(?:[❌✗✘✖]|\[?(?:FAIL|FAILED)\]?:?\s)\W*(?P<test>\S.*)")
_RUNNERS = re.compile(
    r"^\s*●|AssertionError|^FAILED \S+::|^E  |^--- FAIL|^not ok |Tests run:|_test\.dart:|^\s*\d+\) "
    r"|FAIL  ?\S+\.\w+"
)
"""What runners say that are known, and of which others understand more."""
_REACH, _MOST = 120, 3
_NAME = 120


@parser
class OwnTests:
    """Understands the sum of such a run; that a service answered with an error is what a test found there."""

    name = "own-tests"
    cues = ("ailed:", "AILED:", "failed", "Failed")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return the first test that failed, where the line sums up and marks stand above."""
        if not _SUM.search(log[number][:200]):
            return
        failed: list[tuple[int, str]] = []
        for other, line in log.before(number, _REACH):
            if _RUNNERS.search(line[:200]):
                return
            if (found := _FAILED.match(line)) and not _SUM.search(line[:200]):
                failed.append((other, found["test"].strip()))
        if not failed:
            return
        line_number, test = failed[-1]
        yield told(
            self.name,
            Category.TEST_FAILURE,
            0.76,
            line_number,
            f"a test of the project's own script fails: {test[:_NAME]}",
            evidence=(*range(line_number + 1, min(line_number + 3, number)), number),
            covers=(max(line_number - _MOST, 1), number),
            place=Place(test=test[:_NAME]),
        )
