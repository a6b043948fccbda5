"""Tests of Go: `--- FAIL: TestName` with what the test said, above or below it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Category, Place, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.told import told
from autonomous_cicd.plugins import parser

__all__ = ["GoTest"]

_FAIL = re.compile(r"^(?P<indent>\s*)--- FAIL: (?P<test>\S+)")
_SAID = re.compile(r"^\s*(?P<file>[\w./-]+\.go):(?P<line>\d+): ?(?P<said>.*)")
_BORDER = re.compile(
    r"^\s*(?:=== (?:RUN|PAUSE|CONT|NAME)|--- (?:PASS|SKIP|FAIL)|FAIL\b|ok\b|PASS$|exit status)"
)
_PANIC = re.compile(r"^\s*(?:panic: (?!test timed out)|fatal error: )(?P<said>.+)")
_TELLING = re.compile(
    r"^\s*(?:Error:\s+|Messages:\s+|expected\s*:|actual\s*:|Test:\s+|got\b|want\b)", re.IGNORECASE
)
_REFUSED = re.compile(r"connect: connection refused|no such host|connection reset by peer")
_LOOPBACK = re.compile(r"127\.0\.0\.1|localhost|\[::1\]")


@parser
class GoTest:
    """Understands one failed test: the innermost names what is wrong."""

    name = "go-test"
    cues = ("--- FAIL: ",)

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return what a failed test said."""
        match = _FAIL.match(log[number])
        if match is None or _has_inner(log, number, match):
            return
        below = list(_below(log, number))
        # Without -v the test's words stand below its name, with -v above it.
        said = [(at, line) for at, line in below if _SAID.match(line) or _PANIC.match(line)]
        if not said:
            said = [(at, line) for at, line in _above(log, number) if _SAID.match(line) or _PANIC.match(line)]
        if not said:
            yield told(
                self.name, Category.TEST_FAILURE, 0.85, number, f"the test {match['test']} fails",
                place=Place(test=match["test"][:200]),
            )  # fmt: skip
            return
        at, line = said[-1] if "panic: " in said[-1][1] else said[0]
        if "race detected during execution" in line:
            at = next((other for other, text in log.before(number, 60) if "DATA RACE" in text), at)
            line = log[at]
        found = _SAID.match(line)
        telling = [other for other, text in log.after(at, 12) if _TELLING.match(text)][:2]
        words = found["said"] if found else line.strip()
        yield told(
            self.name,
            _category(line),
            0.94,
            telling[0] if found and not found["said"].strip() and telling else at,
            f"the test {match['test']} fails: {words}",
            evidence=(number, *telling, at, *(other for other, _ in said[1:3])),
            covers=(min(at, number), max(at, number, *(telling or [0]))),
            place=Place(
                file=found["file"] if found else "",
                line=int(found["line"][:9]) if found else 0,
                test=match["test"][:200],
            ),
        )


def _has_inner(log: Log, number: int, match: re.Match[str]) -> bool:
    """Whether a test inside of this one failed too: that one tells more."""
    inner = f"--- FAIL: {match['test']}/"
    return any(inner in line for _, line in log.after(number, 40))


def _below(log: Log, number: int) -> Iterator[tuple[int, str]]:
    for at, line in log.after(number, 40):
        if _BORDER.match(line):
            return
        yield at, line


def _above(log: Log, number: int) -> Iterator[tuple[int, str]]:
    lines = []
    parents = tuple(f"--- FAIL: {outer} " for outer in _outer(log[number]))
    for at, line in log.before(number, 30):
        if line.strip().startswith(parents):
            continue
        if _BORDER.match(line):
            if "=== RUN" in line or "--- " in line or "FAIL" in line:
                break
            continue
        lines.append((at, line))
    yield from reversed(lines)


def _outer(line: str) -> Iterator[str]:
    """Yield the names of the tests that a test is a part of."""
    parts = line.partition("--- FAIL: ")[2].split(" ")[0].split("/")[:8]
    for length in range(1, len(parts)):
        yield "/".join(parts[:length])


def _category(line: str) -> Category:
    if _REFUSED.search(line):
        return Category.INFRASTRUCTURE if _LOOPBACK.search(line) else Category.NETWORK
    return Category.TEST_FAILURE
