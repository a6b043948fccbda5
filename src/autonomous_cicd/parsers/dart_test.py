"""Tests of Dart and Flutter: what a failed test says, below its name or in the box of an exception."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Category, Place, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.told import told
from autonomous_cicd.plugins import parser

__all__ = ["DartTest"]

_BOX = re.compile(r"EXCEPTION CAUGHT BY (?P<by>[A-Z ]+?) ╞")
_THROWN = re.compile(r"The following .* was thrown")
_NAMED = re.compile(
    r"^\d\d:\d\d \+\d+(?: ~\d+)? -[1-9]\d*: (?:(?P<file>\S+_test\.dart): )?(?P<test>.+) \[E\]"
    r"|(?:^|\])❌ (?P<path>\S+_test\.dart): (?P<name>.+?)(?: \(failed\))?$"
)
_NEXT = re.compile(r"^\d\d:\d\d \+\d|✅|❌|^##\[endgroup\]|EXCEPTION CAUGHT BY")
_IS = re.compile(r"^\s*(?:The test description was: ?|[║│]|═|$)")
_TIME = re.compile(r"TimeoutException|[Tt]imed out after|pumpAndSettle timed out")
_SEVERAL = "Multiple exceptions"
_FRAMEWORK = "FLUTTER TEST FRAMEWORK"
_REACH = 30
_WIDEST = 400


@parser
class DartTest:
    """Understands one failed test."""

    name = "dart-test"
    cues = ("EXCEPTION CAUGHT BY ", " [E]", "_test.dart: ")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return what the test saw; not what only counts how often something was thrown."""
        if box := _BOX.search(log[number]):
            yield from self._boxed(log, number, sure=box["by"] == _FRAMEWORK)
        elif named := _NAMED.search(log[number]):
            yield from self._listed(log, number, named)

    def _boxed(self, log: Log, number: int, *, sure: bool) -> Iterator[Sighting]:
        """Yield what stands in the box of an exception."""
        lines = list(log.after(number, 8))
        thrown = next((at for at, (_, line) in enumerate(lines) if _THROWN.search(line)), None)
        if thrown is None:
            return
        said = [(other, line) for other, line in lines[thrown + 1 :] if not _IS.match(line)]
        if not said or said[0][1].startswith(_SEVERAL):
            return
        named = [(other, found) for other, line in log.before(number, 60) if (found := _NAMED.search(line))]
        test = (named[0][1]["test"] or named[0][1]["name"]) if named else ""
        above = tuple(other for other, _ in named[:1])
        yield self._told(
            said[0],
            0.88 if sure else 0.7,
            (*above, *(other for other, _ in said[1:4])),
            test,
            (number, said[-1][0]),
        )

    def _listed(self, log: Log, number: int, named: re.Match[str]) -> Iterator[Sighting]:
        """Yield what stands below the name of a test."""
        test = named["test"] or named["name"]
        said: list[tuple[int, str]] = []
        for other, line in log.after(number, _REACH):
            if _NEXT.search(line):
                break
            if not _IS.match(line):
                said.append((other, line))
            if len(said) == 4:
                break
        if said and not said[0][1].startswith("Test failed. See"):
            yield self._told(
                said[0], 0.88, (number, *(other for other, _ in said[1:])), test, (number, said[-1][0])
            )
        else:
            yield self._told((number, log[number]), 0.74, (), test, (0, 0))

    def _told(
        self,
        line: tuple[int, str],
        confidence: float,
        evidence: tuple[int, ...],
        test: str,
        covers: tuple[int, int],
    ) -> Sighting:
        late = bool(_TIME.search(line[1][:_WIDEST]))
        return told(
            self.name,
            Category.TEST_TIMEOUT if late else Category.TEST_FAILURE,
            confidence,
            line[0],
            f"the test {test} fails: {line[1].strip()[:160]}" if test else line[1].strip()[:160],
            evidence=evidence[:4],
            covers=covers,
            place=Place(test=test[:200]),
        )
