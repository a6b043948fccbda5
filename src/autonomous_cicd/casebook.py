"""Casebook, Knowledge: what we ask of a memory of incidents, of causes, and of what was done and helped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from autonomous_cicd.domain.diagnosis import Category, Diagnosed, Failure
from autonomous_cicd.domain.incident import Incident
from autonomous_cicd.domain.lesson import Lesson
from autonomous_cicd.domain.track import AuditEntry, TrackRecord

__all__ = ["Casebook", "Knowledge"]


class Casebook(Protocol):
    """Remembers incidents. What was saved is durable at once."""

    def save(self, incident: Incident) -> None:
        """Insert or replace an incident."""
        ...

    def incident(self, id: str) -> Incident:
        """Return an incident by the beginning of its id; `last` is the newest. Raises NotFound."""
        ...

    def incidents(self, project: str = "", limit: int = 50) -> tuple[Incident, ...]:
        """Return the newest incidents (of one project), the newest first."""
        ...

    def intend(self, key: str, project: str, incident: str, now: float) -> bool:
        """Commit to doing something that must be done once; False when it was done already."""
        ...

    def confirm(self, key: str, now: float) -> None:
        """Note that it was done."""
        ...

    def withdraw(self, key: str) -> None:
        """Note that it was not done, and may be tried again."""
        ...

    def open_intents(self, project: str = "") -> tuple[str, ...]:
        """Return the keys of what was begun and never confirmed, the oldest first."""
        ...

    def done_since(self, project: str, since: float) -> int:
        """Return how many intents of a project were begun since; those of the future count as well."""
        ...

    def note(self, entry: AuditEntry) -> None:
        """Add a line to the audit trail."""
        ...

    def audit(self, limit: int = 50) -> tuple[AuditEntry, ...]:
        """Return the newest lines of the audit trail, the newest first."""
        ...

    def learn(self, remedy: str, category: Category, *, success: bool, seconds: float) -> None:
        """Count a try of a remedy."""
        ...

    def undo(self, remedy: str, category: Category) -> None:
        """Count that a change of a remedy was undone later."""
        ...

    def records(self) -> tuple[TrackRecord, ...]:
        """Return all records, sorted by remedy and category."""
        ...


class Knowledge(Protocol):
    """Remembers what was diagnosed, and what was learned of it. What was saved is durable at once."""

    def save(self, project: str, failures: Sequence[Failure], now: float) -> None:
        """Remember that these causes were seen."""
        ...

    def diagnosed(self, fingerprint: str = "", limit: int = 500) -> tuple[Diagnosed, ...]:
        """Return what was seen (with that beginning of a fingerprint), the newest first."""
        ...

    def learn(self, lessons: Iterable[Lesson]) -> None:
        """Keep lessons."""
        ...

    def lessons(self, limit: int = 5_000) -> tuple[Lesson, ...]:
        """Return the newest lessons, oldest first."""
        ...
