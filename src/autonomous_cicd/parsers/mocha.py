"""Mocha, and what reports as it does: Cypress, Jasmine, web test runners."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Sighting
from autonomous_cicd.domain.js_runs import first_line
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.node_errors import sighted
from autonomous_cicd.plugins import parser

__all__ = ["Mocha"]

_FAILING = re.compile(r"^(?:\S+: )?\s*[1-9]\d* failing\s*$")
_JASMINE = re.compile(r"^\s*Failures:\s*$")
_NUMBERED = re.compile(r"^(?:\S+: )?\s*(?P<number>\d+)\) (?P<name>\S.*)$")
_ERROR = re.compile(
    r"^\s*(?:Uncaught )?(?:\w*Error|\w*Exception|Timeout)\b|^\s*(?:Message|Stack):|^\s*at \S+ \("
)
_LONGEST = 400
_MOST = 50


@parser
class Mocha:
    """Understands the list of failures that ends such a run."""

    name = "mocha"
    cues = (" failing", "Failures:")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return the failures below the line that counts them."""
        if not _FAILING.match(log[number]) and not _JASMINE.match(log[number]):
            return
        items: list[list[tuple[int, str]]] = []
        for other, line in log.after(number, _LONGEST):
            match = _NUMBERED.match(line)
            if match and int(match["number"]) == len(items) + 1:
                items.append([])
            elif not items and line.strip():
                return  # of something else
            if items:
                if re.match(r"^(?:npm (?:ERR!|error)|##\[|error Command|\d+ specs?,|\$ |\+ )", line):
                    break
                items[-1].append((other, line))
        if any("Failure/Error:" in line for item in items for _, line in item):
            return  # RSpec's list has the same heading
        first = first_line(log, number)
        last = items[-1][-1][0] if items else number
        for item in items[:_MOST]:
            yield _failure(item, (first, last))


def _failure(item: list[tuple[int, str]], covers: tuple[int, int]) -> Sighting:
    """Return what one failure says: the names of its suites and of itself come first, then the error."""
    match = _NUMBERED.match(item[0][1])
    names = [match["name"].strip() if match else ""]
    heading = item[0]
    at = 1
    for at in range(1, min(len(item), 8)):
        text = item[at][1].strip()
        if not text or _ERROR.match(text) or names[-1].endswith(":"):
            break
        names.append(text)
        heading = item[at]
    test = " ".join(names).rstrip(":")
    body = [pair for pair in item[at : at + 40] if not re.match(r"^\s*(?:Message|Stack):\s*$", pair[1])]
    return sighted("mocha", heading, body, covers, test=test)
