"""Tests of Java, Kotlin and Scala: as surefire, Gradle and ScalaTest report them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Place, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.test_kinds import kind_of_test
from autonomous_cicd.domain.told import told
from autonomous_cicd.plugins import parser

__all__ = ["GradleTest", "ScalaTest", "Surefire", "SurefireSummary"]

_MARKED = re.compile(
    r"^\s*(?:\[ERROR\]\s+)?(?P<test>\S.*?)(?: --)?\s{1,9}Time elapsed: .*<<< (?:FAILURE|ERROR)!(?P<rest>.*)"
)
_CLASS = re.compile(r"Tests run: \d+")
_SUMMARY = re.compile(
    r"^\s*(?:\[ERROR\]\s+)?Tests run: \d+, Failures: (?P<failures>\d+), Errors: (?P<errors>\d+)"
)
_THROWN = re.compile(
    r"^\s*(?:\[ERROR\]\s+)?(?:Caused by: )?"
    r"(?:(?:[a-z]\w*\.)+[A-Z][\w$]*(?:[:.].*| at \w.*|$)"
    r"|\w*(?:Error|Exception|Failure)\b.*|Expect(?:ing|ed)\b.*|expected:.*"
    r"|Condition (?:not satisfied|failed)\b.*|Too (?:few|many) invocations\b.*)"
)
_FRAME = re.compile(
    r"\bat .*\((?P<file>\w+\.(?:java|kt|scala|groovy)):(?P<line>\d+)\)|at (?P<short>\w+\.\w+):(?P<n>\d+)"
)
_GRADLE = re.compile(r"^\s*(?P<test>[\w.$]+(?:\[[^\]]*\])? > \S.*?) FAILED(?: \([\d.]+m?s\))?$")
_LIST = re.compile(r"^\s*(?:\[ERROR\]\s*)?(?:Failures|Errors):\s*$")
_LISTED = re.compile(
    r"^\s*(?:\[ERROR\]\s*)?(?P<test>(?:[a-z]\w*\.)*[A-Z]\w*(?:Tests?|IT|Spec)?\w*[.»:]\w+)"
    r"(?P<said>[:\d> ].*|$)"
)
_RUN = re.compile(r"^\s*(?:\[ERROR\]\s*)?Run \d+: (?P<said>.+)")
_SCALA = re.compile(r"^\s*(?:\[(?:info|error)\]\s+)?-? ?(?P<test>.*?) \*\*\* FAILED \*\*\*")


def _reason(log: Log, number: int, most: int = 14) -> tuple[int, int, Place]:
    """Return the line that says what was thrown below a test's name, the last line of it, and its place."""
    line, end, file, row = 0, number, "", 0
    for other, text in log.after(number, most):
        if _MARKED.match(text) or _GRADLE.match(text) or _CLASS.search(text):
            break
        if not text.strip():
            if line:
                break
            continue
        if not line and _THROWN.match(text):
            line = other
        if not file and (frame := _FRAME.search(text)):
            file, row = frame["file"] or frame["short"] or "", int((frame["line"] or frame["n"] or "0")[:9])
        end = other
    return line, end, Place(file=file, line=row)


@parser
class Surefire:
    """Understands a test that Maven marks with `<<< FAILURE!`, or its summary where only that is left."""

    name = "surefire"
    cues = ("<<< FAILURE!", "<<< ERROR!")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return why a test failed."""
        match = _MARKED.match(log[number])
        if match is None or _CLASS.search(match["test"]):
            return
        line, end, place = _reason(log, number)
        said = log[line].strip() if line else ""
        yield told(
            self.name,
            kind_of_test(said),
            0.94 if line else 0.85,
            line or number,
            f"the test {match['test']} fails: {said}",
            evidence=(number, *((line + 1,) if line and line < end else ())),
            covers=(number, end),
            place=Place(file=place.file, line=place.line, test=match["test"][:200]),
        )


@parser
class SurefireSummary:
    """Understands the results at the end, where the tests themselves are not in the log."""

    name = "surefire-summary"
    cues = ("Failures:", "Errors:")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return the first test of a list, with what each of its runs said."""
        if not _LIST.match(log[number]):
            return
        for other, line in log.after(number, 2):
            if found := _LISTED.match(line):
                said = next(((n, m) for n, text in log.after(other, 1) if (m := _RUN.match(text))), None)
                at = said[0] if said else other
                words = (said[1]["said"] if said else found["said"]).strip()
                yield told(
                    self.name,
                    kind_of_test(words),
                    0.86,
                    at,
                    f"the test {found['test']} fails: {words}",
                    evidence=(other, number),
                    place=Place(test=found["test"][:200]),
                )
                return


@parser
class GradleTest:
    """Understands `Class > method FAILED` of Gradle."""

    name = "gradle-test"
    cues = (" FAILED",)

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return why a test failed."""
        match = _GRADLE.match(log[number])
        if match is None or log[number].lstrip().startswith((">", ":")):
            return
        line, end, place = _reason(log, number, 8)
        said = log[line].strip() if line else ""
        yield told(
            self.name,
            kind_of_test(said),
            0.94 if line else 0.88,
            line or number,
            f"the test {match['test']} fails: {said}",
            evidence=(number, *((line + 1,) if line and line < end else ())),
            covers=(number, end),
            place=Place(file=place.file, line=place.line, test=match["test"][:200]),
        )


@parser
class ScalaTest:
    """Understands `*** FAILED ***` of ScalaTest."""

    name = "scalatest"
    cues = ("*** FAILED ***",)

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return why a test failed."""
        match = _SCALA.match(log[number])
        if match is None or re.search(r"\d+ (?:TESTS?|SUITES?)", log[number]):
            return
        said = next(
            (at for at, line in log.after(number, 2) if line.strip().removeprefix("[info]").strip()), 0
        )
        words = log[said].strip() if said else ""
        yield told(
            self.name,
            kind_of_test(words),
            0.94,
            said or number,
            f"the test {match['test']} fails: {words}",
            evidence=(number,),
            covers=(number, said or number),
            place=Place(test=match["test"][:200]),
        )
