"""Node: an error that nothing caught, which ended the program."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.advice import usual
from autonomous_cicd.domain.diagnosis import Category, Place, Role, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.node_errors import Meaning, thrown_meaning
from autonomous_cicd.plugins import parser

__all__ = ["NodeCrash"]

_PREFIX = r"^(?:\S+: |npm (?:ERR!|error) )?\s*"
_ERROR = re.compile(
    _PREFIX
    + r"(?:Uncaught )?\[?(?P<kind>(?:\w+ \[)?\w*(?:Error|Exception|Rejection)\w*)(?P<code> \[\w+\]|\])?"
    r"(?::|$|\s*\{$| \[)(?P<said>.*)"
)
_PLACE = re.compile(
    _PREFIX + r"(?P<file>(?:file://)?(?:[A-Za-z]:)?[\w./\\@ +()-]*\.[cm]?[jt]sx?|node:[\w/.]+"
    r"|internal/[\w/.]+|\[eval\])"
    r":(?P<line>\d+)$"
)
_CARET = re.compile(r"^\s*(?:npm (?:ERR!|error)\s+)?\^[\^~]*$")
_VARIABLE = re.compile(r"process\.env(?:\.|\[['\"])(?P<name>[A-Za-z_]\w*)")
_FRAME = re.compile(
    r"^\s*at (?:.*[\s(])?(?P<file>(?:file://)?(?:[A-Za-z]:)?[/\\][^():]+):(?P<line>\d+):\d+\)?$"
)
_NEW_SYNTAX = re.compile(
    r"SyntaxError: (?:Unexpected token '?(?:[?.*{&|=#]|with\b|of\b)|Private field|Invalid regular)"
)
_TEST = re.compile(
    r"(?:^|[/\\])(?:tests?|spec|__tests__)(?:[/\\]|\.[cm]?[jt]s$)|[._-](?:test|spec)\.[cm]?[jt]sx?"
)
_CHECKOUT = re.compile(r"^.*?[/\\]work[/\\][^/\\]+[/\\][^/\\]+[/\\]")
"""Where a runner has the project: a folder above it may be named after a job, such as "test"."""


@parser
class NodeCrash:
    """Understands what Node prints before it gives up: the place, the code, a caret, the error."""

    name = "node-crash"
    cues = ("Error: ", "Error [", "AssertionError", "Rejection: ")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return what ended the program, when the lines above or below show that it did."""
        error = _ERROR.match(log[number])
        if error is None:
            return
        above = list(log.before(number, 9))
        place = next((match for _, line in above if (match := _PLACE.match(line))), None)
        caret = any(_CARET.match(line) for _, line in above)
        below = list(log.after(number, 40))
        ended = next((other for other, line in below if re.search(r"\bNode\.js v\d+\.\d+", line)), 0)
        between = [line for other, line in below if other < ended and _ERROR.match(line)]
        if not (place and caret) and not (ended and not between and re.match(r"^\s*at ", log[number + 1])):
            return
        code = next((other for other, line in above if _VARIABLE.search(line) and not _PLACE.match(line)), 0)
        frame = next((match for _, line in below[:12] if (match := _own_frame(line))), None)
        file = frame["file"] if frame else place["file"] if place else ""
        line_of = frame["line"] if frame else place["line"] if place else ""
        deeper = next((line.strip() for _, line in below[:30] if "[cause]: " in line), "")
        said = f"{log[number]} {deeper}" if "fetch failed" in log[number] else log[number]
        meaning, role = _meant(said, log[code] if code else "", file, place["file"] if place else "")
        extra = [code] if code else [other for other, text in below[:3] if text.strip()]
        yield Sighting(
            rule="node-crash",
            category=meaning.category,
            severity=usual(meaning.category).severity,
            confidence=meaning.confidence,
            role=role,
            line=number,
            cause=meaning.cause[:300],
            remedies=usual(meaning.category).remedies,
            evidence=tuple(extra),
            covers=(number, ended or number) if meaning.category is not Category.UNKNOWN else (0, 0),
            place=Place(
                file=file.removeprefix("file://"), line=int(line_of) if line_of[:9].isdecimal() else 0,
                package=meaning.package,
            ),
        )  # fmt: skip


def _own_frame(line: str) -> re.Match[str] | None:
    """Return the place in a line of the stack, when it is the project's own."""
    match = _FRAME.match(line)
    return (
        match if match and "node_modules" not in match["file"] and "internal" not in match["file"] else None
    )


def _meant(text: str, code: str, file: str, place: str) -> tuple[Meaning, Role]:
    variable = _VARIABLE.search(code)
    if variable and re.search(r"TypeError: Cannot (?:read|destructure)|Invalid URL|ERR_INVALID", text):
        cause = f"the environment variable {variable['name']} is not set, and the program needs it"
        return Meaning(Category.ENVIRONMENT, 0.88, cause), Role.CAUSE
    if "ERR_ASSERTION" in text or "AssertionError" in text:
        return Meaning(Category.TEST_FAILURE, 0.88, "an assertion does not hold"), Role.CAUSE
    if _NEW_SYNTAX.search(text) and "node_modules" in place:
        return Meaning(Category.ENVIRONMENT, 0.9, "this version of Node is too old for a package"), Role.CAUSE
    if known := thrown_meaning(text):
        return known, Role.CAUSE
    if _TEST.search(_CHECKOUT.sub("", file)):
        return Meaning(Category.TEST_FAILURE, 0.85, "a test threw an error"), Role.CAUSE
    said = text.strip()[:160]
    return Meaning(
        Category.UNKNOWN, 0.6, f"the program threw an error that nothing caught: {said}"
    ), Role.CAUSE
