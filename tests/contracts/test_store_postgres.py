"""PostgreSQL: what only a server can do to us."""

from __future__ import annotations

import socketserver
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from autonomous_cicd.adapters.database import DatabaseStore
from autonomous_cicd.adapters.postgres import PostgresConnection
from autonomous_cicd.domain.run import Run, RunStatus
from autonomous_cicd.errors import AutonomousCicdError, Unauthorized, Unavailable


def a_run(run_id: str = "run-1") -> Run:
    return Run(id=run_id, project="/p", pipeline="", source="", status=RunStatus.RUNNING, started=1.0)


def end_connections(url: str) -> None:
    """Do what a server does that is started again."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_connection_that_was_lost_is_made_again(postgres_url: str) -> None:
    store = DatabaseStore(postgres_url)
    store.save_run(a_run())
    end_connections(postgres_url)
    with pytest.raises(Unavailable, match="does not work"):
        store.flush()
    assert a_run() == store.run("run-1")
    store.close()


def test_what_is_lost_within_a_transaction_is_undone(postgres_url: str) -> None:
    db = PostgresConnection(postgres_url)
    db.prepare()
    db.change("CREATE TABLE a (b INTEGER)")
    with pytest.raises(ZeroDivisionError), db.transaction():
        db.change("INSERT INTO a VALUES (?)", (1,))
        raise ZeroDivisionError
    with pytest.raises(Unavailable), db.transaction():
        db.change("INSERT INTO a VALUES (?)", (2,))
        end_connections(postgres_url)
    assert [] == db.rows("SELECT b FROM a")
    db.close()


def test_what_can_only_be_read_is_not_taken_for_a_store_that_works(postgres_url: str) -> None:
    db = PostgresConnection(postgres_url)
    db.probe(5)
    db.change("SET default_transaction_read_only = on")
    with pytest.raises(Unavailable, match="can only be read"):
        db.probe(5)
    db.close()


def test_many_that_open_a_new_store_at_once_all_can(postgres_url: str) -> None:
    failures: list[AutonomousCicdError] = []
    gate = threading.Barrier(4)

    def open_and_save(name: str) -> None:
        gate.wait(60)
        try:
            store = DatabaseStore(postgres_url)
            store.save_run(a_run(name))
            store.close()
        except AutonomousCicdError as error:
            failures.append(error)

    threads = [threading.Thread(target=open_and_save, args=(f"run-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [] == failures
    store = DatabaseStore(postgres_url)
    assert {"run-0", "run-1", "run-2", "run-3"} == {run.id for run in store.runs()}
    store.close()


def test_its_tables_stay_out_of_the_way_of_others(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE runs (of_somebody_else TEXT)")
        store = DatabaseStore(postgres_url)
        store.save_run(a_run())
        store.close()
        assert [] == connection.execute("SELECT * FROM runs").fetchall()


def test_its_name_has_no_credentials(postgres_url: str) -> None:
    url = postgres_url.replace("//postgres@", "//postgres:s3cret@") + "&application_name=x"
    db = PostgresConnection(url)
    assert db.name.startswith("postgresql:///test_")
    assert "s3cret" not in db.name + db.remedy
    assert "?" not in db.name
    db.close()


def test_a_user_who_is_refused_is_told_so(postgres_url: str) -> None:
    url = postgres_url.replace("//postgres@", "//nobody_of_that_name:s3cret@")
    with pytest.raises(Unavailable, match='role "nobody_of_that_name" does not exist'):
        PostgresConnection(url)


def test_a_server_that_does_not_answer_is_named_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="the store postgresql:///db does not work") as caught:
        PostgresConnection(f"postgresql://me:s3cret@/db?host={tmp_path}&password=s3cret")
    assert "s3cret" not in str(caught.value)
    assert caught.value.hint == "check that the server runs, its address, and its log"


def test_an_address_that_cannot_be_read_does_not_show_the_password() -> None:
    with pytest.raises(Unavailable) as caught:
        PostgresConnection("postgresql://me:s3cret%zz@host/db")
    assert "s3cret" not in str(caught.value)


def test_wrong_credentials_are_told_apart_from_a_server_that_is_away() -> None:
    refusal = (
        b"SFATAL"
        + bytes(1)
        + b"C28P01"
        + bytes(1)
        + b'Mpassword authentication failed for user "me"'
        + bytes(2)
    )

    class Refusing(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1000)
            self.request.sendall(b"E" + (len(refusal) + 4).to_bytes(4, "big") + refusal)

    with socketserver.TCPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.handle_request).start()
        port = server.server_address[1]
        with pytest.raises(Unauthorized, match=r"refuses us: .*password authentication failed") as caught:
            PostgresConnection(
                f"postgresql://me:s3cret@127.0.0.1:{port}/db?sslmode=disable&gssencmode=disable"
            )
    assert caught.value.hint == "check user and password in the address of the store"


def test_without_the_driver_the_extra_is_named() -> None:
    code = """
import sys
sys.modules["psycopg"] = None
from autonomous_cicd.adapters.database import DatabaseStore
try:
    DatabaseStore("postgresql://me@host/db")
except Exception as error:
    print(type(error).__name__, error.hint)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, timeout=60, check=True
    )
    assert "Unavailable pip install 'autonomous-cicd[postgres]'\n" == done.stdout
