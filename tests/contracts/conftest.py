"""What contract suites run against."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from tests.postgres import NoServer, lease

EMPTY = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid();
DROP SCHEMA IF EXISTS autonomous_cicd CASCADE;
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
"""


@pytest.fixture(scope="session")
def postgres_database(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """Address of a database of this worker's own, on a real server that all workers share."""
    base = tmp_path_factory.getbasetemp()
    name = f"test_{worker_id}"
    try:
        with lease(base if worker_id == "master" else base.parent) as url:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}".encode())
            yield url.replace("/postgres?", f"/{name}?")
    except NoServer as error:
        pytest.skip(str(error))


@pytest.fixture
def postgres_url(postgres_database: str) -> str:
    """Address of a database with nothing in it."""
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        connection.execute(EMPTY.encode())
    return postgres_database
