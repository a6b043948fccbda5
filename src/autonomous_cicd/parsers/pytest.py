"""pytest: which tests failed, and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from autonomous_cicd.domain.advice import usual
from autonomous_cicd.domain.diagnosis import Category, Place, Role, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.pytest_report import (
    END,
    LINE_STYLE,
    SECTION,
    START,
    STOP,
    SUMMARY,
    TITLE,
    Failed,
    green,
    read_block,
    said_by,
)
from autonomous_cicd.domain.python_errors import judge, split_exception
from autonomous_cicd.plugins import parser

__all__ = ["PytestParser", "PytestPieceParser"]

MOST = 6_000
"""Kept lines of a report that are looked at."""
TOLD = 60
"""Failures of a report that are told."""
ONE_LINE = "of one line"
"""Title of what stands in a section before any title: the style of one line for each failure."""
MANY = 3
"""Failures from which on a reason is common."""
RARE = 0.8
"""What is left of the confidence in another reason than the common one."""
_BAD = ("FAILURES", "ERRORS")


@parser
class PytestParser:
    """Reads the sections ERRORS and FAILURES and the summary of a report as one."""

    name = "pytest"
    cues = ("= FAILURES =", "= ERRORS =", "short test summary info", "INTERNALERROR> Traceback")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return the failures of the report that the line belongs to; nothing when it ended green."""
        if log[number].lstrip().startswith("INTERNALERROR>"):
            yield from _internal(log, number)
            return
        first, lines, end = _report(log, number)
        if end and green(log[end]):
            return
        failures = list(_failures(lines))
        last = lines[-1][0] if lines else number
        common = _common([failed for failed, _ in failures])
        for failed, more in failures[:TOLD]:
            found = _sighting(failed, more, (first, last))
            alone = common and _kind(failed) != common
            yield replace(found, confidence=found.confidence * RARE) if alone else found


@parser
class PytestPieceParser:
    """Reads a failure of which only a part is in the log."""

    name = "pytest-piece"
    cues = ("E   ", "FAILED ", "E  ")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return what a failure says whose report has no beginning here."""
        line = log[number]
        if SUMMARY.match(line) and not log[number - 1].strip().startswith(("FAILED", "ERROR", "=")):
            end = _end_after(log, number)
            if end and not green(log[end]):
                yield from (
                    _sighting(failed, more, (number, end)) for failed, more in _failures([(number, line)])
                )
            return
        if not line.lstrip().startswith("E  ") or log[number - 1].lstrip().startswith("E "):
            return
        title, first = _title_above(log, number)
        lines = [(n, log[n]) for n in range(first, number)]
        for other, text in [(number, line), *log.after(number, 80)]:
            if TITLE.match(text) or SECTION.match(text) or STOP.match(text) or END.match(text):
                break
            lines.append((other, text))
        failed = read_block(title, lines)
        known = title or (failed is not None and failed.place)
        if failed is None or not known:
            return
        end = _end_after(log, number)
        if not (end and green(log[end])):
            yield _sighting(failed, (), (first, lines[-1][0]))


def _kind(failed: Failed) -> str:
    """Return what failures of one reason have in common: their message without names and numbers."""
    return re.sub(r"\d+|'[^']*'|\"[^\"]*\"|\[[^\]]*\]", "", failed.verdict.cause)[:80]


def _common(failures: Sequence[Failed]) -> str:
    """Return the reason that most of many tests failed for; nothing when there is none."""
    kinds = Counter(_kind(failed) for failed in failures)
    (kind, count), *_ = kinds.most_common(1) or [("", 0)]
    return kind if count >= MANY and 2 * count > len(failures) else ""


def _report(log: Log, number: int) -> tuple[int, list[tuple[int, str]], int]:
    """Return where a report begins, its kept lines, and the number of its last one."""
    numbers = log.numbers()
    at = len(numbers) - len(log.numbers(number))
    begin = at
    for index in range(at - 1, max(-1, at - MOST), -1):
        line = log[numbers[index]]
        if START.match(line) or ((found := SECTION.match(line)) is not None and found["name"] in _BAD):
            begin = index
        if START.match(line) or STOP.match(line) or _is_end(line):
            break
    lines = []
    for index in range(begin, min(len(numbers), at + MOST)):
        line = log[numbers[index]]
        if index > at and STOP.match(line):
            break
        lines.append((numbers[index], line))
        if index > at and _is_end(line):
            return numbers[begin], lines, numbers[index]
    return numbers[begin], lines, 0


def _is_end(line: str) -> bool:
    return " in " in line and END.match(line) is not None


def _end_after(log: Log, number: int) -> int:
    """Return the number of the next last line of a report; 0 when there is none."""
    for other in log.numbers(number, 2000):
        line = log[other]
        if _is_end(line):
            return other
        if STOP.match(line):
            return 0
    return 0


def _title_above(log: Log, number: int) -> tuple[str, int]:
    """Return the title of a failure and the number of the line below it."""
    for other, line in log.before(number, 60):
        if found := TITLE.match(line):
            return found["title"], other
        if line.startswith("ImportError while loading conftest"):
            return "ERROR loading conftest", other
        if SECTION.match(line) or STOP.match(line) or _is_end(line):
            return "", other + 1
    return "", max(1, number - 15) if log[number - 15] else number


def _failures(lines: Sequence[tuple[int, str]]) -> Iterator[tuple[Failed, tuple[int, ...]]]:
    """Yield what failed, with the lines that tell of it besides."""
    summary = {}
    for number, line in lines:
        if found := SUMMARY.match(line):
            summary[_short(found["test"])] = (number, found)
    told: set[str] = set()
    for title, block in _blocks(lines):
        if title == ONE_LINE and len(block) > 2:
            several = [read_block("", [one]) for one in block if LINE_STYLE.match(one[1])]
            yield from ((failed, ()) for failed in several if failed is not None)
            told.update("." for failed in several if failed is not None)
            if several:
                continue
        failed = read_block(title, block)
        if failed is None:
            continue
        key = title.removeprefix("ERROR collecting ").removeprefix("ERROR at setup of ")
        key = key.removeprefix("ERROR at teardown of ")
        told.add(key)
        said = summary.get(key)
        yield (
            failed,
            tuple(n for n in (failed.source, said[0] if said else 0, failed.place, block[0][0]) if n),
        )
    if told:
        return
    for key, (number, found) in summary.items():
        title = (
            key
            if found["how"] != "ERROR"
            else f"ERROR at setup of {key}"
            if "::" in found["test"]
            else "ERROR collecting"
        )
        verdict = said_by(title, found["said"] or "a test failed")
        yield Failed(line=number, verdict=verdict, test=key, file=found["test"].partition("::")[0]), ()


def _short(test: str) -> str:
    """Return how a title names a test."""
    file, *parts = test.split("::")
    return ".".join(parts) or file


def _blocks(lines: Sequence[tuple[int, str]]) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """Yield the title and lines of every failure."""
    bad, title = True, ""
    block: list[tuple[int, str]] = []
    for number, line in lines:
        section = SECTION.match(line)
        found = None if section else TITLE.match(line)
        if section or found:
            if bad and title:
                yield title, block
            title = found["title"] if found else ""
            block = [(number, line)]
            if section:
                bad = section["name"].strip() in _BAD
                title = ONE_LINE if bad else ""
        else:
            block.append((number, line))
    if bad and title:
        yield title, block


def _internal(log: Log, number: int) -> Iterator[Sighting]:
    """Read an error in pytest itself, a plug-in or a conftest.py."""
    if log[number - 1].lstrip().startswith("INTERNALERROR>"):
        return
    last, found, files = number, None, []
    for other, line in log.after(number, 400):
        head, mark, text = line.partition("INTERNALERROR>")
        if not mark or head.strip():
            break
        last = other
        text = text.removeprefix(" ")
        if text.startswith('  File "'):
            files.append(text.split('"')[1])
        elif (parts := split_exception(text)) and not text[:1].isspace():
            found = other, parts
    if found is None:
        return
    verdict = judge(*found[1], files)
    unknown = verdict.category is Category.UNKNOWN
    category = Category.CONFIGURATION if unknown else verdict.category
    yield Sighting(
        rule="pytest-internal-error",
        category=category,
        severity=usual(category).severity,
        confidence=0.75 if unknown else 0.92,
        line=found[0],
        cause=f"pytest breaks: {verdict.cause}",
        remedies=usual(category).remedies,
        evidence=(found[0] - 1, found[0] - 2),
        covers=(number, last),
        place=Place(file=files[-1] if files else "", package=verdict.package),
    )


def _sighting(failed: Failed, more: tuple[int, ...], covers: tuple[int, int]) -> Sighting:
    category = failed.verdict.category
    return Sighting(
        rule="pytest",
        category=category,
        severity=usual(category).severity,
        confidence=0.93 if failed.verdict.certain else 0.85,
        role=Role.CAUSE,
        line=failed.line,
        cause=f"{failed.test}: {failed.verdict.cause}" if failed.test else failed.verdict.cause,
        remedies=usual(category).remedies,
        evidence=more,
        covers=covers,
        place=Place(file=failed.file, line=failed.at, test=failed.test, package=failed.verdict.package),
    )
