"""A failure as values for JSON: the same in every report."""

from __future__ import annotations

from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.domain.workflow import Json

__all__ = ["failure_json", "percent"]


def failure_json(failure: Failure) -> dict[str, Json]:
    """Return one failure as values for JSON."""
    place = failure.place
    return {
        "category": failure.category.value,
        "severity": failure.severity.value,
        "confidence": failure.confidence,
        "message": printable_line(failure.message),
        "line": failure.line,
        "evidence": [printable_line(quote.text) for quote in failure.evidence],
        "evidence_lines": [quote.line for quote in failure.evidence],
        "fingerprint": failure.fingerprint,
        "file": printable_line(place.file),
        "place": {
            "file": printable_line(place.file),
            "line": place.line,
            "test": printable_line(place.test),
            "package": printable_line(place.package),
            "step": printable_line(place.step),
        },
        "cause": printable_line(failure.cause),
        "suggested_healing": list(failure.remedies),
        "explanation": printable_line(failure.explanation),
        "effects": [{"line": quote.line, "text": printable_line(quote.text)} for quote in failure.effects],
        "touches": {
            "files": list(map(printable_line, failure.files)),
            "tests": list(map(printable_line, failure.tests)),
        },
        "suspects": list(map(printable_line, failure.suspects)),
        "rule": failure.rule,
    }


def percent(share: float) -> str:
    """Return a share as a person says it."""
    return f"{round(share * 100)} %"
