"""The report of `npm audit`; that an installation counts weaknesses in passing is no failure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.advice import usual
from autonomous_cicd.domain.diagnosis import Category, Place, Role, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.plugins import parser

__all__ = ["NpmAudit"]

_SEVERITY = re.compile(r"^\s*Severity: (?P<how>low|moderate|high|critical)\b")
_PACKAGE = re.compile(r"^\s*(?P<package>@?[\w./-]+) {2}\S")
_COUNT = re.compile(r"^\s*[1-9]\d* (?:\w+ severity )?vulnerabilit")
_WORST = ("critical", "high", "moderate", "low")


@parser
class NpmAudit:
    """Understands the report below its heading."""

    name = "npm-audit-report"
    cues = ("# npm audit report",)

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return the worst of what is reported."""
        found: list[tuple[int, int, str]] = []
        package, count, last = "", 0, number
        for other, line in log.after(number, 400):
            last = other
            if match := _SEVERITY.match(line):
                found.append((_WORST.index(match["how"]), other, package))
            elif match := _PACKAGE.match(line):
                package = match["package"]
            elif _COUNT.match(line):
                count = other
                break
        worst = min(found, default=(0, count or number, ""))
        told = [other for other, line in log.after(worst[1], 1) if line.strip()]
        yield Sighting(
            rule="npm-audit-report",
            category=Category.SECURITY_GATE,
            severity=usual(Category.SECURITY_GATE).severity,
            confidence=0.8,
            role=Role.CAUSE,
            line=worst[1],
            cause=f"dependencies have known weaknesses{f', the worst: {worst[2]}' if worst[2] else ''}",
            remedies=usual(Category.SECURITY_GATE).remedies,
            evidence=(*told, *([count] if count else []), number),
            covers=(number, count or last),
            place=Place(package=worst[2]),
        )
