"""The Test Anything Protocol, as Node, tap, tape and others print it, and Node's other reporter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Sighting
from autonomous_cicd.domain.js_runs import below, first_line, last_line
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.node_errors import sighted
from autonomous_cicd.plugins import parser

__all__ = ["NodeTest"]

_NOT_OK = re.compile(
    r"^(?P<space>\s*)not ok \d+(?: -)? ?(?P<name>[^#]*?)(?P<directive>\s*# (?i:todo|skip)\b.*)?\s*$"
)
_SPEC = re.compile(r"^\s*✖ failing tests:\s*$")
_SPEC_TEST = re.compile(r"^\s*✖ (?P<name>.+?)(?: \([\d.]+m?s\))?\s*$")
_NESTED = re.compile(r"subtestsFailed|\d+ subtests? failed")
_ENDED = re.compile(r"^\s*\.\.\.\s*$|^\s*(?:not )?ok \d|^\s*#|^\s*1\.\.\d")
_DETAILS = frozenset(
    {"---", "duration_ms", "type", "location", "failureType", "stack", "operator", "name", "code"}
)
_SUMMARY = re.compile(r"^(?:#|\u2139) (?:fail|duration_ms)\b")


@parser
class NodeTest:
    """Understands both reporters of Node's test runner, and TAP of others."""

    name = "node-test"
    cues = ("not ok ", "✖ failing tests:")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return the failed tests, not the suites that failed because of them."""
        line = log[number]
        if _SPEC.match(line):
            yield from _spec(log, number)
            return
        match = _NOT_OK.match(line)
        if match is None or match["directive"]:
            return
        body = []
        for other, text in log.after(number, 40):
            if _ENDED.match(text):
                break
            body.append((other, text))
        if any(_NESTED.search(text) for _, text in body):
            return
        if not match["name"] and not body:
            return
        file, body = _untyped(body)
        name = match["name"].strip()
        last = _end(log, number)
        is_file = bool(re.search(r"\.[cm]?[jt]sx?$", name))
        if is_file:
            body = [*_comments(log, number), *body]
        yield sighted(
            "node-test", (number, line), body, (first_line(log, number), last),
            test="" if is_file else name or "?",
            file=name if is_file else file,
        )  # fmt: skip


def _comments(log: Log, number: int) -> list[tuple[int, str]]:
    """Return what a file of tests printed before it failed as a whole: the error that it threw."""
    found: list[tuple[int, str]] = []
    for other in range(number - 1, max(0, number - 60), -1):
        text = log[other].strip()
        if not text.startswith("#"):
            break
        found.append((other, text.removeprefix("#").strip()))
    return found[::-1]


def _untyped(body: list[tuple[int, str]]) -> tuple[str, list[tuple[int, str]]]:
    """Return the file that the details name, and the lines of the error."""
    kept = []
    file = ""
    for number, text in body:
        key, _, value = text.strip().partition(":")
        if key in ("location", "at", "file") and not file:
            file = re.sub(r"(?::\d+){1,2}$", "", value.strip().strip("'\""))
        if key in (
            "---",
            "duration_ms",
            "type",
            "location",
            "failureType",
            "stack",
            "operator",
            "name",
            "code",
        ):
            continue
        if re.match(r"^\s*error: (?:\|-|>-|'?\d+ subtest)", text):
            continue
        kept.append((number, text))
    return file, kept


def _end(log: Log, number: int) -> int:
    """Return the last line of the summary, or of the details."""
    last = number
    for other, text in below(log, number, 1500):
        if _SUMMARY.match(text):
            last = other
    return last if last > number else last_line(log, number, 40)


def _spec(log: Log, number: int) -> Iterator[Sighting]:
    """Yield the failures that the other reporter lists at its end."""
    first = first_line(log, number)
    items: list[tuple[tuple[int, str], str, list[tuple[int, str]]]] = []
    file = ""
    last = number
    for other, line in log.after(number, 500):
        place = re.match(r"^\s*test at (?P<file>\S+?)(?::\d+){0,2}\s*$", line)
        heading = _SPEC_TEST.match(line)
        if place:
            file = place["file"]
        elif heading:
            items.append(((other, line), file, []))
        elif re.match(r"^(?:npm (?:ERR!|error)|##\[|\$ |\+ )", line):
            break
        elif items:
            items[-1][2].append((other, line))
        last = other
    for head, where, body in items[:50]:
        if any(_NESTED.search(text) for _, text in body[:3]):
            continue
        match = _SPEC_TEST.match(head[1])
        name = match["name"] if match else ""
        is_file = bool(re.search(r"\.[cm]?[jt]sx?$", name))
        yield sighted(
            "node-test",
            head,
            body[:40],
            (first, last),
            test="" if is_file else name,
            file=name if is_file else where,
        )
