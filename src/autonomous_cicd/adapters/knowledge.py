"""Knowledge: what was diagnosed and learned, in the store's database or in memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from autonomous_cicd.adapters.connection import Connection, undamaged
from autonomous_cicd.adapters.failure_values import failure_from, failure_values
from autonomous_cicd.adapters.records import Row, indexed, storable
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.lesson import Lesson, Teacher
from autonomous_cicd.ports import Diagnosed

__all__ = ["LESSONS", "DatabaseKnowledge", "MemoryKnowledge"]

LESSONS = 5_000
"""Newest lessons that are learned from."""

_SAVE = """
INSERT INTO diagnoses (project, fingerprint, times, first_seen, last_seen, detail) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (project, fingerprint) DO UPDATE SET
    times = diagnoses.times + 1, last_seen = excluded.last_seen, detail = excluded.detail
"""
_NEWEST = (
    "SELECT project, times, last_seen, detail FROM diagnoses ORDER BY last_seen DESC, position DESC LIMIT ?"
)
_FOUND = """
SELECT project, times, last_seen, detail FROM diagnoses WHERE substr(fingerprint, 1, ?) = ?
ORDER BY last_seen DESC, position DESC LIMIT ?
"""
_LEARN = "INSERT INTO lessons (fingerprint, category, teacher, learned, detail) VALUES (?, ?, ?, ?, ?)"
_LESSONS = (
    "SELECT fingerprint, category, teacher, learned, detail FROM lessons ORDER BY position DESC LIMIT ?"
)


class DatabaseKnowledge:
    """Knowledge in a database. Implements `Knowledge`."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def save(self, project: str, failures: Sequence[Failure], now: float) -> None:
        """Remember that these causes were seen."""
        rows = [
            (indexed(project), one.fingerprint, 1, now, now, storable(json.dumps(failure_values(one))))
            for one in failures
        ]
        if rows:
            with self._db.transaction():
                self._db.change_many(_SAVE, rows)

    def diagnosed(self, fingerprint: str = "", limit: int = 500) -> tuple[Diagnosed, ...]:
        """Return what was seen (with that beginning of a fingerprint), the newest first."""
        most = max(0, limit)
        wanted = storable(fingerprint)
        rows = (
            self._db.rows(_FOUND, (len(wanted), wanted, most)) if wanted else self._db.rows(_NEWEST, (most,))
        )
        with undamaged(self._db):
            return tuple(_diagnosed(row) for row in rows)

    def learn(self, lessons: Iterable[Lesson]) -> None:
        """Keep lessons."""
        rows = [_lesson_row(lesson) for lesson in lessons]
        if rows:
            with self._db.transaction():
                self._db.change_many(_LEARN, rows)

    def lessons(self, limit: int = LESSONS) -> tuple[Lesson, ...]:
        """Return the newest lessons, oldest first."""
        rows = self._db.rows(_LESSONS, (max(0, limit),))
        with undamaged(self._db):
            return tuple(_lesson(row) for row in reversed(rows))


class MemoryKnowledge:
    """Knowledge as long as the process lives. Implements `Knowledge`."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], Diagnosed] = {}
        self._lessons: list[Lesson] = []

    def save(self, project: str, failures: Sequence[Failure], now: float) -> None:
        """Remember that these causes were seen."""
        for failure in failures:
            before = self._seen.pop((project, failure.fingerprint), None)
            fresh = Diagnosed(project=project, times=0, last_seen=now, failure=failure)
            found = replace(before or fresh, last_seen=now, failure=failure)
            self._seen[project, failure.fingerprint] = replace(found, times=found.times + 1)

    def diagnosed(self, fingerprint: str = "", limit: int = 500) -> tuple[Diagnosed, ...]:
        """Return what was seen (with that beginning of a fingerprint), the newest first."""
        latest = reversed(self._seen.values())
        found = [one for one in latest if one.failure.fingerprint.startswith(fingerprint)]
        newest = sorted(found, key=lambda one: one.last_seen, reverse=True)
        return tuple(newest[: max(0, limit)])

    def learn(self, lessons: Iterable[Lesson]) -> None:
        """Keep lessons."""
        self._lessons += lessons

    def lessons(self, limit: int = LESSONS) -> tuple[Lesson, ...]:
        """Return the newest lessons, oldest first."""
        return tuple(self._lessons[-limit:]) if limit > 0 else ()


def _diagnosed(row: Row) -> Diagnosed:
    project, times, last_seen, detail = row
    return Diagnosed(
        project=project, times=times, last_seen=last_seen, failure=failure_from(json.loads(detail))
    )


def _lesson_row(lesson: Lesson) -> Row:
    detail = {"words": lesson.words, "rule": lesson.rule, "diagnosed": lesson.diagnosed.value}
    return (
        indexed(lesson.fingerprint),
        lesson.category.value,
        lesson.teacher.value,
        lesson.at,
        storable(json.dumps(detail)),
    )


def _lesson(row: Row) -> Lesson:
    fingerprint, category, teacher, learned, detail = row
    kept = json.loads(detail)
    return Lesson(
        fingerprint=fingerprint,
        category=Category(category),
        words=tuple(map(str, kept["words"])),
        rule=kept["rule"],
        diagnosed=Category(kept["diagnosed"]),
        teacher=Teacher(teacher),
        at=learned,
    )
