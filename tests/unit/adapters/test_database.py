"""The store in a file: several processes, sudden death, and damage."""

from __future__ import annotations

import random
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autonomous_cicd.adapters.database import DatabaseStore, open_store
from autonomous_cicd.adapters.memory import MemoryClock
from autonomous_cicd.domain.run import Run, RunStatus, TaskResult, TaskStatus
from autonomous_cicd.domain.secrets import Secret
from autonomous_cicd.errors import Unavailable, UsageError

PRELUDE = """
import os, signal, sys, time
from pathlib import Path
from autonomous_cicd.adapters.database import DatabaseStore
from autonomous_cicd.domain.run import Run, RunStatus, TaskResult, TaskStatus
path, name = Path(sys.argv[1]), sys.argv[2]
run = Run(id=name, project="/p", pipeline="", source="", status=RunStatus.RUNNING, started=1.0)
def task(number):
    return TaskResult(name=f"task {number}", status=TaskStatus.PASSED)
"""


def process(body: str, path: Path, name: str = "run-1") -> subprocess.Popen[str]:
    """Start a process of its own that works with the store at that path."""
    code = PRELUDE + textwrap.dedent(body)
    return subprocess.Popen([sys.executable, "-c", code, str(path), name], stdout=subprocess.PIPE, text=True)


def output(child: subprocess.Popen[str]) -> str:
    text, _ = child.communicate(timeout=60)
    return text


def a_run(run_id: str = "run-1") -> Run:
    return Run(id=run_id, project="/p", pipeline="", source="", status=RunStatus.RUNNING, started=1.0)


def a_task(name: str = "test") -> TaskResult:
    return TaskResult(name=name, status=TaskStatus.PASSED)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "store.db"


def test_without_an_address_the_store_lies_in_the_state_folder(tmp_path: Path) -> None:
    open_store("", tmp_path, MemoryClock()).close()
    assert (tmp_path / "store.db").exists()


@pytest.mark.parametrize(
    "url", ["sqlite:///other.db", "sqlite:///{state}/other.db", "other.db", "{state}/other.db"]
)
def test_an_address_may_name_a_file(tmp_path: Path, url: str) -> None:
    open_store(Secret(url.replace("{state}", str(tmp_path))), tmp_path, MemoryClock()).close()
    assert ["other.db"] == [one.name for one in tmp_path.iterdir()]


@pytest.mark.parametrize("url", ["mysql://me:secret@host/db", "sqlite://file"])
def test_an_address_of_another_kind_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError, match=r"an address that begins with (mysql|sqlite)://$"):
        open_store(url, tmp_path, MemoryClock())


def test_processes_that_open_a_new_store_at_once_all_can(path: Path) -> None:
    body = """
        path.parent.parent.joinpath(f"ready-{name}").touch()
        while not path.parent.parent.joinpath("go").exists():
            time.sleep(0.001)
        store = DatabaseStore(path)
        store.save_run(run)
        store.save_task(run.id, task(1), b"log")
        store.close()
        """
    children = [process(body, path, f"run-{number}") for number in range(4)]
    deadline = time.monotonic() + 60
    while len(list(path.parent.parent.glob("ready-*"))) < 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    path.parent.parent.joinpath("go").touch()
    for child in children:
        output(child)
    assert [0, 0, 0, 0] == [child.returncode for child in children]
    store = DatabaseStore(path)
    assert {"run-0", "run-1", "run-2", "run-3"} == {run.id for run in store.runs()}
    store.close()


def test_two_processes_share_a_run(path: Path) -> None:
    store = DatabaseStore(path)
    store.save_run(a_run())
    store.flush()
    child = process(
        """
        store = DatabaseStore(path)
        print(store.cancel(name), store.run("run").status)
        store.save_task(name, task(1), b"from the other")
        store.close()
        """,
        path,
    )
    assert "True running\n" == output(child)
    assert store.cancel_requested("run-1")
    assert b"from the other" == store.log("run-1", "task 1")
    store.close()


def test_what_was_flushed_survives_a_sudden_death(path: Path) -> None:
    child = process(
        """
        store = DatabaseStore(path)
        store.save_run(run)
        for number in range(1000):
            store.save_task(run.id, task(number), b"log")
        store.flush()
        for number in range(1000, 2000):
            store.save_task(run.id, task(number), b"log")
        os.kill(os.getpid(), signal.SIGKILL)
        """,
        path,
    )
    output(child)
    assert -9 == child.returncode
    store = DatabaseStore(path)
    names = [task.name for task in store.run("run-1").tasks]
    assert [f"task {number}" for number in range(len(names))] == names, "in order, and without a gap"
    assert len(names) >= 1000
    assert ("run-1",) == store.bury(2.0)
    store.close()


def test_a_death_at_any_moment_leaves_a_store_that_opens(path: Path) -> None:
    body = """
        signal.setitimer(signal.ITIMER_REAL, float(name))
        signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        store = DatabaseStore(path)
        store.save_run(run)
        for number in range(10**9):
            store.save_task(run.id, task(number), b"log")
            if number % 10 == 0:
                store.flush()
        """
    for moment in ("0.0005", "0.002", "0.004", "0.03", "0.08"):
        output(process(body, path, moment))
        DatabaseStore(path).close()


def test_what_is_saved_is_soon_seen_by_others_without_a_flush(path: Path) -> None:
    writer, reader = DatabaseStore(path), DatabaseStore(path)
    writer.save_run(a_run())
    writer.save_task("run-1", a_task(), b"log")
    deadline = time.monotonic() + 60
    while not reader.runs() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (a_task(),) == reader.run("run-1").tasks
    writer.close()
    reader.close()


def filled(path: Path) -> None:
    store = DatabaseStore(path)
    store.save_run(a_run())
    for number in range(300):
        store.save_task("run-1", a_task(f"task {number}"), bytes(range(256)))
    store.close()


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:30_000])


def overwrite(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:8192] + b"\xa5" * (len(content) - 8192))


@pytest.mark.parametrize("damage", [truncate, overwrite])
def test_damage_is_named_with_a_remedy(path: Path, damage: Callable[[Path], None]) -> None:
    filled(path)
    damage(path)
    with pytest.raises(Unavailable, match=r"store\.db is damaged") as caught:
        store = DatabaseStore(path)
        try:
            store.run("last")
        finally:
            store.close()
    assert caught.value.hint.startswith("move it away (mv ")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tasks SET status = 'unheard of'",
        "UPDATE tasks SET detail = '{'",
        "UPDATE runs SET detail = '[]'",
        "UPDATE runs SET status = 'odd'",
    ],
)
def test_values_that_make_no_sense_are_damage(path: Path, statement: str) -> None:
    filled(path)
    store = DatabaseStore(path)
    store._db.change(statement)
    with pytest.raises(Unavailable, match="is damaged"):
        store.run("run-1")
    store.close()


def test_a_log_that_cannot_be_read_is_damage(path: Path) -> None:
    filled(path)
    store = DatabaseStore(path)
    store._db.change("UPDATE tasks SET log = ?", (b"\x01garbage",))
    with pytest.raises(Unavailable, match="is damaged"):
        store.log("run-1", "task 1")
    store.close()


def test_a_full_disk_is_said_by_flush_and_nothing_is_lost_when_there_is_room_again(path: Path) -> None:
    store = DatabaseStore(path)
    store.save_run(a_run())
    store.flush()
    store._db.rows("PRAGMA max_page_count = 1")
    store.save_task("run-1", a_task(), random.Random(0).randbytes(100_000))
    with pytest.raises(Unavailable, match="no room left"):
        store.flush()
    store._db.rows("PRAGMA max_page_count = 100000")
    assert (a_task(),) == store.run("run-1").tasks
    store.close()


def test_closing_lets_go_even_when_it_cannot_save(path: Path) -> None:
    store = DatabaseStore(path)
    store.save_run(a_run())
    store._db.rows("PRAGMA query_only = ON")
    with pytest.raises(Unavailable, match="cannot be written to"):
        store.close()
    other = DatabaseStore(path)
    assert () == other.runs()
    other.close()
