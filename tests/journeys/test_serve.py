"""Serving: the program itself, killed, crowded and in company."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from benchmarks.storm import storm
from tests.postgres import NoServer, lease
from tests.servers import Program, ask, deliver, environment, eventually, failed_run

DATABASE = "AUTONOMOUS_CICD_INTEGRATIONS_DATABASE_URL"


@pytest.fixture
def postgres(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """Address of a database on a real server that all workers share."""
    base = tmp_path_factory.getbasetemp()
    name = f"serve_{worker_id}"
    try:
        with lease(base if worker_id == "master" else base.parent) as url:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}".encode())
            yield url.replace("/postgres?", f"/{name}?")
    except NoServer as error:
        pytest.skip(str(error))


class Serve:
    """Starts programs, and ends those that are left."""

    def __init__(self) -> None:
        self._programs: list[Program] = []

    def __call__(self, state: Path, *arguments: str, before: tuple[str, ...] = (), **more: Any) -> Program:
        self._programs.append(Program(state, *arguments, before=before, **more))
        return self._programs[-1]

    def close(self) -> None:
        for one in self._programs:
            one.kill()


@pytest.fixture
def serve() -> Iterator[Serve]:
    made = Serve()
    yield made
    made.close()


def runs(port: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(port, "/api/runs?limit=500").json["runs"]
    return found


def ended(port: int, count: int) -> bool:
    return count == sum(one["status"] in ("left", "done") for one in runs(port))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_listens_and_ends_in_order(serve: Serve, tmp_path: Path, number: int) -> None:
    program = serve(tmp_path)
    assert f"listening at http://127.0.0.1:{program.port}\n" == program.line
    assert 202 == deliver(program.port, failed_run(1)).status
    began = time.monotonic()
    assert 0 == program.end(number)
    assert time.monotonic() - began < 10


def test_without_a_secret_it_says_so(serve: Serve, tmp_path: Path) -> None:
    program = serve(tmp_path, GITHUB_WEBHOOK_SECRET="")
    assert "no webhook secret is set" in program.line
    assert 0 == program.end()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "0.0.0.0"], "no token is set"),
        (["--port", "70000"], "server.port"),
        (["--workers", "0"], "server.workers"),
        (["--host", "no such host"], "server.host"),
    ],
)
def test_what_must_not_be_is_refused(tmp_path: Path, arguments: list[str], said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "autonomous_cicd", "serve", *arguments],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert 2 == done.returncode
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_what_was_acknowledged_survives_a_kill(serve: Serve, tmp_path: Path) -> None:
    for number in range(8):
        program = serve(tmp_path)
        assert 202 == deliver(program.port, failed_run(number), id=f"kept-{number}").status
        program.kill()
    program = serve(tmp_path)
    eventually(lambda: ended(program.port, 8))
    assert {f"kept-{number}" for number in range(8)} == {one["id"] for one in runs(program.port)}
    program.end()


@pytest.mark.slow
def test_a_storm_with_kills_loses_and_doubles_nothing(tmp_path: Path) -> None:
    told = storm(120, 4, tmp_path, seed=7)
    assert (0, 0, 0, 0) == (told.lost, told.doubled, told.missing, told.unfinished)
    assert told.recovery < 30
    assert told.p99 <= 1.0


def test_several_processes_share_the_port_and_one_that_dies_is_replaced(serve: Serve, tmp_path: Path) -> None:
    program = serve(tmp_path, "--workers", "2")
    eventually(lambda: 2 == len(children(program.pid)))
    for number in range(20):
        assert 202 == deliver(program.port, failed_run(number + 1)).status
    eventually(lambda: ended(program.port, 20))
    first = children(program.pid)
    os.kill(first[0], signal.SIGKILL)
    eventually(lambda: first[0] not in children(program.pid) and 2 == len(children(program.pid)))
    for number in range(20, 40):
        assert 202 == deliver(program.port, failed_run(number + 1)).status
    eventually(lambda: ended(program.port, 40))
    assert {1} == {one["tries"] for one in runs(program.port)}
    assert 0 == program.end()


def children(pid: int) -> list[int]:
    """Return the servers below a process; not what watches over shared resources."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in found if b"spawn_main" in _command(one)]


def _command(pid: str) -> bytes:
    """Return what a process was started as; nothing of one that has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def test_two_servers_on_one_database_share_the_work(serve: Serve, tmp_path: Path, postgres: str) -> None:
    programs = []
    settings: dict[str, Any] = {DATABASE: postgres}
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        programs.append(serve(tmp_path / name, **settings))
    count = 60
    for number in range(count):
        for program in programs if number % 5 == 0 else programs[number % 2 :][:1]:
            assert 202 == deliver(program.port, failed_run(number + 1), id=f"shared-{number}").status
    eventually(lambda: ended(programs[0].port, count))
    assert {1} == {one["tries"] for one in runs(programs[1].port)}
    logs = [program.log.read_text() for program in programs]
    assert count == sum(log.count('"progress": "left"') for log in logs)
    programs[0].kill()
    assert 202 == deliver(programs[1].port, failed_run(999)).status
    eventually(lambda: ended(programs[1].port, count + 1))
    programs[1].end()


def memory(pid: int) -> int:
    """Return the bytes that a process keeps."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


@pytest.mark.slow
def test_nothing_creeps(serve: Serve, tmp_path: Path) -> None:
    program = serve(tmp_path)

    def some(start: int, count: int) -> None:
        for number in range(start, start + count):
            deliver(program.port, failed_run(number))
            ask(program.port, "/api/runs?limit=5")
            ask(program.port, f"/nothing-{number}")

    some(0, 300)
    before, open_before = memory(program.pid), descriptors(program.pid)
    some(300, 700)
    grown = memory(program.pid) - before
    assert grown < 16 * 1024 * 1024
    assert descriptors(program.pid) <= open_before + 4
    program.end()


def test_a_full_disk_refuses_and_loses_nothing(serve: Serve, tmp_path: Path) -> None:
    small = ("sh", "-c", 'ulimit -f 400; exec "$@"', "sh")  # no file may be larger than that
    program = serve(tmp_path, before=small)
    statuses = {}
    for number in range(2_000):
        statuses[number] = deliver(program.port, failed_run(number + 1), id=f"full-{number}").status
        if statuses[number] != 202:
            break
    assert 503 == statuses[max(statuses)]
    assert 200 == ask(program.port, "/healthz").status
    assert 503 == deliver(program.port, failed_run(9_999), id="full-last").status
    program.kill()
    program = serve(tmp_path)
    taken = {f"full-{number}" for number, status in statuses.items() if status == 202}
    found: set[str] = set()
    position = 2**61
    while position:
        page = ask(program.port, f"/api/runs?limit=500&cursor={position}").json
        found |= {one["id"] for one in page["runs"]}
        position = page["next"] or 0
    assert taken <= found
    assert "full-last" not in found


@pytest.mark.parametrize("missing", ["uvicorn", "starlette", "httptools"])
def test_without_the_extra_it_is_named(tmp_path: Path, missing: str) -> None:
    code = f"import sys; sys.modules[{missing!r}] = None\n"
    code += "from autonomous_cicd.cli.main import main; sys.exit(main(['serve']))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert 2 == done.returncode
    assert f"the server needs {missing}, which is not installed" in done.stderr
    assert "pip install 'autonomous-cicd[server]'" in done.stderr
