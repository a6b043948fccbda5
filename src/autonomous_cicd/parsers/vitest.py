"""Vitest: what failed, test by test."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Sighting
from autonomous_cicd.domain.js_runs import first_line
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.node_errors import sighted
from autonomous_cicd.plugins import parser

__all__ = ["Vitest"]

_HEADING = re.compile(
    r"^(?:\S+: )?\s*FAIL\s+(?:\|?\s?[\w@/.-]+\|?\s+)?(?P<file>\S+\.[cm]?[jt]sx?|\S+\.vue)"
    r"(?:\s+\[\s.*\s\]\s*$|(?P<test>\s+>\s+.+)?$)"
)
_END = re.compile(r"⎯{6}|^\s*(?:FAIL\s|Test Files\s|Tests\s+\d)|^\s*⎯")
_UNHANDLED = re.compile(r"⎯+\s*(?:Unhandled (?:Errors?|Rejection)|Uncaught Exception)\s*⎯+")
_LONGEST = 30


@parser
class Vitest:
    """Understands the default reporters of Vitest."""

    name = "vitest"
    cues = ("FAIL ", "Unhandled Error", "Unhandled Rejection", "Uncaught Exception")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return what the lines below a heading say."""
        line = log[number]
        heading = _HEADING.match(line)
        unhandled = _UNHANDLED.search(line)
        if heading is None and unhandled is None:
            return
        body: list[tuple[int, str]] = []
        for other, text in log.after(number, _LONGEST):
            same_error = _HEADING.match(text) and not body  # several tests with one and the same error
            if _END.search(text) and not same_error:
                break
            if not same_error:
                body.append((other, text))
        if not any(text.strip() for _, text in body) or (body and "● " in "".join(t for _, t in body[:3])):
            return  # of another runner, or cut
        test = (heading["test"] or "").strip(" >") if heading else ""
        if heading and not test and not re.search(r"\[\s.*\s\]", line):
            return  # a file is named so by other runners
        last = body[-1][0]
        covers = first_line(log, number), _end(log, last)
        yield sighted(
            "vitest", (number, line), body, covers, test=test, file=heading["file"] if heading else ""
        )


def _end(log: Log, last: int) -> int:
    """Return the last line of the summary, when it stands near."""
    for other, text in log.after(last, 40):
        if re.match(r"^\s*(?:Duration|Start at)\s", text):
            return other
    return last
