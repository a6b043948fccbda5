"""Casebook: incidents, intents, the audit trail and records, in the store's database or in memory."""

from __future__ import annotations

import json
from dataclasses import replace

from autonomous_cicd.adapters.connection import Connection, undamaged
from autonomous_cicd.adapters.incident_values import incident_from, incident_values
from autonomous_cicd.adapters.records import Row, indexed, storable
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.incident import Incident
from autonomous_cicd.domain.track import AuditEntry, TrackRecord
from autonomous_cicd.errors import NotFound

__all__ = ["DatabaseCasebook", "MemoryCasebook"]

LAST = "last"
_SAVE = """
INSERT INTO incidents (id, project, state, opened, detail) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET state = excluded.state, detail = excluded.detail
"""
_INTEND = """
INSERT INTO intents (name, project, incident, begun, confirmed) VALUES (?, ?, ?, ?, NULL)
ON CONFLICT (name) DO NOTHING
"""
_OPEN = "SELECT name FROM intents WHERE confirmed IS NULL AND (project = ? OR ? = '') ORDER BY begun, name"
_NOTE = "INSERT INTO audit (noted, actor, what, incident, project, detail) VALUES (?, ?, ?, ?, ?, ?)"
_AUDIT = "SELECT noted, actor, what, incident, project, detail FROM audit ORDER BY position DESC LIMIT ?"
_LEARN = """
INSERT INTO records (remedy, category, tries, successes, seconds, reverted) VALUES (?, ?, 1, ?, ?, 0)
ON CONFLICT (remedy, category) DO UPDATE SET tries = records.tries + 1,
    successes = records.successes + excluded.successes, seconds = records.seconds + excluded.seconds
"""
_UNDO = "UPDATE records SET reverted = records.reverted + 1 WHERE remedy = ? AND category = ?"
_RECORDS = (
    "SELECT remedy, category, tries, successes, seconds, reverted FROM records ORDER BY remedy, category"
)


class DatabaseCasebook:
    """A casebook in a database. Implements `Casebook`."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def save(self, incident: Incident) -> None:
        """Insert or replace an incident."""
        detail = storable(json.dumps(incident_values(incident)))
        row = (indexed(incident.id), indexed(incident.project), incident.state.value, incident.opened, detail)
        with self._db.transaction():
            self._db.change(_SAVE, row)

    def incident(self, id: str) -> Incident:
        """Return an incident by the beginning of its id; `last` is the newest. Raises NotFound."""
        if id == LAST:
            rows = self._db.rows("SELECT detail FROM incidents ORDER BY position DESC LIMIT 1")
        else:
            wanted = storable(id)
            statement = "SELECT detail FROM incidents WHERE substr(id, 1, ?) = ? LIMIT 2"
            rows = self._db.rows(statement, (len(wanted), wanted)) if wanted else []
        return self._only(rows, id)

    def incidents(self, project: str = "", limit: int = 50) -> tuple[Incident, ...]:
        """Return the newest incidents (of one project), the newest first."""
        statement = (
            "SELECT detail FROM incidents WHERE (project = ? OR ? = '') ORDER BY position DESC LIMIT ?"
        )
        wanted = indexed(project)
        rows = self._db.rows(statement, (wanted, wanted, max(0, limit)))
        with undamaged(self._db):
            return tuple(incident_from(json.loads(row[0])) for row in rows)

    def intend(self, key: str, project: str, incident: str, now: float) -> bool:
        """Commit to doing something that must be done once; False when it was done already."""
        row = (indexed(key), indexed(project), indexed(incident), now)
        with self._db.transaction():
            return self._db.change(_INTEND, row) > 0

    def confirm(self, key: str, now: float) -> None:
        """Note that it was done."""
        with self._db.transaction():
            self._db.change("UPDATE intents SET confirmed = ? WHERE name = ?", (now, indexed(key)))

    def withdraw(self, key: str) -> None:
        """Note that it was not done, and may be tried again."""
        with self._db.transaction():
            self._db.change("DELETE FROM intents WHERE name = ? AND confirmed IS NULL", (indexed(key),))

    def open_intents(self, project: str = "") -> tuple[str, ...]:
        """Return the keys of what was begun and never confirmed, the oldest first."""
        wanted = indexed(project)
        return tuple(row[0] for row in self._db.rows(_OPEN, (wanted, wanted)))

    def done_since(self, project: str, since: float) -> int:
        """Return how many intents of a project were begun since; those of the future count as well."""
        statement = "SELECT count(*) FROM intents WHERE project = ? AND begun > ?"
        return int(self._db.rows(statement, (indexed(project), since))[0][0])

    def note(self, entry: AuditEntry) -> None:
        """Add a line to the audit trail."""
        texts = (entry.actor, entry.what, entry.incident, entry.project, entry.detail)
        with self._db.transaction():
            self._db.change(_NOTE, (entry.at, *map(storable, texts)))

    def audit(self, limit: int = 50) -> tuple[AuditEntry, ...]:
        """Return the newest lines of the audit trail, the newest first."""
        rows = self._db.rows(_AUDIT, (max(0, limit),))
        return tuple(
            AuditEntry(at=at, actor=actor, what=what, incident=incident, project=project, detail=detail)
            for at, actor, what, incident, project, detail in rows
        )

    def learn(self, remedy: str, category: Category, *, success: bool, seconds: float) -> None:
        """Count a try of a remedy."""
        with self._db.transaction():
            self._db.change(_LEARN, (indexed(remedy), category.value, int(success), seconds))

    def undo(self, remedy: str, category: Category) -> None:
        """Count that a change of a remedy was undone later."""
        with self._db.transaction():
            self._db.change(_UNDO, (indexed(remedy), category.value))

    def records(self) -> tuple[TrackRecord, ...]:
        """Return all records, sorted by remedy and category."""
        with undamaged(self._db):
            return tuple(_record(row) for row in self._db.rows(_RECORDS))

    def _only(self, rows: list[Row], id: str) -> Incident:
        if len(rows) != 1:
            raise _unknown(id, len(rows))
        with undamaged(self._db):
            return incident_from(json.loads(rows[0][0]))


class MemoryCasebook:
    """A casebook as long as the process lives. Implements `Casebook`."""

    def __init__(self) -> None:
        self._incidents: dict[str, Incident] = {}
        self._intents: dict[str, tuple[str, float, bool]] = {}
        self._audit: list[AuditEntry] = []
        self._records: dict[tuple[str, str], TrackRecord] = {}

    def save(self, incident: Incident) -> None:
        """Insert or replace an incident."""
        self._incidents[incident.id] = incident

    def incident(self, id: str) -> Incident:
        """Return an incident by the beginning of its id; `last` is the newest. Raises NotFound."""
        everything = list(self._incidents.values())
        found = everything[-1:] if id == LAST else [one for one in everything if id and one.id.startswith(id)]
        if len(found) != 1:
            raise _unknown(id, len(found))
        return found[0]

    def incidents(self, project: str = "", limit: int = 50) -> tuple[Incident, ...]:
        """Return the newest incidents (of one project), the newest first."""
        found = [one for one in reversed(self._incidents.values()) if project in ("", one.project)]
        return tuple(found[: max(0, limit)])

    def intend(self, key: str, project: str, incident: str, now: float) -> bool:
        """Commit to doing something that must be done once; False when it was done already."""
        if key in self._intents:
            return False
        self._intents[key] = (project, now, False)
        return True

    def confirm(self, key: str, now: float) -> None:
        """Note that it was done."""
        if key in self._intents:
            project, begun, _ = self._intents[key]
            self._intents[key] = (project, begun, True)

    def withdraw(self, key: str) -> None:
        """Note that it was not done, and may be tried again."""
        if key in self._intents and not self._intents[key][2]:
            del self._intents[key]

    def open_intents(self, project: str = "") -> tuple[str, ...]:
        """Return the keys of what was begun and never confirmed, the oldest first."""
        found = [
            (begun, key)
            for key, (whose, begun, confirmed) in self._intents.items()
            if not confirmed and project in ("", whose)
        ]
        return tuple(key for _, key in sorted(found))

    def done_since(self, project: str, since: float) -> int:
        """Return how many intents of a project were begun since; those of the future count as well."""
        return sum(whose == project and begun > since for whose, begun, _ in self._intents.values())

    def note(self, entry: AuditEntry) -> None:
        """Add a line to the audit trail."""
        self._audit.append(entry)

    def audit(self, limit: int = 50) -> tuple[AuditEntry, ...]:
        """Return the newest lines of the audit trail, the newest first."""
        return tuple(reversed(self._audit))[: max(0, limit)]

    def learn(self, remedy: str, category: Category, *, success: bool, seconds: float) -> None:
        """Count a try of a remedy."""
        before = self._records.get((remedy, category.value), TrackRecord(remedy=remedy, category=category))
        self._records[remedy, category.value] = replace(
            before,
            tries=before.tries + 1,
            successes=before.successes + success,
            seconds=before.seconds + seconds,
        )

    def undo(self, remedy: str, category: Category) -> None:
        """Count that a change of a remedy was undone later."""
        before = self._records.get((remedy, category.value))
        if before:
            self._records[remedy, category.value] = replace(before, reverted=before.reverted + 1)

    def records(self) -> tuple[TrackRecord, ...]:
        """Return all records, sorted by remedy and category."""
        return tuple(self._records[key] for key in sorted(self._records))


def _record(row: Row) -> TrackRecord:
    remedy, category, tries, successes, seconds, reverted = row
    return TrackRecord(
        remedy=remedy,
        category=Category(category),
        tries=tries,
        successes=successes,
        seconds=seconds,
        reverted=reverted,
    )


def _unknown(id: str, found: int) -> NotFound:
    what = f"{found} incidents have ids that begin with {id!r}" if found else f"there is no incident {id!r}"
    return NotFound(what, hint="`autonomous-cicd incidents` lists them")
