"""ESLint, stylelint and what reports as they do: a file, and below it its problems."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from autonomous_cicd.domain.advice import usual
from autonomous_cicd.domain.diagnosis import Category, Place, Role, Sighting
from autonomous_cicd.domain.js_runs import upwards
from autonomous_cicd.domain.log import Log
from autonomous_cicd.plugins import parser

__all__ = ["Eslint"]

_SUMMARY = re.compile(r"✖ \d+ problems? \((?P<errors>\d+) errors?, (?P<warnings>\d+) warnings?\)")
_TOO_MANY = re.compile(r"ESLint found too many warnings")
_PROBLEM = re.compile(
    r"^(?:\S+: )?\s*(?P<line>\d+):\d+\s+(?P<kind>error|warning|✖|⚠|\u00d7)\s+"
    r"(?P<said>.+?)(?:\s{2,}|\s)(?P<rule>[@\w./-]+)?$"
)
_STANDARD = re.compile(
    r"^(?:\S+: )?\s*(?P<file>\S+\.\w+):(?P<line>\d+):\d+: (?P<said>.+) \((?P<rule>[@\w/-]+)\)$"
)
_FILE = re.compile(r"^(?:\S+: )?\s*(?P<file>(?:[A-Za-z]:)?[\w./\\@ +()\[\]-]+\.\w{1,8})$")
_NOT_SET_UP = re.compile(
    r"Definition for rule|Parsing error: (?:Cannot|\"?'?parserOptions|.*project service|.*tsconfig)"
)
_PRETTIER = re.compile(r"prettier/prettier$|Delete `|Insert `|Replace `")


class _Problem(NamedTuple):
    number: int
    line: int
    said: str
    rule: str
    error: bool
    file: str


@parser
class Eslint:
    """Understands the usual list of problems by their summary."""

    name = "eslint"
    cues = ("✖ ", "ESLint found too many warnings", "standard: Use JavaScript Standard", "  error  ")
    """The last has the errors kept that stand far above the summary, among warnings."""

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return one sighting for a whole run that found errors, or more warnings than are allowed."""
        text = log[number]
        if text.lstrip().startswith("standard: "):
            yield from _standard(log, number)
            return
        too_many = _TOO_MANY.search(text)
        summary = _SUMMARY.search(text)
        if too_many is None and (summary is None or summary["errors"] == "0"):
            return
        problems = _problems(log, number)
        errors = [one for one in problems if one.error] or (problems if too_many else [])
        category = _category(errors)
        first = errors[0] if errors else None
        line = number if too_many or first is None else first.number
        others = [one.number for one in errors if one.number != line][:5]
        said = f"{first.said} ({first.rule})" if first else "problems were found"
        many = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
        yield Sighting(
            rule="eslint",
            category=category,
            severity=usual(category).severity,
            confidence=0.92,
            role=Role.CAUSE,
            line=line,
            cause="there are more warnings than are allowed" if too_many else f"{said}{many}"[:300],
            remedies=usual(category).remedies,
            evidence=(*others, number),
            covers=(
                min([one.number for one in problems] + [number]),
                max((other for other, _ in log.after(number, 2)), default=number),
            ),
            place=Place(file=first.file if first else "", line=first.line if first else 0),
        )


def _standard(log: Log, number: int) -> Iterator[Sighting]:
    """Yield what is listed below the heading of `standard`."""
    found = [(other, match) for other, line in log.after(number, 60) if (match := _STANDARD.match(line))]
    if not found:
        return
    at, first = found[0]
    yield Sighting(
        rule="eslint",
        category=Category.LINT,
        severity=usual(Category.LINT).severity,
        confidence=0.92,
        line=at,
        cause=f"{first['said']} ({first['rule']})"[:300],
        remedies=usual(Category.LINT).remedies,
        evidence=tuple(other for other, _ in found[1:6]),
        covers=(number, found[-1][0]),
        place=Place(file=first["file"], line=int(first["line"][:9])),
    )


def _problems(log: Log, number: int) -> list[_Problem]:
    """Return the problems above a summary, in order."""
    found: list[tuple[int, re.Match[str]]] = []
    files: list[tuple[int, str]] = []
    for other, line in upwards(log, number, 1500):
        if match := _PROBLEM.match(line):
            found.append((other, match))
        elif match := _FILE.match(line):
            files.append((other, match["file"].strip()))
        elif _SUMMARY.search(line) and not _TOO_MANY.search(log[number]):
            break
    problems = []
    for other, match in reversed(found):
        file = next((name for at, name in files if at < other), "")
        problems.append(
            _Problem(
                other, int(match["line"][:9]), match["said"].strip(), match["rule"] or "",
                match["kind"] in ("error", "✖", "\u00d7"), file,
            )
        )  # fmt: skip
    return problems


def _category(errors: list[_Problem]) -> Category:
    if errors and all(_PRETTIER.search(f"{one.said} {one.rule}") for one in errors):
        return Category.FORMATTING
    if errors and all(_NOT_SET_UP.search(one.said) for one in errors):
        return Category.CONFIGURATION
    if errors and all("Parsing error" in one.said for one in errors):
        return Category.SYNTAX_ERROR
    return Category.LINT
