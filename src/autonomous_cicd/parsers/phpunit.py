"""PHPUnit: the numbered failures and errors, each with its reason and place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Category, Place, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.told import told
from autonomous_cicd.plugins import parser

__all__ = ["PhpCodeSniffer", "PhpUnit"]

_HEAD = re.compile(r"^\s*(?P<number>\d+)\) (?P<test>[\w\\]+::\w+.*)")
_PLACE = re.compile(r"^\s*(?P<file>(?:[A-Za-z]:)?[\w./\\-]+\.php):(?P<line>\d+)$")
_SERVICE = re.compile(r"SQLSTATE\[\w+\] \[(?:2002|2003|7)\]|Connection refused")
_DRIVER = re.compile(r"could not find driver")
_SNIFF = re.compile(r"^\s*(?P<line>\d+) \| ERROR\s*\| (?:\[.\] )?(?P<said>.+)")


@parser
class PhpUnit:
    """Understands one failed test."""

    name = "phpunit"
    cues = ("::",)

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return why a test failed."""
        match = _HEAD.match(log[number])
        if match is None:
            return
        heading = next(
            (
                line
                for _, line in log.before(number, 6 if match["number"] == "1" else 30)
                if "There w" in line
            ),
            "",
        )
        if re.search(r"skipped|incomplete|risky|warning|deprecat|notice", heading):
            return
        said, end, place = 0, number, None
        for other, line in log.after(number, 16):
            if _HEAD.match(line) or line.strip() in ("FAILURES!", "ERRORS!", "--"):
                break
            if place := _PLACE.match(line):
                end = other
                break
            if line.strip() and not said:
                said = other
            end = other
        if not said:
            return
        yield told(
            self.name,
            _category(log[said]),
            0.94,
            said,
            f"the test {match['test']} fails: {log[said].strip()}",
            evidence=(number, *((end,) if place else ())),
            covers=(number, end),
            place=Place(
                file=place["file"] if place else "",
                line=int(place["line"][:9]) if place else 0,
                test=match["test"][:200],
            ),
        )


def _category(text: str) -> Category:
    if _SERVICE.search(text):
        return Category.INFRASTRUCTURE
    if _DRIVER.search(text):
        return Category.ENVIRONMENT
    return Category.TEST_FAILURE


@parser
class PhpCodeSniffer:
    """Understands the table of a file with violations."""

    name = "phpcs-table"
    cues = ("FOUND ",)

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return the first violations."""
        if not re.match(r"^\s*FOUND [1-9]\d* ERRORS? ", log[number]):
            return
        file = next(
            (line.partition("FILE:")[2].strip() for _, line in log.before(number, 3) if "FILE:" in line), ""
        )
        found = [(at, match) for at, line in log.after(number, 40) if (match := _SNIFF.match(line))]
        if not found:
            return
        at, first = found[0]
        yield told(
            self.name,
            Category.LINT,
            0.94,
            at,
            f"a rule of style is broken in {file}: {first['said']}",
            evidence=(found[-1][0], number),
            covers=(number, found[-1][0]),
            place=Place(file=file[:300], line=int(first["line"][:9])),
        )
