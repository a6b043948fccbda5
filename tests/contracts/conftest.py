"""What contract suites run against."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.postgres import NoServer, lease


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """Address of a real PostgreSQL, one for all workers."""
    base = tmp_path_factory.getbasetemp()
    try:
        with lease(base if worker_id == "master" else base.parent) as url:
            yield url
    except NoServer as error:
        pytest.skip(str(error))


@pytest.fixture
def postgres_url(postgres_server: str, worker_id: str) -> Iterator[str]:
    """Address of an empty database on it."""
    name = f"test_{worker_id}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield postgres_server.replace("/postgres?", f"/{name}?")


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    """Where a database file may be made, in a folder that is not there yet."""
    return tmp_path / "state" / "store.db"
