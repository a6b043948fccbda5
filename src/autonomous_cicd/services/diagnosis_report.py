"""What a diagnosis is told as: JSON, Markdown, the commands of GitHub Actions, SARIF."""

from __future__ import annotations

import itertools
import re
from collections.abc import Container, Iterator, Sequence

from autonomous_cicd.domain.diagnosis import Failure, Severity
from autonomous_cicd.domain.text import printable, printable_line
from autonomous_cicd.domain.wording import plural, remedy_words
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.services.diagnose import Diagnosis
from autonomous_cicd.services.failure_report import failure_json, percent
from autonomous_cicd.services.markdown import code, fenced, plain
from autonomous_cicd.services.report import escaped

__all__ = ["to_annotations", "to_json", "to_markdown", "to_sarif"]

Told = Sequence[tuple[str, Diagnosis]]
"""The logs by name, with what they say."""

VERSION = 1
_LEVELS = {
    Severity.LOW: "warning",
    Severity.MEDIUM: "error",
    Severity.HIGH: "error",
    Severity.CRITICAL: "error",
}
TOLD = 10
"""Causes of one log that a page or a list of annotations has."""


def to_json(told: Told, *, seconds: float = 0.0) -> dict[str, Json]:
    """Return the report as values for JSON; of several logs also each by its name."""
    whole: dict[str, Json] = {
        "version": VERSION,
        "failures": [
            {"log": printable_line(name), **failure_json(one)} if len(told) > 1 else failure_json(one)
            for name, diagnosis in told
            for one in diagnosis.failures
        ],
        "stats": _stats(told) | {"seconds": round(seconds, 4)},
    }
    if len(told) > 1:
        results: dict[str, Json] = {}
        for name, diagnosis in told:
            results[_free(printable_line(name), results)] = {
                "outcome": diagnosis.outcome.value,
                "failures": [failure_json(one) for one in diagnosis.failures],
                "stats": _stats([(name, diagnosis)]),
            }
        whole["results"] = results
    return whole


def _free(name: str, taken: Container[str]) -> str:
    """Return a name that no other log has yet: two jobs may have the same."""
    numbered = (f"{name} ({number})" for number in itertools.count(2))
    return next(one for one in itertools.chain([name], numbered) if one not in taken)


def _stats(told: Told) -> dict[str, Json]:
    diagnoses = [diagnosis for _, diagnosis in told]
    unread: list[Json] = [printable_line(name) for name, diagnosis in told if diagnosis.unread]
    shown = sum(len(one.evidence) for diagnosis in diagnoses for one in diagnosis.failures)
    return {
        "logs": len(diagnoses),
        "lines": sum(one.lines for one in diagnoses),
        "lines_shown": shown,
        "bytes": sum(one.bytes for one in diagnoses),
        "failures": sum(len(one.failures) for one in diagnoses),
        "outcome": diagnoses[0].outcome.value if len(diagnoses) == 1 else "",
        "unread": unread,
        "notes": [printable_line(note) for one in diagnoses for note in one.notes],
    }


def to_annotations(told: Told) -> str:
    """Return workflow commands that show the causes where GitHub Actions shows annotations."""
    lines = []
    for name, diagnosis in told:
        title = _property(f"{name} was not wholly read")
        lines += [f"::warning title={title}::{escaped(note)}" for note in diagnosis.unread]
        for failure in diagnosis.failures[:TOLD]:
            kind = "warning" if failure.severity is Severity.LOW else "error"
            place = f"file={_property(failure.place.file)}," if failure.place.file else ""
            line = f"line={failure.place.line}," if failure.place.file and failure.place.line else ""
            title = _property(f"{failure.category} ({percent(failure.confidence)}) in {name}:{failure.line}")
            text = "\n".join([failure.explanation, *(quote.text for quote in failure.evidence[:5])])
            lines.append(f"::{kind} {place}{line}title={title}::{escaped(text)}")
    return "".join(f"{line}\n" for line in lines)


def to_markdown(told: Told) -> str:
    """Return a page. Whatever a log says stands in code: there it is neither markup nor a mention."""
    return "\n".join(line for name, diagnosis in told for line in _page(name, diagnosis))


def _page(name: str, diagnosis: Diagnosis) -> Iterator[str]:
    yield from (f"## {code(name)}", "")
    count = plural(diagnosis.lines, "line")
    if not diagnosis.failures:
        read = f"the {count} that could be read" if diagnosis.unread else count
        yield from (f"No failure was found in {read}.", "")
    for note in diagnosis.notes:
        yield from (f"Note: {plain(printable_line(note))}", "")
    for number, failure in enumerate(diagnosis.failures[:TOLD]):
        yield from (f"### {'Root cause' if number == 0 else 'Also'}: {failure.category.value}", "")
        yield from (plain(failure.explanation), "")
        yield from fenced(
            [printable_line(f"{quote.line:>6} | {quote.text}") for quote in failure.evidence[:10]]
        )
        yield from (
            "",
            "| | |",
            "| --- | --- |",
            *(f"| {what} | {said} |" for what, said in _facts(failure)),
            "",
        )
    if len(diagnosis.failures) > TOLD:
        yield from (f"And {len(diagnosis.failures) - TOLD} more.", "")


def _facts(failure: Failure) -> Iterator[tuple[str, str]]:
    yield "confidence", percent(failure.confidence)
    yield "severity", failure.severity.value
    if failure.place.file:
        line = f":{failure.place.line}" if failure.place.line else ""
        yield "place", code(f"{failure.place.file}{line}")
    if failure.place.test:
        yield "test", code(failure.place.test)
    yield "what usually helps", "; ".join(map(remedy_words, failure.remedies))
    yield "fingerprint", code(failure.fingerprint)


def to_sarif(told: Told) -> dict[str, Json]:
    """Return a SARIF 2.1.0 log: a result for each cause, at its place in the code where that is known."""
    rules: dict[str, Json] = {}
    results: list[Json] = []
    for name, diagnosis in told:
        for failure in diagnosis.failures:
            rules.setdefault(
                failure.rule, {"id": failure.rule, "shortDescription": {"text": failure.category.value}}
            )
            results.append(_result(name, failure))
    driver: dict[str, Json] = {"name": "autonomous-cicd", "rules": list(rules.values())}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "invocations": [_invocation(told)], "results": results}],
    }


def _invocation(told: Told) -> Json:
    """Return how the reading went: code scanning shows what was not read."""
    unread: list[Json] = [
        {"level": "error", "message": {"text": printable_line(f"{name}: {note}")}}
        for name, diagnosis in told
        for note in diagnosis.unread
    ]
    return {"executionSuccessful": not unread, "toolExecutionNotifications": unread}


def _result(name: str, failure: Failure) -> Json:
    place = failure.place
    uri, line = (place.file, place.line) if place.file else (name, failure.line)
    return {
        "ruleId": failure.rule,
        "level": _LEVELS[failure.severity],
        "message": {"text": printable(f"{failure.explanation}\n{failure.message}")},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(uri)},
                    "region": {"startLine": max(line, 1)},
                }
            }
        ],
        "partialFingerprints": {"cause/v1": failure.fingerprint},
        "properties": {
            "category": failure.category.value,
            "confidence": failure.confidence,
            "severity": failure.severity.value,
            "log": printable_line(name),
            "logLine": failure.line,
        },
    }


def _uri(path: str) -> str:
    return re.sub(
        r"[^\w./~-]",
        lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()),
        printable_line(path).replace("\\", "/") or "log",
    )


def _property(text: str) -> str:
    return escaped(text).replace(":", "%3A").replace(",", "%2C")
