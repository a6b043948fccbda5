"""Tests of .NET: as `dotnet test`, the test platform and NUnit's console report them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Place, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.test_kinds import kind_of_test
from autonomous_cicd.domain.told import told
from autonomous_cicd.plugins import parser

__all__ = ["DotnetTest"]

_NAME = re.compile(
    r"^\s*(?:X|Failed|failed|\d+\) (?:Failed|Error|Invalid) :) (?P<test>\w.*?)(?: [\[(][^\])]*[\])])?$"
)
_LISTED = re.compile(r"^\s*\d+\) (?:Failed|Error|Invalid) : ")
_TRACE = re.compile(r"^\s*Stack Trace:")
_END = re.compile(
    r"^\s*(?:X|Passed|Failed|passed|failed|Skipped) \S.*[\[(].*[\])]$|^\s*\d+\) \w+ : "
    r"|^\s*Test Run |^\s*(?:Failed|Passed)! |^\s*Standard Output Messages:"
)
_FRAME = re.compile(r"^\s*at .* in (?P<file>\S.*):line (?P<line>\d+)$")


@parser
class DotnetTest:
    """Understands a failed test with its message and where it was thrown."""

    name = "dotnet-test"
    cues = ("  Error Message:", ") Failed : ", ") Error : ", ") Invalid : ")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return what the test said."""
        if _LISTED.match(log[number]):
            head = number
        else:
            head = next((at for at, line in log.before(number, 3) if _NAME.match(line)), 0)
        named = _NAME.match(log[head]) if head else None
        said, last, file, row = 0, number, "", 0
        for other, line in log.after(number, 30):
            if _END.match(line):
                break
            said = said or (other if line.strip() and not _TRACE.match(line) else 0)
            if frame := _FRAME.match(line):
                file, row, last = frame["file"], int(frame["line"][:9]), other
                break
            last = other if line.strip() else last
        if not said:
            return
        test = named["test"][:200] if named else ""
        words = log[said].strip()
        yield told(
            self.name,
            kind_of_test(words),
            0.95,
            said,
            f"the test {test} fails: {words}" if test else f"a test fails: {words}",
            evidence=(head or number, *((said + 1,) if said < last else ())),
            covers=(head or number, last),
            place=Place(file=file, line=row, test=test),
        )
