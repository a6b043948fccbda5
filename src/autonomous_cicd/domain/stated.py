"""A failure that no log tells: we state it ourselves."""

from __future__ import annotations

from autonomous_cicd.domain.diagnosis import Category, Failure, Place, Quote, Severity
from autonomous_cicd.domain.fingerprint import fingerprint

__all__ = ["stated"]


def stated(
    category: Category,
    text: str,
    confidence: float,
    place: Place = Place(),  # noqa: B008 - a value
) -> Failure:
    """Return a failure whose cause is what the text says."""
    return Failure(
        category=category,
        severity=Severity.HIGH,
        confidence=confidence,
        message=text,
        line=1,
        evidence=(Quote(1, text),),
        fingerprint=fingerprint(category, text),
        cause=text,
        explanation=text,
        place=place,
    )
