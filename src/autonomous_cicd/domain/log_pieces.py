"""LogPieces: a log that is read as it is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from autonomous_cicd.values import dataclass

__all__ = ["LogPieces"]


@dataclass(frozen=True, slots=True)
class LogPieces:
    """A log that is read as it is asked for."""

    name: str
    pieces: Iterator[bytes]
    notes: list[str]
    """What was left out of it, or could not be read; complete when all pieces were read."""
