"""Playwright's test runner: the list of failed tests, each with its error."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Sighting
from autonomous_cicd.domain.js_runs import below, first_line, last_line
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.node_errors import sighted
from autonomous_cicd.plugins import parser

__all__ = ["Playwright"]

_HEADING = re.compile(
    r"^(?:\S+: )?\s*\d+\) (?:\[(?P<project>[^\]]+)\] \u203a )?"
    r"(?P<file>[\w./@\\-]+\.[cm]?[jt]sx?):\d+(?::\d+)? \u203a "
    r"(?P<test>.+?)[ ─]*$"
)
_RETRY = re.compile(r"^\s*Retry #\d+")
_COUNTED = re.compile(r"^\s*[1-9]\d* (?P<how>failed|flaky|interrupted|did not run|skipped|passed)\b")
_LISTED = re.compile(
    r"^\s*(?:\[[^\]]+\] \u203a )?[\w./@\\-]+\.[cm]?[jt]sx?:\d+(?::\d+)? \u203a (?P<test>.+?)[ ─]*$"
)


@parser
class Playwright:
    """Understands the list, line and dot reporters."""

    name = "playwright"
    cues = (") [", "1) ")
    """Not the arrow: it stands in every line of the list, and nobody is asked about all of thousands."""

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return the failure below a numbered heading, unless the summary lists the test as flaky only."""
        heading = _HEADING.match(log[number])
        if heading is None:
            return
        body = []
        for other, line in log.after(number, 40):
            if _HEADING.match(line) or _RETRY.match(line) or _COUNTED.match(line):
                break
            body.append((other, line))
        end, failed = _summary(log, number)
        test = heading["test"].strip()
        if failed is not None and test not in failed:
            return
        yield sighted(
            "playwright",
            (number, log[number]),
            body,
            (first_line(log, number), end),
            test=test,
            file=heading["file"],
        )


def _summary(log: Log, number: int) -> tuple[int, set[str] | None]:
    """Return the last line of the summary, and the tests that it lists as failed; None: there is none."""
    failed: set[str] | None = None
    how = ""
    last = last_line(log, number, 40)
    for other, line in below(log, number, 1500):
        counted = _COUNTED.match(line)
        if counted:
            how = counted["how"]
            last = other
            if how in ("failed", "interrupted", "flaky") and failed is None:
                failed = set()
        elif how in ("failed", "interrupted") and failed is not None and (match := _LISTED.match(line)):
            failed.add(match["test"].strip())
            last = other
    return last, failed or (failed if how else None)
