"""Told: a sighting of a parser, with what usually follows from its category."""

from __future__ import annotations

from collections.abc import Iterator

from autonomous_cicd.domain.advice import usual
from autonomous_cicd.domain.diagnosis import Category, Place, Role, Sighting
from autonomous_cicd.domain.log import Log

__all__ = ["block", "told"]


def told(
    rule: str,
    category: Category,
    confidence: float,
    line: int,
    cause: str,
    *,
    evidence: tuple[int, ...] = (),
    covers: tuple[int, int] = (0, 0),
    place: Place | None = None,
    role: Role = Role.CAUSE,
) -> Sighting:
    """Return a sighting that is as severe and healed as is usual for its category."""
    advice = usual(category)
    return Sighting(
        rule=rule,
        category=category,
        severity=advice.severity,
        confidence=confidence,
        role=role,
        line=line,
        cause=cause[:300],
        remedies=advice.remedies,
        evidence=tuple(number for number in dict.fromkeys(evidence) if number != line),
        covers=covers,
        place=place or Place(),
    )


def block(log: Log, first: int, most: int = 40) -> Iterator[tuple[int, str]]:
    """Yield a line and those that follow, without the blanks around their text."""
    yield first, log[first].strip()
    for number, line in log.after(first, most):
        yield number, line.strip()
