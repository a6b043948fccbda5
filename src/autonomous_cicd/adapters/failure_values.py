"""Failures as values for JSON, and back: in the store nothing of them may be lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autonomous_cicd.domain.diagnosis import Category, Failure, Place, Quote, Severity

__all__ = ["failure_from", "failure_values"]


def failure_values(failure: Failure) -> dict[str, Any]:
    """Return a failure as values for JSON."""
    place = failure.place
    return {
        "category": failure.category.value,
        "severity": failure.severity.value,
        "confidence": failure.confidence,
        "message": failure.message,
        "line": failure.line,
        "evidence": [[quote.line, quote.text] for quote in failure.evidence],
        "fingerprint": failure.fingerprint,
        "cause": failure.cause,
        "explanation": failure.explanation,
        "rule": failure.rule,
        "place": [place.file, place.line, place.test, place.package, place.step],
        "remedies": failure.remedies,
        "effects": [[quote.line, quote.text] for quote in failure.effects],
        "files": failure.files,
        "tests": failure.tests,
        "suspects": failure.suspects,
    }


def failure_from(values: Mapping[str, Any]) -> Failure:
    """Return the failure that was kept. Raises ValueError or KeyError when it is damaged."""
    file, line, test, package, step = values["place"]
    return Failure(
        category=Category(values["category"]),
        severity=Severity(values["severity"]),
        confidence=values["confidence"],
        message=values["message"],
        line=values["line"],
        evidence=tuple(Quote(*pair) for pair in values["evidence"]),
        fingerprint=values["fingerprint"],
        cause=values["cause"],
        explanation=values["explanation"],
        rule=values["rule"],
        place=Place(file=file, line=line, test=test, package=package, step=step),
        remedies=tuple(values["remedies"]),
        effects=tuple(Quote(*pair) for pair in values["effects"]),
        files=tuple(values["files"]),
        tests=tuple(values["tests"]),
        suspects=tuple(values["suspects"]),
    )
