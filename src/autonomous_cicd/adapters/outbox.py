"""Outbox: notices that wait to be sent, in the store's database or in memory."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import replace

from autonomous_cicd.adapters.connection import Connection
from autonomous_cicd.adapters.records import indexed, storable
from autonomous_cicd.domain.diagnosis import Severity
from autonomous_cicd.domain.notice import Held, Notice, NotificationType
from autonomous_cicd.values import dataclass

__all__ = ["DatabaseOutbox", "MemoryOutbox"]

MOST = 200
"""Notices that are taken at once."""
KEPT = 90 * 24 * 3600.0
"""Seconds after which an ended notice is forgotten."""

_KNOWN = "SELECT 1 FROM notices WHERE channel = ? AND name = ? AND kept > ? LIMIT 1"
_PUT = "INSERT INTO notices (channel, name, kept, due, tries, ended, detail) VALUES (?, ?, ?, ?, 0, 0, ?)"
_TAKE = """
SELECT position, channel, tries, detail FROM notices WHERE ended = 0 AND due <= ? AND channel IN (
    SELECT channel FROM notices WHERE ended = 0 AND due <= ?
) ORDER BY position LIMIT ?
"""


class DatabaseOutbox:
    """An outbox in a database. Implements `Outbox`."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def put(self, channel: str, notice: Notice, *, now: float, due: float, since: float) -> bool:
        """Keep a notice until it is due; False when the channel got one with its key since then."""
        name = indexed(notice.key)
        with self._db.transaction():
            if self._db.rows(_KNOWN, (channel, name, since)):
                return False
            self._db.change(_PUT, (channel, name, now, due, storable(_text(notice))))
        return True

    def take(self, now: float, until: float, *, ahead: float = 0.0) -> tuple[Held, ...]:
        """Take what is due, the oldest first; it is due again at `until`, should nobody end it."""
        if not self._db.rows("SELECT 1 FROM notices WHERE ended = 0 AND due <= ? LIMIT 1", (now,)):
            return ()
        with self._db.transaction():
            rows = self._db.rows(_TAKE, (now + ahead, now, MOST))
            update = "UPDATE notices SET due = ?, tries = tries + 1 WHERE position = ?"
            self._db.change_many(update, [(until, position) for position, *_ in rows])
        return tuple(
            Held(position=position, channel=channel, notice=_notice(detail), tries=tries + 1)
            for position, channel, tries, detail in rows
        )

    def end(self, positions: Sequence[int], now: float) -> None:
        """Note that notices were sent, or given up."""
        with self._db.transaction():
            update = "UPDATE notices SET ended = ? WHERE position = ?"
            self._db.change_many(update, [(now, position) for position in positions])
            self._db.change("DELETE FROM notices WHERE ended > 0 AND ended < ?", (now - KEPT,))

    def put_off(self, positions: Sequence[int], due: float) -> None:
        """Have notices tried again then."""
        with self._db.transaction():
            update = "UPDATE notices SET due = ? WHERE position = ?"
            self._db.change_many(update, [(due, position) for position in positions])

    def waiting(self) -> int:
        """Return how many notices wait."""
        return int(self._db.rows("SELECT count(*) FROM notices WHERE ended = 0")[0][0])


@dataclass(slots=True)
class _Kept:
    held: Held
    kept: float
    due: float
    ended: float = 0.0


class MemoryOutbox:
    """An outbox as long as the process lives. Implements `Outbox`."""

    def __init__(self) -> None:
        self._kept: list[_Kept] = []
        self._lock = threading.Lock()

    def put(self, channel: str, notice: Notice, *, now: float, due: float, since: float) -> bool:
        """Keep a notice until it is due; False when the channel got one with its key since then."""
        with self._lock:
            same = (
                one for one in self._kept if (one.held.channel, one.held.notice.key) == (channel, notice.key)
            )
            if any(one.kept > since for one in same):
                return False
            held = Held(position=len(self._kept) + 1, channel=channel, notice=notice)
            self._kept.append(_Kept(held=held, kept=now, due=due))
            return True

    def take(self, now: float, until: float, *, ahead: float = 0.0) -> tuple[Held, ...]:
        """Take what is due, the oldest first; it is due again at `until`, should nobody end it."""
        with self._lock:
            waiting = [one for one in self._kept if not one.ended]
            due = {one.held.channel for one in waiting if one.due <= now}
            taken = [one for one in waiting if one.held.channel in due and one.due <= now + ahead][:MOST]
            for one in taken:
                one.due, one.held = until, replace(one.held, tries=one.held.tries + 1)
            return tuple(one.held for one in taken)

    def end(self, positions: Sequence[int], now: float) -> None:
        """Note that notices were sent, or given up."""
        with self._lock:
            for position in positions:
                self._kept[position - 1].ended = now

    def put_off(self, positions: Sequence[int], due: float) -> None:
        """Have notices tried again then."""
        with self._lock:
            for position in positions:
                self._kept[position - 1].due = due

    def waiting(self) -> int:
        """Return how many notices wait."""
        with self._lock:
            return sum(not one.ended for one in self._kept)


def _text(notice: Notice) -> str:
    values = {
        "type": notice.type.value,
        "message": notice.message,
        "title": notice.title,
        "data": dict(notice.data),
        "url": notice.url,
        "key": notice.key,
        "repository": notice.repository,
        "severity": notice.severity.value if notice.severity else None,
    }
    return json.dumps(values)


def _notice(text: str) -> Notice:
    values = json.loads(text)
    severity = values.pop("severity")
    return Notice(
        **{**values, "type": NotificationType(values["type"])},
        severity=Severity(severity) if severity else None,
    )
