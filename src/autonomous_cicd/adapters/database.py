"""Store: SQLite in one file by default, PostgreSQL by URL; one adapter, plain SQL."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

from autonomous_cicd.adapters.casebook import DatabaseCasebook
from autonomous_cicd.adapters.connection import Connection, undamaged
from autonomous_cicd.adapters.group_commit import GroupCommit
from autonomous_cicd.adapters.inbox import DatabaseInbox
from autonomous_cicd.adapters.knowledge import DatabaseKnowledge
from autonomous_cicd.adapters.lookup import REMEMBERED, log_missing, median, only_run, task_missing
from autonomous_cicd.adapters.outbox import DatabaseOutbox
from autonomous_cicd.adapters.postgres import PostgresConnection
from autonomous_cicd.adapters.records import (
    Row,
    indexed,
    run_from,
    run_row,
    storable,
    task_from,
    task_row,
    unpack,
)
from autonomous_cicd.adapters.sqlite import SqliteConnection
from autonomous_cicd.adapters.statements import (
    APPROVE,
    APPROVED,
    DURATIONS,
    NEWEST,
    NEWEST_OF_PROJECT,
    ONE_RUN,
    SAMPLES,
    SAVE_PROJECT,
    SAVE_RUN,
    SAVE_SAMPLE,
    SAVE_TASK,
    TASKS,
)
from autonomous_cicd.adapters.upkeep import KEEP_BYTES, KEEP_DAYS, migrate, prune_daily
from autonomous_cicd.casebook import Casebook
from autonomous_cicd.domain.run import Run, RunStatus, TaskResult
from autonomous_cicd.domain.secrets import Secret
from autonomous_cicd.errors import NotFound, UsageError
from autonomous_cicd.inbox import Inbox
from autonomous_cicd.outbox import Outbox
from autonomous_cicd.ports import Clock, Knowledge

__all__ = ["FILE", "DatabaseStore", "open_store"]

FILE = "store.db"
"""Name of the database in the state folder."""
SCHEMES = ("postgresql://", "postgres://")


def open_store(
    url: str | Secret,
    state: Path,
    clock: Clock,
    *,
    keep_days: float = KEEP_DAYS,
    keep_bytes: int = KEEP_BYTES,
) -> DatabaseStore:
    """Open the store at an address; without one, the file in the state folder.

    `sqlite:///FILE` is a file, in the state folder unless its path is absolute. What is older than
    `keep_days` is forgotten, and the oldest logs are when all of them exceed `keep_bytes`.
    """
    address = url.reveal() if isinstance(url, Secret) else url
    file = address.removeprefix("sqlite:///")
    remote = address.startswith(SCHEMES)
    if not remote and "://" in file:
        raise UsageError(
            f"the store cannot be kept at an address that begins with {address.partition('://')[0]}://",
            hint="use postgresql://USER@HOST/DATABASE or sqlite:///FILE",
        )
    location = address if remote else state / (file or FILE)
    return DatabaseStore(location, clock.now, keep_days=keep_days, keep_bytes=keep_bytes)


class _Task(NamedTuple):
    run_id: str
    result: TaskResult
    log: bytes


class _Beat(NamedTuple):
    run_id: str
    now: float


class _Sample(NamedTuple):
    project: str
    name: str
    value: float
    now: float

    @property
    def row(self) -> Row:
        return (indexed(self.project), indexed(self.name), self.value, self.now)


_Item: TypeAlias = Run | _Task | _Beat | _Sample


class DatabaseStore:
    """Remembers runs in a database. Implements `Store`.

    What is saved is written by a thread of its own, together with what came shortly after it, at most 0.2
    seconds later; `flush` makes it so at once. Whoever asks is told of everything that was saved before.
    """

    def __init__(
        self,
        location: str | Path,
        now: Callable[[], float] = time.time,
        *,
        keep_days: float = KEEP_DAYS,
        keep_bytes: int = KEEP_BYTES,
    ) -> None:
        """Open the store at a path or a `postgresql://` address; make it when it is not there yet."""
        remote = isinstance(location, str) and location.startswith(SCHEMES)
        self._db: Connection = (
            PostgresConnection(str(location)) if remote else SqliteConnection(Path(location))
        )
        self._keys: dict[str, tuple[int, int]] = {}
        self._saved: set[str] = set()
        self._keep = (keep_days, keep_bytes)
        self._waiting: GroupCommit[_Item] = GroupCommit(self._write)
        try:
            migrate(self._db, now())
            self.tidy(now())
        except BaseException:
            self._db.close()
            raise

    @property
    def knowledge(self) -> Knowledge:
        """What was diagnosed and learned."""
        return DatabaseKnowledge(self._db)

    @property
    def casebook(self) -> Casebook:
        """What was healed."""
        return DatabaseCasebook(self._db)

    @property
    def inbox(self) -> Inbox:
        """What the world told us."""
        return DatabaseInbox(self._db)

    @property
    def outbox(self) -> Outbox:
        """Whom we tell."""
        return DatabaseOutbox(self._db)

    def save_run(self, run: Run) -> None:
        """Insert or replace a run without its tasks."""
        self._saved.add(run.id)
        self._waiting.put(run)

    def save_task(self, run_id: str, result: TaskResult, log: bytes = b"") -> None:
        """Insert or replace what became of a task, with its log. Raises NotFound for an unknown run."""
        self._must_know(run_id)
        self._waiting.put(_Task(run_id, result, log), len(log))

    def flush(self) -> None:
        """Return when everything saved so far would survive a power cut."""
        self._waiting.flush()

    def run(self, run_id: str) -> Run:
        """Return a run with its tasks. A unique beginning of the id is enough, `last` is the newest."""
        return self._load(ONE_RUN, (self._find(run_id),))[0]

    def runs(self, project: str = "", limit: int = 20) -> tuple[Run, ...]:
        """Return the newest runs (of one project) with their tasks, newest first."""
        self.flush()
        most = max(0, limit)
        return (
            self._load(NEWEST_OF_PROJECT, (indexed(project), most))
            if project
            else self._load(NEWEST, (most,))
        )

    def log(self, run_id: str, task: str) -> bytes:
        """Return the log of a task. Raises NotFound."""
        found = self._find(run_id)
        query = "SELECT log FROM tasks WHERE run = (SELECT key FROM runs WHERE id = ?) AND name = ?"
        rows = self._db.rows(query, (found, indexed(task)))
        if not rows:
            raise task_missing(found, task)
        if rows[0][0] is None:
            raise log_missing(found, task)
        with undamaged(self._db):
            return unpack(rows[0][0])

    def durations(self, project: str) -> Mapping[str, float]:
        """Return for each task of a project the median seconds of its last passed, uncached results."""
        self.flush()
        keys = self._db.rows("SELECT key FROM projects WHERE path = ?", (indexed(project),))
        if not keys:
            return {}
        query = DURATIONS.replace("{joined}", self._db.joined.format("seconds"))
        rows = self._db.rows(query, (*keys[0] * 3, REMEMBERED))
        with undamaged(self._db):
            return {name: median(map(float, seconds.split(","))) for name, seconds in rows if seconds}

    def beat(self, run_id: str, now: float) -> None:
        """Say that the process that runs it is alive."""
        self._must_know(run_id)
        self._waiting.put(_Beat(run_id, now))

    def cancel(self, run_id: str) -> bool:
        """Ask for a run to be ended; False when it is not running."""
        self.flush()
        statement = "UPDATE runs SET cancelled = ? WHERE id = ? AND status = ?"
        with self._db.transaction():
            return self._db.change(statement, (True, run_id, RunStatus.RUNNING)) > 0

    def cancel_requested(self, run_id: str) -> bool:
        """Return whether somebody asked for it."""
        rows = self._db.rows("SELECT cancelled FROM runs WHERE id = ?", (run_id,))
        return bool(rows and rows[0][0])

    def bury(self, before: float) -> tuple[str, ...]:
        """Mark runs whose last beat is older as lost; return their ids."""
        self.flush()
        query = "SELECT id FROM runs WHERE status = 'running' AND beat < ? ORDER BY key"
        if not self._db.rows(query, (before,)):
            return ()
        with self._db.transaction():
            lost = tuple(row[0] for row in self._db.rows(query, (before,)))
            self._db.change_many("UPDATE runs SET status = 'lost' WHERE id = ?", [(one,) for one in lost])
        return lost

    def save_sample(self, project: str, name: str, value: float, now: float) -> None:
        """Keep a measurement."""
        self._waiting.put(_Sample(project, name, value, now))

    def samples(self, project: str, name: str, limit: int = 50) -> tuple[float, ...]:
        """Return the newest measurements, oldest first."""
        self.flush()
        rows = self._db.rows(SAMPLES, (indexed(project), indexed(name), max(0, limit)))
        return tuple(row[0] for row in reversed(rows))

    def approve(self, project: str, environment: str, commit: str, now: float) -> None:
        """Keep a person's approval to deploy that commit to that environment."""
        with self._db.transaction():
            self._db.change(APPROVE, (indexed(project), indexed(environment), indexed(commit), now))

    def approved(self, project: str, environment: str, commit: str) -> bool:
        """Return whether a person approved exactly this."""
        return bool(self._db.rows(APPROVED, (indexed(project), indexed(environment), indexed(commit))))

    def tidy(self, now: float) -> None:
        """Forget what is too old, at most once a day."""
        prune_daily(self._db, now, *self._keep)

    def probe(self, seconds: float) -> None:
        """Raise Unavailable when nothing could be written within so many seconds; nothing is."""
        self._db.probe(seconds)

    def close(self) -> None:
        """Flush and let go."""
        try:
            self._waiting.close()
        finally:
            self._db.close()

    def _write(self, items: Sequence[_Item]) -> None:
        with self._db.transaction():
            for item in items:
                if isinstance(item, Run):
                    self._write_run(item)
            self._write_all(SAVE_TASK, (self._task_row(one) for one in items if isinstance(one, _Task)))
            beats = ((one.now, one.run_id) for one in items if isinstance(one, _Beat))
            self._write_all("UPDATE runs SET beat = ? WHERE id = ?", beats)
            self._write_all(SAVE_SAMPLE, (one.row for one in items if isinstance(one, _Sample)))

    def _write_all(self, statement: str, rows: Iterable[Row]) -> None:
        if listed := list(rows):
            self._db.change_many(statement, listed)

    def _task_row(self, saved: _Task) -> Row:
        return task_row(*self._key(saved.run_id), saved.result, saved.log)

    def _write_run(self, run: Run) -> None:
        path = (indexed(run.project),)
        self._db.change(SAVE_PROJECT, path)
        project = self._db.rows("SELECT key FROM projects WHERE path = ?", path)[0][0]
        self._db.change(SAVE_RUN, run_row(run, project))

    def _key(self, run_id: str) -> tuple[int, int]:
        """Return the keys of a run and its project."""
        if run_id not in self._keys:
            row = self._db.rows("SELECT key, project FROM runs WHERE id = ?", (run_id,))[0]
            self._keys[run_id] = (row[0], row[1])
        return self._keys[run_id]

    def _must_know(self, run_id: str) -> None:
        if run_id not in self._saved:
            if not self._db.rows("SELECT 1 FROM runs WHERE id = ?", (run_id,)):
                raise NotFound(f"there is no run {run_id!r}")
            self._saved.add(run_id)

    def _find(self, run_id: str) -> str:
        """Return the whole id of the run that is meant."""
        self.flush()
        if run_id == "last":
            newest = self._db.rows("SELECT id FROM runs ORDER BY started DESC, key DESC LIMIT 1")
            return str(newest[0][0]) if newest else only_run([], run_id)
        query = "SELECT id FROM runs WHERE substr(id, 1, ?) = ? ORDER BY id"
        wanted = storable(run_id)
        rows = self._db.rows(query, (len(wanted), wanted)) if wanted else []
        return only_run([row[0] for row in rows], run_id)

    def _load(self, query: str, values: Sequence[object]) -> tuple[Run, ...]:
        """Return the runs that a query finds, in that order, with their tasks."""
        with undamaged(self._db):
            return tuple(self._with_tasks(*head) for head in self._db.rows(query, values))

    def _with_tasks(self, key: int, *head: object) -> Run:
        return run_from(head, [task_from(row) for row in self._db.rows(TASKS, (key,))])
