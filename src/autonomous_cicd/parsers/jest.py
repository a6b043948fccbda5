"""Jest: what failed, test by test, whatever the tests print besides."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Sighting
from autonomous_cicd.domain.js_runs import below, last_line, upwards
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.node_errors import sighted
from autonomous_cicd.plugins import parser

__all__ = ["Jest"]

_HEADING = re.compile(r"^(?:\S+: )?\s*● (?P<name>\S.*)$")
_NO_TEST = re.compile(
    r"^(?:Console|Validation (?:Warning|Error)|Deprecation Warning|Cannot log after tests are done"
    r"|Multiple config|process\.exit called|.*\b(?:obsolete|Open handles|open handle)"
    r"|Unrecognized CLI|Invalid |\d+ snapshot)"
)
_FILE = re.compile(r"^(?:\S+: )?\s*(?:FAIL|PASS)\s+(?P<file>[^\s(]+)")
_SUMMARY = re.compile(r"^(?:\S+: )?\s*(?:Test Suites:|Tests:|Snapshots:|Ran all test suites)")
_FAILED = re.compile(r"Test Suites: .*?[1-9]\d* failed")
_NOT_RUN = ("Test suite failed to run", "Test environment failed")
_LONGEST = 40


@parser
class Jest:
    """Understands the default reporter of Jest."""

    name = "jest"
    cues = ("● ", "Test Suites:")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return the failed tests: at the summary all of them, and without one each at its heading."""
        if "Test Suites:" in log[number]:
            if _FAILED.search(log[number]):
                yield from _run(log, number)
            return
        heading = _HEADING.match(log[number])
        if heading is None or _NO_TEST.match(heading["name"]):
            return
        if any("Test Suites:" in line for _, line in below(log, number, 1500)):
            return  # all are told there
        yield _failure(
            log, number, heading["name"], (_file_line(log, number), last_line(log, number, _LONGEST))
        )


def _run(log: Log, summary: int) -> Iterator[Sighting]:
    """Yield what failed in the run that a summary ends; a test is told twice when there are many."""
    headings: dict[str, int] = {}
    first = summary
    for first, line in upwards(log, summary):
        if "Test Suites:" in line:
            break  # of a run before
        match = _HEADING.match(line)
        if match and not _NO_TEST.match(match["name"]):
            key = match["name"]
            if key in _NOT_RUN:
                key += log[_file_line(log, first)]
            headings[key] = first
    covers = first, last_line(log, summary, 6)
    for number in sorted(headings.values())[:50]:
        match = _HEADING.match(log[number])
        if match:
            yield _failure(log, number, match["name"], covers)


def _failure(log: Log, number: int, name: str, covers: tuple[int, int]) -> Sighting:
    body = []
    for other, line in log.after(number, _LONGEST):
        if _HEADING.match(line) or _FILE.match(line) or _SUMMARY.match(line):
            break
        body.append((other, line))
    file = _FILE.match(log[_file_line(log, number)])
    test = "" if name in _NOT_RUN else name
    return sighted("jest", (number, name), body, covers, test=test, file=file["file"] if file else "")


def _file_line(log: Log, number: int) -> int:
    """Return the line that names the file of a failure; its own when there is none."""
    for other, line in log.before(number, 300):
        if _FILE.match(line):
            return other if "FAIL" in line else number
    return number
