"""Upkeep of the store: its tables in numbered steps, and what is kept of the past."""

from __future__ import annotations

from pathlib import Path

from autonomous_cicd.adapters.connection import Connection
from autonomous_cicd.errors import Unavailable

__all__ = ["DAY", "KEEP_BYTES", "KEEP_DAYS", "migrate", "prune", "prune_daily"]

DAY = 86_400.0
KEEP_DAYS = 90
"""Days after which a run is forgotten."""
KEEP_BYTES = 2 * 1024**3
"""Bytes of logs that are kept at most; the oldest go first."""
_OLD = "DELETE FROM deliveries WHERE progress NOT IN ('waiting', 'working') AND received < ?"
_FIRST = "DELETE FROM deliveries WHERE progress NOT IN ('waiting', 'working') AND position <= ?"
_SIZES = """
SELECT position, length(detail) FROM deliveries WHERE progress NOT IN ('waiting', 'working')
ORDER BY position LIMIT 500
"""
FOLDER = Path(__file__).with_name("migrations")


def migrate(db: Connection, now: float) -> None:
    """Make the tables, or bring them up to date. Raises Unavailable when they are newer than the program."""
    steps = {int(path.name[:4]): path for path in FOLDER.glob("[0-9][0-9][0-9][0-9]_*.sql")}
    newest = max(steps)
    if _version(db, newest) == newest:
        return
    with db.transaction():
        db.prepare()
        done = _version(db, newest)  # another process may have been faster
        if not done:
            db.change(
                "CREATE TABLE IF NOT EXISTS versions (number BIGINT PRIMARY KEY, applied DOUBLE PRECISION)"
            )
        for number in range(done + 1, newest + 1):
            for statement in steps[number].read_text("utf-8").replace("{key}", db.key).split(";"):
                if statement.strip():
                    db.change(statement)
            db.change("INSERT INTO versions VALUES (?, ?)", (number, now))


def prune_daily(db: Connection, now: float, keep_days: float, keep_bytes: int) -> None:
    """Forget what is too old, at most once a day."""
    if not db.rows("SELECT 1 FROM upkeep WHERE pruned <= ?", (now - DAY,)):
        return
    with db.transaction():
        if db.change("UPDATE upkeep SET pruned = ? WHERE pruned <= ?", (now, now - DAY)):
            prune(db, now, keep_days, keep_bytes)


def prune(db: Connection, now: float, keep_days: float = KEEP_DAYS, keep_bytes: int = KEEP_BYTES) -> None:
    """Forget runs that are too old, then the oldest logs until the rest is small enough."""
    oldest = now - keep_days * DAY
    db.change(
        "DELETE FROM tasks WHERE run IN (SELECT key FROM runs WHERE started < ? AND beat < ?)",
        (oldest, oldest),
    )
    db.change("DELETE FROM runs WHERE started < ? AND beat < ?", (oldest, oldest))
    db.change("DELETE FROM diagnoses WHERE last_seen < ?", (oldest,))
    db.change(_OLD, (oldest,))
    _shrink_inbox(db, keep_bytes)
    sizes = db.rows("SELECT run, sum(length(log)) FROM tasks WHERE log IS NOT NULL GROUP BY run ORDER BY run")
    excess = sum(size for _, size in sizes) - keep_bytes
    for run, size in sizes:
        if excess <= 0:
            break
        db.change("UPDATE tasks SET log = NULL WHERE run = ?", (run,))
        excess -= size


def _shrink_inbox(db: Connection, keep_bytes: int) -> None:
    """Forget the oldest deliveries that are done with, until the rest is small enough."""
    excess = int(db.rows("SELECT sum(length(detail)) FROM deliveries")[0][0] or 0) - keep_bytes
    while excess > 0:
        rows = db.rows(_SIZES)
        if not rows:
            return
        gone = 0
        while gone < len(rows) and excess > 0:
            excess -= rows[gone][1]
            gone += 1
        db.change(_FIRST, (rows[gone - 1][0],))


def _version(db: Connection, newest: int) -> int:
    """Return the number of the last step that was taken."""
    if not db.has_table("versions"):
        return 0
    version = db.rows("SELECT max(number) FROM versions")[0][0] or 0
    if version > newest:
        raise Unavailable(
            f"the store {db.name} comes from a newer version (tables {version}, known here {newest})",
            hint="upgrade autonomous-cicd, or set AUTONOMOUS_CICD_STATE_DIR to another folder",
        )
    return int(version)
