"""SQLite: made where it is not, shared between processes, and plain words when it fails."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from autonomous_cicd.adapters.sqlite import SqliteConnection
from autonomous_cicd.errors import Unavailable


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "store.db"


def test_makes_its_folder_and_file_for_the_owner_alone(path: Path) -> None:
    db = SqliteConnection(path)
    db.change("CREATE TABLE a (b)")
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in (path.parent, *path.parent.iterdir())}
    assert {"state": 0o700, "store.db": 0o600, "store.db-wal": 0o600, "store.db-shm": 0o600} == modes
    db.close()


def test_every_commit_survives_a_power_cut(path: Path) -> None:
    db = SqliteConnection(path)
    assert [("wal",)] == db.rows("PRAGMA journal_mode")
    assert [(2,)] == db.rows("PRAGMA synchronous"), "2 is FULL"
    db.close()


def test_a_transaction_is_all_or_nothing(path: Path) -> None:
    db = SqliteConnection(path)
    db.change("CREATE TABLE a (b)")
    with pytest.raises(ZeroDivisionError), db.transaction():
        db.change("INSERT INTO a VALUES (1)")
        raise ZeroDivisionError
    with db.transaction():
        db.change_many("INSERT INTO a VALUES (?)", [(2,), (3,)])
    assert [(2,), (3,)] == db.rows("SELECT b FROM a")
    db.close()


def test_knows_its_tables(path: Path) -> None:
    db = SqliteConnection(path)
    assert not db.has_table("a")
    db.change("CREATE TABLE a (b)")
    assert db.has_table("a")
    db.close()


def test_somebody_who_keeps_it_busy_is_named_as_the_cause(path: Path) -> None:
    first, second = SqliteConnection(path), SqliteConnection(path, patience=0.05)
    with first.transaction(), pytest.raises(Unavailable, match="kept busy by another process") as caught:
        second.change("BEGIN IMMEDIATE")
    assert caught.value.hint == "try again when that one is done"
    first.close()
    second.close()


def test_a_probe_waits_only_so_long_and_changes_nothing(path: Path) -> None:
    first, second = SqliteConnection(path), SqliteConnection(path)
    second.probe(0.05)
    with first.transaction(), pytest.raises(Unavailable, match=r"kept busy by another process for 0\.05 s"):
        second.probe(0.05)
    assert [(10_000,)] == second.rows("PRAGMA busy_timeout"), "what is written waits as long as ever"
    second.probe(0.05)
    first.close()
    second.close()


def test_a_probe_does_not_wait_for_a_thread_that_waits(path: Path) -> None:
    db = SqliteConnection(path)
    inside, done = threading.Event(), threading.Event()

    def write() -> None:
        with db.transaction():
            inside.set()
            done.wait(30)

    thread = threading.Thread(target=write)
    thread.start()
    inside.wait(30)
    with pytest.raises(Unavailable, match="kept busy"):
        db.probe(0.05)
    done.set()
    thread.join(30)
    db.probe(1)
    db.close()


@pytest.mark.parametrize("how", ["removed", "replaced", "damaged"])
def test_what_nobody_would_find_is_not_written(path: Path, how: str) -> None:
    """The open file is still there for us, and for nobody else."""
    db = SqliteConnection(path)
    db.change("CREATE TABLE a (b)")
    away = path.with_name("away.db")
    path.rename(away)
    if how == "replaced":
        SqliteConnection(path).close()
    elif how == "damaged":
        path.write_bytes(b"garbage" * 5_000)
    with pytest.raises(Unavailable, match="was removed or replaced") as caught, db.transaction():
        db.change("INSERT INTO a VALUES (1)")
    assert "start this program again" in caught.value.hint
    with pytest.raises(Unavailable, match="was removed or replaced"):
        db.probe(1)
    away.replace(path)
    db.probe(1)
    with db.transaction():
        db.change("INSERT INTO a VALUES (2)")
    assert [(2,)] == db.rows("SELECT b FROM a")
    db.close()


def test_a_new_file_that_is_kept_busy_is_waited_for_only_so_long(path: Path) -> None:
    path.parent.mkdir()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Unavailable, match="is kept busy"):
        SqliteConnection(path, patience=0.05)
    other.close()


def test_a_full_disk_is_said_and_changes_nothing(path: Path) -> None:
    db = SqliteConnection(path)
    db.change("CREATE TABLE a (b)")
    db.rows("PRAGMA max_page_count = 3")
    with pytest.raises(Unavailable, match="no room left on its disk") as caught, db.transaction():
        db.change("INSERT INTO a VALUES (?)", (b"x" * 100_000,))
    assert caught.value.hint.startswith("make room, or set AUTONOMOUS_CICD_STATE_DIR")
    assert [] == db.rows("SELECT b FROM a")
    db.close()


def test_what_may_not_be_written_is_said(path: Path) -> None:
    db = SqliteConnection(path)
    db.rows("PRAGMA query_only = ON")
    with pytest.raises(Unavailable, match="cannot be written to"):
        db.change("CREATE TABLE a (b)")
    db.close()


def test_a_wrong_statement_is_said_too(path: Path) -> None:
    db = SqliteConnection(path)
    with pytest.raises(Unavailable, match=r"does not work .*no such table"):
        db.rows("SELECT * FROM nowhere")
    db.close()


def a_file_in_the_way(path: Path) -> None:
    path.parent.write_text("not a folder")


def a_folder_in_the_way(path: Path) -> None:
    path.mkdir(parents=True)


@pytest.mark.parametrize("block", [a_file_in_the_way, a_folder_in_the_way])
def test_a_place_where_nothing_can_be_made_is_named(path: Path, block: Callable[[Path], None]) -> None:
    block(path)
    with pytest.raises(Unavailable, match=r"store\.db cannot be opened: ") as caught:
        SqliteConnection(path)
    assert caught.value.hint == "set AUTONOMOUS_CICD_STATE_DIR to a folder that can be written to"


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_named(path: Path) -> None:
    path.parent.mkdir(mode=0o500)
    with pytest.raises(Unavailable, match="Permission denied"):
        SqliteConnection(path)


@pytest.mark.parametrize(
    "content",
    [b"garbage" * 1000, b"SQLite format 3" + bytes(1) + b"\xff" * 5000, bytes(5000)],
    ids=["text", "header", "zeros"],
)
def test_a_damaged_file_is_named_with_a_remedy_and_left_alone(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(Unavailable, match=r"store\.db is damaged") as caught:
        SqliteConnection(path)
    assert f"mv {path} {path}.damaged" in caught.value.hint
    assert content == path.read_bytes()
