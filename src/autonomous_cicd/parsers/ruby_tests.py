"""Tests of Ruby: RSpec and Minitest (also Elixir's ExUnit, which reports in the same way)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Category, Place, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.told import told
from autonomous_cicd.plugins import parser

__all__ = ["ExUnit", "Minitest", "RSpec"]

_HEAD = re.compile(r"^\s*\d+\) (?P<test>\S.*)")
_NEXT = re.compile(
    r"^\s*(?:\d+\) |Finished in|Failed examples:|\d+ (?:examples?|runs|tests)\b|Randomized|# |rspec \./)"
)
_RAISED = re.compile(
    r"^\s{0,40}(?=[A-Z])(?:\w{1,60}::){0,6}\w{0,60}?"
    r"(?:Error|Exception|Invalid|Refused|NotFound|Missing\w*|Established|Failure|ConnectionBad)\w*\b"
)
_EXPECTED = re.compile(r"^\s*(?:expected|got|Expected|Actual|-|\+)\b")
_PLACE = re.compile(r"(?:# )?(?P<file>(?<![\w./-])[\w./-]{1,200}\.(?:rb|exs)):(?P<line>\d+)")
_MINITEST = re.compile(
    r"^\s*(?P<test>[\w:]+#[\w ]+)(?: \[(?P<file>\S+?):(?P<line>\d+)\])?:?$"
    r"|^\s*(?P<old>test_\w+\(\w+\))(?: \[.*\])?:$"
)
_LOADING = re.compile(r"An error occurred (?:while loading (?P<file>\S+?)\.?$|in an? `)")
_SERVICE = re.compile(
    r"PG::ConnectionBad|CannotConnectError|ECONNREFUSED|ConnectionNotEstablished|Can't connect to"
)
_TIME = re.compile(r"ExUnit\.TimeoutError|\b(?:test|example) (?:timed out|exceeded the time)")
_LOAD = re.compile(r"cannot load such file -- (?P<what>\S+)")


def _category(text: str) -> Category:
    if _TIME.search(text):
        return Category.TEST_TIMEOUT
    if _SERVICE.search(text):
        return Category.INFRASTRUCTURE
    if load := _LOAD.search(text):
        own = load["what"].startswith(("/", "."))
        return Category.IMPORT_ERROR if own else Category.DEPENDENCY_MISSING
    if "syntax error" in text or "SyntaxError" in text:
        return Category.SYNTAX_ERROR
    return Category.TEST_FAILURE


@parser
class RSpec:
    """Understands a failed example, and a file that cannot be loaded."""

    name = "rspec"
    cues = ("Failure/Error:", "An error occurred while loading")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return why an example failed."""
        loading = _LOADING.search(log[number])
        top, head = next(
            ((at, match) for at, line in log.before(number, 4) if (match := _HEAD.match(line))),
            (number, None),
        )
        if loading is not None and any("Failure/Error:" in line for _, line in log.after(number, 12)):
            return
        inside: list[tuple[int, str]] = []
        for other, line in log.after(number, 14):
            if _NEXT.match(line):
                break
            inside.append((other, line))
        telling = [at for at, line in inside if _RAISED.match(line) or _EXPECTED.match(line)]
        said = telling[0] if telling else next((at for at, words in inside if words.strip()), number)
        place = next((match for _, row in log.after(number, 20) if (match := _PLACE.search(row))), None)
        if log[said].rstrip().endswith(":") and log[said + 1].strip():
            said += 1  # "LoadError:" stands alone, what it says below it
        text = f"{log[said - 1]} {log[said]} {log[said + 1]}"
        test = head["test"] if head else (loading["file"] or "" if loading else "")
        yield told(
            self.name,
            _category(text),
            0.94,
            said,
            f"the example {test} fails: {log[said].strip()}",
            evidence=(number, *telling[1:3]),
            covers=(top, inside[-1][0] if inside else number),
            place=Place(
                file=place["file"] if place else "",
                line=int(place["line"][:9]) if place else 0,
                test=test[:200],
            ),
        )


@parser
class Minitest:
    """Understands a failure or error of Minitest and test-unit."""

    name = "minitest"
    cues = ("Failure:", "Error:")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return why a test failed."""
        if not re.fullmatch(r"\s*(?:\d+\) )?(?:Failure|Error):(?: test_\S+.*)?", log[number]):
            return
        at, match = next(
            ((other, found) for other, line in log.after(number, 2) if (found := _MINITEST.match(line))),
            (0, None),
        )
        old = re.search(r": (test_\S+)", log[number])
        if match is None and old is None:
            return
        at = at or number
        said = next(
            (other for other, line in log.after(at, 4) if line.strip() and not line.strip().startswith("[")),
            at,
        )
        test = (match["test"] or match["old"] if match else "") or (old[1] if old else "")
        more = [other for other, line in log.after(said, 3) if _EXPECTED.match(line)]
        yield told(
            self.name,
            _category(log[said]),
            0.94,
            said,
            f"the test {test} fails: {log[said].strip()}",
            evidence=(at, *more),
            covers=(number, max([said, *more])),
            place=Place(
                file=(match["file"] or "") if match else "",
                line=int((match["line"] or "0")[:9]) if match else 0,
                test=test[:200],
            ),
        )


@parser
class ExUnit:
    """Understands a failed test of Elixir."""

    name = "exunit"
    cues = (") test ", ") property ")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return why a test failed."""
        match = re.match(r"^\s*\d+\) (?P<test>(?:test|property) .+ \([\w.]+\))$", log[number])
        if match is None:
            return
        inside = []
        for other, line in log.after(number, 16):
            if re.match(r"^\s*(?:\d+\) (?:test|property) |Finished in)", line):
                break
            inside.append((other, line))
        place = next((found for _, line in inside if (found := _PLACE.search(line))), None)
        said = next(
            (
                at
                for at, line in inside
                if re.match(r"^\s*(?:Assertion|\*\* \(|match \(|Expected|Failed|Wanted|[a-z]+ .*fail)", line)
            ),
            number,
        )
        more = [at for at, line in inside if re.match(r"^\s*(?:left|right|code|mailbox):", line)]
        yield told(
            self.name,
            _category(log[said]),
            0.94,
            said,
            f"the {match['test']} fails: {log[said].strip()}",
            evidence=(number, *more[:2]),
            covers=(number, inside[-1][0] if inside else number),
            place=Place(
                file=place["file"] if place else "",
                line=int(place["line"][:9]) if place else 0,
                test=match["test"][:200],
            ),
        )
