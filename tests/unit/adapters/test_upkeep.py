"""The store's tables in numbered steps, and what it forgets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autonomous_cicd.adapters.database import DatabaseStore
from autonomous_cicd.adapters.sqlite import SqliteConnection
from autonomous_cicd.adapters.upkeep import DAY, FOLDER, KEEP_DAYS, migrate, prune
from autonomous_cicd.domain.run import Run, RunStatus, TaskResult, TaskStatus
from autonomous_cicd.errors import NotFound, Unavailable

NOW = 1_700_000_000.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def db(path: Path) -> Iterator[SqliteConnection]:
    connection = SqliteConnection(path)
    yield connection
    connection.close()


def fill(path: Path, *ages: float, log: bytes = b"log") -> None:
    """Save a run for each age in days, as if it had been saved then."""
    store = DatabaseStore(path, lambda: 0.0)
    for number, age in enumerate(ages):
        started = NOW - age * DAY
        run = Run(
            id=f"run-{number}",
            project="/p",
            pipeline="",
            source="",
            status=RunStatus.PASSED,
            started=started,
        )
        store.save_run(run)
        store.save_task(run.id, TaskResult(name="test", status=TaskStatus.PASSED), log)
    store.close()


def runs_left(path: Path) -> list[str]:
    store = DatabaseStore(path, lambda: 0.0)
    left = sorted(run.id for run in store.runs())
    store.close()
    return left


def test_the_steps_are_numbered_without_a_gap() -> None:
    numbers = sorted(int(path.name[:4]) for path in FOLDER.glob("*.sql"))
    assert list(range(1, len(numbers) + 1)) == numbers


def test_every_step_is_taken_once(db: SqliteConnection) -> None:
    migrate(db, NOW)
    migrate(db, NOW + 1)
    assert [(1, NOW)] == db.rows("SELECT number, applied FROM versions WHERE number = 1")


def test_a_step_that_fails_leaves_nothing_behind(db: SqliteConnection) -> None:
    db.change("CREATE TABLE samples (somebody_elses TEXT)")
    with pytest.raises(Unavailable, match="already exists"):
        migrate(db, NOW)
    assert [("samples",)] == db.rows("SELECT name FROM sqlite_master WHERE type = 'table'")


def test_a_store_that_is_newer_than_the_program_is_refused(path: Path, db: SqliteConnection) -> None:
    migrate(db, NOW)
    db.change("INSERT INTO versions VALUES (99, 0)")
    with pytest.raises(
        Unavailable, match=r"store\.db comes from a newer version \(tables 99, known here \d+\)"
    ) as caught:
        DatabaseStore(path)
    assert caught.value.hint.startswith("upgrade autonomous-cicd, or")


def test_what_is_too_old_is_forgotten_when_the_store_is_opened(path: Path) -> None:
    fill(path, KEEP_DAYS + 1, KEEP_DAYS - 1, 0)
    DatabaseStore(path, lambda: NOW).close()
    assert ["run-1", "run-2"] == runs_left(path)


def test_how_much_is_kept_can_be_chosen(path: Path) -> None:
    fill(path, 3, 1)
    DatabaseStore(path, lambda: NOW, keep_days=2).close()
    assert ["run-1"] == runs_left(path)


def test_the_tasks_of_a_forgotten_run_are_forgotten_too(path: Path, db: SqliteConnection) -> None:
    fill(path, KEEP_DAYS + 1, 0)
    prune(db, NOW)
    assert [(2,)] == db.rows("SELECT run FROM tasks")


def test_it_looks_at_most_once_a_day(path: Path) -> None:
    fill(path, KEEP_DAYS - 1)
    DatabaseStore(path, lambda: NOW + DAY / 2).close()
    DatabaseStore(path, lambda: NOW + DAY * 1.4).close()
    assert ["run-0"] == runs_left(path)
    DatabaseStore(path, lambda: NOW + DAY * 1.6).close()
    assert [] == runs_left(path)


def test_a_run_that_still_gives_signs_of_life_is_kept(path: Path) -> None:
    fill(path, KEEP_DAYS + 1)
    store = DatabaseStore(path, lambda: 0.0)
    store.beat("run-0", NOW)
    store.close()
    DatabaseStore(path, lambda: NOW).close()
    assert ["run-0"] == runs_left(path)


def test_the_oldest_logs_go_when_there_are_too_many_bytes(path: Path, db: SqliteConnection) -> None:
    fill(path, 3, 2, 1, log=bytes(range(100)))
    prune(db, NOW, keep_bytes=202)
    store = DatabaseStore(path, lambda: 0.0)
    with pytest.raises(NotFound, match="the log of 'test' in run run-0 is not kept any more"):
        store.log("run-0", "test")
    assert [bytes(range(100))] * 2 == [store.log("run-1", "test"), store.log("run-2", "test")]
    assert store.run("run-0").tasks[0].name == "test"
    store.close()
