"""Inbox: what the world told us and who works on it, in the store's database."""

from __future__ import annotations

from collections.abc import Sequence

from autonomous_cicd.adapters.connection import Connection, undamaged
from autonomous_cicd.adapters.event_values import event_from, event_text
from autonomous_cicd.adapters.records import Row, indexed, storable
from autonomous_cicd.domain.delivery import Delivered, Lease, Progress, Received
from autonomous_cicd.errors import NotFound

__all__ = ["NOTHING_FOLLOWS", "DatabaseInbox", "unknown_delivery"]

NOTHING_FOLLOWS = "recorded; nothing follows from it"
OUTCOME = 2_000
"""Characters of an outcome that are kept."""
_ASKED = 500
"""Ids that one question is about."""

_RECEIVE = """
INSERT INTO deliveries (
    id, repository, work, progress, received, due, cancelled, ended, outcome, detail, tries, owner, fence,
    expires
) VALUES {rows} ON CONFLICT (id) DO NOTHING
"""
_ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', 0, 0)"
_AT_ONCE = 64
"""Rows that one statement takes, in powers of two, so that there are few statements to prepare. With one for
each row the thread would wait for its turn after every one, which takes longer than the writing."""
_NEXT = """
SELECT id, fence, tries, detail FROM deliveries WHERE position = (
    SELECT position FROM deliveries
    WHERE progress = 'waiting' AND due <= ? AND work NOT IN (
        SELECT work FROM deliveries WHERE progress = 'working'
    )
    ORDER BY due, position LIMIT 1
)
"""
_LATE = "SELECT 1 FROM deliveries WHERE progress = 'working' AND expires < ? LIMIT 1"
_GIVEN_BACK = """
UPDATE deliveries SET progress = CASE WHEN cancelled THEN 'cancelled' ELSE 'waiting' END, owner = ''
WHERE progress = 'working' AND
"""
_TAKE = """
UPDATE deliveries SET progress = 'working', owner = ?, fence = fence + 1, tries = tries + 1, expires = ?
WHERE id = ?
"""
_OURS = "WHERE id = ? AND owner = ? AND fence = ? AND progress = 'working'"
_BEAT = f"UPDATE deliveries SET expires = ? {_OURS} AND NOT cancelled"  # noqa: S608 - our own words
_END = f"UPDATE deliveries SET progress = ?, outcome = ?, ended = ?, owner = '' {_OURS}"  # noqa: S608 - as above
_AGAIN = f"""
UPDATE deliveries SET progress = CASE WHEN cancelled THEN 'cancelled' ELSE 'waiting' END,
    due = ?, outcome = ?, owner = '' {_OURS}
"""  # noqa: S608 - as above
_RETRY = """
UPDATE deliveries SET progress = 'waiting', due = ?, tries = 0, cancelled = ?, ended = 0, outcome = ''
WHERE id = ? AND work <> '' AND progress NOT IN ('waiting', 'working')
"""
_CANCEL_WAITING = """
UPDATE deliveries SET progress = 'cancelled', ended = ?, outcome = 'cancelled'
WHERE id = ? AND progress = 'waiting'
"""
_CANCEL_WORKING = "UPDATE deliveries SET cancelled = ? WHERE id = ? AND progress = 'working'"
_LOOK = "INSERT INTO looks VALUES (?, ?) ON CONFLICT (repository) DO UPDATE SET looked = excluded.looked"
_DELIVERED = (
    "SELECT position, id, received, work, progress, tries, due, outcome, ended, detail FROM deliveries"
)


class DatabaseInbox:
    """An inbox in a database. Implements `Inbox`."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def receive(self, deliveries: Sequence[Received]) -> int:
        """Keep deliveries; return how many were new. Durable when it returns."""
        # Two that write the same ids in another order would wait for each other.
        rows = [_row(one) for one in sorted(deliveries, key=lambda one: one.id)]
        new = 0
        with self._db.transaction():
            while rows:
                count = min(_AT_ONCE, 1 << (len(rows).bit_length() - 1))
                part, rows = rows[:count], rows[count:]
                statement = _RECEIVE.format(rows=", ".join([_ROW] * count))
                new += self._db.change(statement, [value for row in part for value in row])
        return new

    def lease(self, owner: str, now: float, seconds: float) -> Lease | None:
        """Take the oldest delivery that is due and that nobody works on; None when there is none."""
        if not self._db.rows(_LATE, (now,)) and not self._db.rows(_NEXT, (now,)):
            return None  # found without keeping anybody waiting
        with self._db.transaction():
            self._db.change("UPDATE turns SET turn = turn + 1")  # one takes at a time, whoever else wants to
            self._db.change(f"{_GIVEN_BACK} expires < ?", (now,))
            rows = self._db.rows(_NEXT, (now,))
            if not rows:
                return None
            id, fence, tries, detail = rows[0]
            self._db.change(_TAKE, (indexed(owner), now + seconds, id))
        with undamaged(self._db):
            return Lease(id=id, event=event_from(detail), owner=owner, fence=fence + 1, tries=tries + 1)

    def beat(self, lease: Lease, until: float) -> bool:
        """Keep a lease until then; False when it is ours no more, or somebody asked for it to be ended."""
        return self._write(_BEAT, (until, *_held(lease)))

    def end(self, lease: Lease, progress: Progress, outcome: str, now: float) -> bool:
        """Note what came of a delivery; False when the lease is ours no more, and nothing is noted."""
        return self._write(_END, (progress.value, _outcome(outcome), now, *_held(lease)))

    def again(self, lease: Lease, due: float, why: str) -> bool:
        """Give a delivery back, to be worked on later; False when the lease is ours no more."""
        return self._write(_AGAIN, (due, _outcome(why), *_held(lease)))

    def free(self, owner: str) -> int:
        """Give back whatever this owner held; return how much that was."""
        with self._db.transaction():
            return self._db.change(f"{_GIVEN_BACK} owner = ?", (indexed(owner),))

    def delivery(self, id: str) -> Delivered:
        """Return a delivery by the beginning of its id. Raises NotFound."""
        wanted = storable(id)
        statement = f"{_DELIVERED} WHERE id = ?"
        rows = self._db.rows(statement, (wanted,))
        if not rows and wanted:
            # A range of the index, where `substr` would look at every row.
            statement = f"{_DELIVERED} WHERE id >= ? AND substr(id, 1, ?) = ? ORDER BY id LIMIT 2"
            rows = self._db.rows(statement, (wanted, len(wanted), wanted))
        if len(rows) != 1:
            raise unknown_delivery(id, len(rows))
        with undamaged(self._db):
            return _delivered(rows[0])

    def deliveries(
        self, *, progress: Progress | None = None, repository: str = "", before: int = 0, limit: int = 50
    ) -> tuple[Delivered, ...]:
        """Return the newest deliveries that match, the newest first; `before`: position to go on from."""
        wanted: list[tuple[str, object]] = []
        if progress:
            wanted.append(("progress = ?", progress.value))
        if repository:
            wanted.append(("repository = ?", indexed(repository.lower())))
        if before:
            wanted.append(("position < ?", before))
        where = f" WHERE {' AND '.join(one for one, _ in wanted)}" if wanted else ""
        statement = f"{_DELIVERED}{where} ORDER BY position DESC LIMIT ?"
        rows = self._db.rows(statement, (*(value for _, value in wanted), max(0, limit)))
        with undamaged(self._db):
            return tuple(map(_delivered, rows))

    def known(self, ids: Sequence[str]) -> frozenset[str]:
        """Return which of these ids are there."""
        found: set[str] = set()
        wanted = {storable(one): one for one in ids}
        asked = list(wanted)
        for start in range(0, len(asked), _ASKED):
            part = asked[start : start + _ASKED]
            statement = f"SELECT id FROM deliveries WHERE id IN ({', '.join('?' * len(part))})"  # noqa: S608 - marks
            found |= {wanted[row[0]] for row in self._db.rows(statement, part)}
        return frozenset(found)

    def looked(self, repository: str) -> float:
        """Return when the host last told what we missed of a repository; 0 when it never did."""
        statement = "SELECT looked FROM looks WHERE repository = ?"
        rows = self._db.rows(statement, (indexed(repository.lower()),))
        return float(rows[0][0]) if rows else 0.0

    def look(self, repository: str, at: float) -> None:
        """Note that the host told everything that we missed of a repository until then."""
        self._write(_LOOK, (indexed(repository.lower()), at))

    def retry(self, id: str, now: float) -> bool:
        """Have a delivery worked on again; False when somebody works on it, it waits, or nothing follows."""
        return self._write(_RETRY, (now, False, self.delivery(id).id))

    def cancel(self, id: str, now: float) -> bool:
        """End a delivery: one that waits at once, another by who works on it; False when it has ended."""
        whole = self.delivery(id).id
        return self._write(_CANCEL_WAITING, (now, whole)) or self._write(_CANCEL_WORKING, (True, whole))

    def counts(self) -> dict[Progress, int]:
        """Return how many deliveries there are in each state."""
        rows = self._db.rows("SELECT progress, count(*) FROM deliveries GROUP BY progress")
        with undamaged(self._db):
            return dict.fromkeys(Progress, 0) | {Progress(name): int(count) for name, count in rows}

    def _write(self, statement: str, values: Sequence[object]) -> bool:
        with self._db.transaction():
            return self._db.change(statement, values) > 0


def unknown_delivery(id: str, found: int) -> NotFound:
    """Return the error for the beginning of an id that no delivery has, or several have."""
    what = f"several deliveries have ids that begin with {id!r}" if found else f"there is no delivery {id!r}"
    return NotFound(what)


def _row(one: Received) -> Row:
    follows = bool(one.key)
    return (
        storable(one.id),
        indexed(one.event.repository.lower()),
        indexed(one.key),
        Progress.WAITING.value if follows else Progress.LEFT.value,
        one.at,
        one.at,
        False,
        0.0 if follows else one.at,
        "" if follows else NOTHING_FOLLOWS,
        storable(event_text(one.event)),
    )


def _held(lease: Lease) -> Row:
    return (storable(lease.id), indexed(lease.owner), lease.fence)


def _outcome(text: str) -> str:
    return storable(text)[:OUTCOME]


def _delivered(row: Row) -> Delivered:
    position, id, received, work, progress, tries, due, outcome, ended, detail = row
    return Delivered(
        position=position,
        id=id,
        event=event_from(detail),
        at=received,
        key=work,
        progress=Progress(progress),
        tries=tries,
        due=due,
        outcome=outcome,
        ended=ended,
    )
