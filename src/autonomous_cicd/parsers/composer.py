"""Composer: which of its numbered problems keeps packages from being installed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Category, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.told import told
from autonomous_cicd.plugins import parser

__all__ = ["Composer"]

_PROBLEM = re.compile(r"^\s*Problem (?P<number>\d+)$")
_REASON = re.compile(r"^\s*- \S")
_KINDS = (
    (
        Category.ENVIRONMENT,
        re.compile(
            r"your (?:php|PHP|HHVM) version|PHP extension|requires? (?:ext|lib)-\S+ .*missing"
            r"|requires php(?:-64bit)? |composer-(?:runtime|plugin)-api|requested PHP extension"
        ),
    ),
    (
        Category.DEPENDENCY_MISSING,
        re.compile(r"could not be found|no matching package found|does not match your minimum-stability"),
    ),
    (Category.NETWORK, re.compile(r"could not be (?:fully )?loaded|curl error")),
)


@parser
class Composer:
    """Understands `Problem 1` with its reasons below."""

    name = "composer"
    cues = ("  Problem ",)

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return the reason of a problem that says most."""
        found = _PROBLEM.match(log[number])
        if found is None:
            return
        reasons: list[tuple[int, str]] = []
        last = number
        for other, line in log.after(number, 30):
            if not _REASON.match(line) or _PROBLEM.match(line):
                break
            reasons.append((other, line.strip()))
            last = other
        if not reasons:
            return
        category, shown, said = _told(reasons)
        first = next(
            (
                other
                for other, text in log.before(number, 4)
                if "installable set" in text or "lock file" in text
            ),
            number,
        )
        yield told(
            self.name,
            category,
            0.94,
            shown,
            f"composer cannot install: {said.removeprefix('- ')}",
            evidence=(first, *(other for other, _ in reasons[-2:])),
            covers=(first, last),
        )


def _told(reasons: list[tuple[int, str]]) -> tuple[Category, int, str]:
    """Return the kind of a problem, and the line that tells it."""
    for category, words in _KINDS:
        for line, said in reasons:
            if words.search(said):
                return category, line, said
    number, reason = next((one for one in reasons if "conflict" in one[1]), reasons[0])
    return Category.DEPENDENCY_CONFLICT, number, reason
