"""unittest and what prints as it does: nose, Django's test runner, testr; and Twisted's trial."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.advice import usual
from autonomous_cicd.domain.diagnosis import Category, Place, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.pytest_report import said_by
from autonomous_cicd.domain.python_errors import Verdict, foreign
from autonomous_cicd.domain.python_traceback import HEADER, Traceback, read_traceback
from autonomous_cicd.plugins import parser

__all__ = ["DoctestParser", "UnittestParser"]

_RULE = re.compile(r"^\s*={20,}\s*$")
_LINE = re.compile(r"^\s*-{20,}\s*$")
_TITLE = re.compile(r"^\s*(?P<how>FAIL|ERROR|UNEXPECTED SUCCESS): (?P<test>.{1,300})$")
_TRIAL = re.compile(r"^\s*\[(?:FAIL|ERROR)\]$")
_RAN = re.compile(r"^\s*Ran \d+ tests? in ")
_FEW = re.compile(r"^\s*(?:FAILED \(|OK\b|PASSED \()")
_COMMAND = re.compile(
    r"^(?:##\[|\+{1,2} \S|\$ \S|The command \"|Done\. Your build|Finished: |make(?:\[\d+\])?: \*\*\*)"
)


@parser
class UnittestParser:
    """Reads the part of a report that tells of one failed test."""

    name = "unittest"
    cues = ("FAIL: ", "ERROR: ", "UNEXPECTED SUCCESS: ", "[FAIL]", "[ERROR]")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return why a test failed; nothing when the line is no title of such a part."""
        line, above, below = log[number], log[number - 1], log[number + 1]
        trial = _TRIAL.match(line) is not None and (HEADER in below or _RULE.match(above) is not None)
        title = _TITLE.match(line)
        if not trial and (title is None or not (_RULE.match(above) or _LINE.match(below))):
            return
        found: Traceback | None = None
        last, plain, test = number, 0, title["test"] if title else ""
        for other, text in log.after(number, 300):
            if _RULE.match(text) or _RAN.match(text) or _COMMAND.match(text):
                break
            last = other
            if found is None and HEADER in text:
                found = read_traceback(log, other)
            elif not plain and text.strip() and not _LINE.match(text):
                plain = other
            if trial and found and other > found.last and re.match(r"^[\w.]+\.test\w*$", text):
                test = text
        if _passed(log, last):
            return
        yield self._sighting(log, (number, last), test, found, plain)

    def _sighting(
        self, log: Log, place: tuple[int, int], test: str, found: Traceback | None, plain: int
    ) -> Sighting:
        number, last = place
        line, file, at = plain or number, "", 0
        verdict = Verdict(category=Category.TEST_FAILURE, cause=log[number].strip())
        evidence: list[int] = [number]
        if found is not None:
            ends = [(one, _said(test, log, one.line, one.files)) for one in found.raised]
            raised, verdict = ends[-1]
            if not verdict.certain:
                raised, verdict = next(((one, said) for one, said in ends if said.certain), ends[-1])
            line = raised.line
            places = list(zip(raised.files, raised.numbers, raised.frames, strict=True))
            own = [one for one in places if not foreign(one[0])] or places
            if own:
                file, at = own[-1][0], own[-1][1]
                evidence.append(own[-1][2])
        first = number - 1 if _RULE.match(log[number - 1]) else number
        return Sighting(
            rule="unittest",
            category=verdict.category,
            severity=usual(verdict.category).severity,
            confidence=0.93 if verdict.certain else 0.85,
            line=line,
            cause=f"{test}: {verdict.cause}" if test else verdict.cause,
            remedies=usual(verdict.category).remedies,
            evidence=tuple(evidence),
            covers=(first, max(last, line)),
            place=Place(file=file, line=at, test=test, package=verdict.package),
        )


def _said(test: str, log: Log, line: int, files: tuple[str, ...]) -> Verdict:
    loading = any(
        word in test for word in ("_FailedTest", "Failure: ", "ModuleImportFailure", "LoadTestsFailure")
    )
    setting_up = test.startswith(("setUp", "tearDown", "context "))
    title = "ERROR collecting" if loading else "ERROR at setup" if setting_up else ""
    return said_by(title, log[line].strip(), files, [(line, 'File "')] if loading else ())


def _passed(log: Log, last: int) -> bool:
    """Whether the run that follows says that all is well."""
    for number in log.numbers(last, 1500):
        text = log[number]
        if _FEW.match(text):
            return text.lstrip().startswith(("OK", "PASSED"))
        if _COMMAND.match(text):
            return False
    return False


@parser
class DoctestParser:
    """Reads an example of a documentation that does not give what it says."""

    name = "doctest"
    cues = ("Failed example:",)

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return where it stands, and what came instead."""
        file, at, line, evidence = "", 0, number, [number]
        if found := re.match(r'^\s*File "([^"]{1,300})", line (\d{1,7}), in (.+)', log[number - 1]):
            file, at = found[1], int(found[2])
            evidence.append(number - 1)
        last = number
        for other, text in log.after(number, 40):
            if text.startswith(("****", "====")):
                break
            last = other
            if text.strip() in ("Got:", "Exception raised:") or text.strip().startswith("Differences ("):
                line = other + 1 if log[other + 1].strip() else other
            elif text.strip() == "Expected:":
                evidence.append(other + 1)
        yield Sighting(
            rule="doctest",
            category=Category.TEST_FAILURE,
            severity=usual(Category.TEST_FAILURE).severity,
            confidence=0.88,
            line=line,
            cause="an example in the documentation does not give what it says",
            remedies=usual(Category.TEST_FAILURE).remedies,
            evidence=tuple(evidence),
            covers=(number - 1 if file else number, max(last, line)),
            place=Place(file=file, line=at),
        )
