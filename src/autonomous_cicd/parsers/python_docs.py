"""Sphinx and MkDocs: the warnings for which a strict build of documentation fails."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.advice import usual
from autonomous_cicd.domain.diagnosis import Category, Place, Severity, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.python_errors import judge, split_exception
from autonomous_cicd.plugins import parser

__all__ = ["StrictDocsParser"]

_WARNING = re.compile(
    r"(?:^|[ .])(?P<file>/?[\w./~-]+\.(?:rst|md|py|ipynb|txt))?(?::docstring of"
    r" [\w.]+)?:?(?P<line>\d{1,7})?:? ?"
    r"(?:WARNING|ERROR|CRITICAL|SEVERE)(?::| +-) +(?P<what>\S.*)"
)
_STOP = re.compile(r"^(?:##\[(?:group|endgroup)|\+{1,2} \S|\$ \S|Running Sphinx)")
_EXTENSION = re.compile(r"Could not import extension (?P<name>[\w.]+)")


@parser
class StrictDocsParser:
    """Goes back from the end of a strict build to its warnings."""

    name = "strict-docs"
    cues = (
        "with warnings treated as errors",
        "warnings in strict mode",
        "Warning, treated as error:",
        "Could not import extension",
    )

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return the warnings of the build that ended here."""
        line = log[number]
        if "treated as error:" in line:
            below = next((n for n, text in log.after(number, 3) if text.strip()), number)
            yield _sighting(log, below, (number,), log[below])
            return
        if found := _EXTENSION.search(line):
            yield _missing(log, number, found["name"])
            return
        first = max(log.numbers(most=1)[0], number - 3000)
        seen = []
        for other in reversed(log.numbers(first, number - first)):
            if other >= number:
                continue
            text = log[other]
            if _STOP.match(text):
                break
            if match := _WARNING.search(text):
                seen.append((other, match))
            if len(seen) >= 40:
                break
        for other, match in reversed(seen):
            yield _sighting(log, other, (number,), match["what"], match["file"] or "", match["line"] or "")


def _missing(log: Log, number: int, name: str) -> Sighting:
    category = Category.DEPENDENCY_MISSING if "No module named" in log[number] else Category.CONFIGURATION
    return Sighting(
        rule="sphinx-extension",
        category=category,
        severity=usual(category).severity,
        confidence=0.93,
        line=number,
        cause=f"the extension {name} of Sphinx is not installed",
        remedies=usual(category).remedies,
        place=Place(package=name),
    )


def _sighting(
    log: Log, number: int, evidence: tuple[int, ...], what: str, file: str = "", line: str = ""
) -> Sighting:
    category = Category.CONFIGURATION
    if "failed to import" in what:
        for other, text in log.after(number, 40):
            parts = split_exception(text.strip())
            if parts is not None and parts[0] in ("ModuleNotFoundError", "ImportError"):
                category, number = judge(*parts).category, other
                break
    return Sighting(
        rule="strict-docs",
        category=category,
        severity=Severity.MEDIUM if category is Category.CONFIGURATION else usual(category).severity,
        confidence=0.9,
        line=number,
        cause=f"a warning about the documentation counts as an error: {what[:200]}",
        remedies=usual(category).remedies,
        evidence=evidence,
        place=Place(file=file, line=int(line) if line else 0),
    )
