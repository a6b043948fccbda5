"""SQLite: the store in one file."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autonomous_cicd.adapters.records import Row
from autonomous_cicd.errors import Unavailable

__all__ = ["SqliteConnection"]

PATIENCE = 10.0
"""Seconds to wait for another process that writes."""
LATER = "try again when that one is done"
ELSEWHERE = "set AUTONOMOUS_CICD_STATE_DIR to a folder that can be written to"


class SqliteConnection:
    """A connection to a database file, which is made with its folder. Implements `Connection`."""

    key = "INTEGER PRIMARY KEY"
    joined = "group_concat({0}, ',')"

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self._path = path
        self._patience = patience
        self._lock = threading.RLock()
        _make(path)
        with self._said_plainly():
            self._connection = sqlite3.connect(
                path, timeout=patience, isolation_level=None, check_same_thread=False
            )
        try:
            self._set_up()
            self._file = self._found()
        except Unavailable:
            self._connection.close()
            raise

    @property
    def name(self) -> str:
        """The path of the file."""
        return str(self._path)

    @property
    def remedy(self) -> str:
        """Begin anew, and keep what is there."""
        return f"move it away (mv {self._path} {self._path}.damaged); a new one is then made"

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep other writers out, then make everything inside durable, or nothing of it."""
        with self._lock:
            self.change("BEGIN IMMEDIATE")
            try:
                yield
                self._must_be_there()
                self.change("COMMIT")
            except BaseException:
                with self._said_plainly():
                    if self._connection.in_transaction:
                        self._connection.rollback()
                raise

    def probe(self, seconds: float) -> None:
        """Begin a transaction and end it without a change; raise when that takes longer than so."""
        if not self._lock.acquire(timeout=seconds):
            raise Unavailable(f"the store {self._path} is kept busy for {seconds:g} s", hint=LATER)
        try:
            with self._waiting(seconds), self._said_plainly():
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.execute("ROLLBACK")
            self._must_be_there()
        finally:
            self._lock.release()

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return what a statement finds."""
        with self._lock, self._said_plainly():
            return self._connection.execute(statement, values).fetchall()

    def change(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Carry out a statement; return how many rows it changed."""
        with self._lock, self._said_plainly():
            return self._connection.execute(statement, values).rowcount

    def change_many(self, statement: str, rows: Iterable[Row]) -> None:
        """Carry out a statement for each of the rows."""
        with self._lock, self._said_plainly():
            self._connection.executemany(statement, rows)

    def has_table(self, table: str) -> bool:
        """Return whether there is such a table."""
        return bool(self.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)))

    def prepare(self) -> None:
        """Do nothing: a file of its own is room enough."""

    def close(self) -> None:
        """Let go."""
        with self._lock, self._said_plainly():
            self._connection.close()

    def _must_be_there(self) -> None:
        """Raise Unavailable when another file, or none, lies at the path: what is written would be lost."""
        found = self._found()
        if found is None or found != self._file:
            raise Unavailable(
                f"the store {self._path} was removed or replaced while it is in use",
                hint="put it back, or start this program again: it then begins with the file that is there",
            )

    def _found(self) -> tuple[int, int] | None:
        """Return which file lies at the path; None when there is none."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return (found.st_dev, found.st_ino)

    @contextmanager
    def _waiting(self, seconds: float) -> Iterator[None]:
        """Wait no longer than so for another process that writes."""
        usual, self._patience = self._patience, seconds
        try:
            self.rows(f"PRAGMA busy_timeout = {round(seconds * 1000)}")
            yield
        finally:
            self._patience = usual
            self.rows(f"PRAGMA busy_timeout = {round(usual * 1000)}")

    def _set_up(self) -> None:
        deadline = time.monotonic() + self._patience
        with self._said_plainly():
            while True:
                try:
                    self._connection.execute("PRAGMA journal_mode = WAL")
                    break
                except sqlite3.OperationalError as error:
                    # Of two processes that turn a new file to WAL at once, one is told so without a wait.
                    if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                        raise
                    time.sleep(0.01)
            self._connection.execute("PRAGMA synchronous = FULL")

    @contextmanager
    def _said_plainly(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            what, hint = self._explained(error)
            raise Unavailable(f"the store {self._path} {what} ({error})", hint=hint) from error

    def _explained(self, error: sqlite3.Error) -> tuple[str, str]:
        match _code(error):
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return (
                    f"is kept busy by another process for {self._patience:g} s",
                    LATER,
                )
            case sqlite3.SQLITE_FULL:
                return "has no room left on its disk", f"make room, or {ELSEWHERE}"
            case (
                sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_AUTH
            ):
                return "cannot be written to", ELSEWHERE
            case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
                return "is damaged", self.remedy
            case sqlite3.SQLITE_IOERR:
                return "cannot be read or written", f"check the disk, or {ELSEWHERE}"
            case _:
                return "does not work", self.remedy


def _code(error: sqlite3.Error) -> int:
    """Return the primary result code; 0 when the error is not SQLite's own."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _make(path: Path) -> None:
    """Make the folder and an empty file that nobody else may read."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise Unavailable(f"the store {path} cannot be opened: {error.strerror}", hint=ELSEWHERE) from error
