"""What every Runner does, in memory, as processes and in a sandbox."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from autonomous_cicd.adapters.memory import MemoryRunner, Scripted
from autonomous_cicd.adapters.process import ProcessRunner
from autonomous_cicd.adapters.sandbox import SandboxRunner
from autonomous_cicd.domain.pipeline import Limits
from autonomous_cicd.errors import Unavailable
from autonomous_cicd.ports import Execution, Outcome, Runner

ENV = {"PATH": os.defpath, "LANG": "C.UTF-8"}
PROGRAMS = {
    "true": Scripted(),
    "printf 'one\\n'; printf 'two\\n' >&2; exit 3": Scripted(output=b"one\ntwo\n", exit_code=3),
    "head -c 100000 /dev/zero; exit 4": Scripted(output=bytes(100_000), exit_code=4),
    "kill -KILL $$": Scripted(exit_code=137),
    "sleep 30": Scripted(seconds=30.0),
    "echo made > made": Scripted(effect=lambda execution: _make(execution.cwd)),
}


def _make(folder: Path) -> None:
    (folder / "made").write_text("made\n")


@dataclass
class Bench:
    """A runner and a folder to run things in."""

    runner: Runner
    folder: Path
    said: list[bytes] = field(default_factory=list)

    async def run(self, script: str, limits: Limits | None = None, scope: str = "") -> Outcome:
        return await self.execute("/bin/sh", "-c", script, limits=limits, scope=scope)

    async def execute(self, *argv: str, limits: Limits | None = None, scope: str = "") -> Outcome:
        execution = Execution(
            argv=argv,
            cwd=self.folder,
            env=ENV,
            limits=limits or Limits(),
            writable=(self.folder,),
            network=False,
            scope=scope,
        )
        return await self.runner.run(execution, self.said.append)


@pytest.fixture(params=["memory", "process", "sandbox"])
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    make: dict[str, Callable[[], Runner]] = {
        "memory": lambda: MemoryRunner(
            {("/bin/sh", "-c", script): does for script, does in PROGRAMS.items()}
        ),
        "process": ProcessRunner,
        "sandbox": SandboxRunner,
    }
    runner = make[request.param]()
    if isinstance(runner, SandboxRunner):
        try:
            await runner.check()
        except Unavailable as error:
            await runner.close()
            pytest.skip(f"{error}; {error.hint}")
    yield Bench(runner, tmp_path)
    await runner.close()


async def test_a_program_that_passes(bench: Bench) -> None:
    outcome = await bench.run("true")

    assert (0, False, 0, "") == (outcome.exit_code, outcome.timed_out, outcome.output, outcome.reason)
    assert [] == bench.said


async def test_both_streams_come_in_order_with_the_exit_code(bench: Bench) -> None:
    outcome = await bench.run("printf 'one\\n'; printf 'two\\n' >&2; exit 3")

    assert b"one\ntwo\n" == b"".join(bench.said)
    assert (3, 8) == (outcome.exit_code, outcome.output)


async def test_output_beyond_the_limit_is_counted_and_dropped(bench: Bench) -> None:
    outcome = await bench.run("head -c 100000 /dev/zero; exit 4", Limits(output=70_001))

    assert bytes(70_001) == b"".join(bench.said)
    assert (4, 100_000) == (outcome.exit_code, outcome.output)


async def test_death_by_a_signal_is_told_like_a_shell_does(bench: Bench) -> None:
    assert 137 == (await bench.run("kill -KILL $$")).exit_code


async def test_a_program_that_takes_too_long_is_ended(bench: Bench) -> None:
    outcome = await bench.run("sleep 30", Limits(seconds=0.2))

    assert outcome.timed_out
    assert outcome.exit_code > 128
    assert outcome.seconds < 20


async def test_there_is_no_such_program(bench: Bench) -> None:
    outcome = await bench.execute("no-such-program", "--help")

    assert 127 == outcome.exit_code


async def test_it_writes_to_its_folder(bench: Bench) -> None:
    await bench.run("echo made > made")

    assert "made\n" == (bench.folder / "made").read_text()


async def test_cancelling_ends_it(bench: Bench) -> None:
    if isinstance(bench.runner, MemoryRunner):
        pytest.skip("nothing is running in memory")
    seconds = f"30{random.random():.12f}"
    running = asyncio.create_task(bench.run(f"sleep {seconds} & echo on; wait"))
    while not bench.said:
        await asyncio.sleep(0.01)
    assert alive(seconds)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not alive(seconds)


async def test_what_it_leaves_behind_is_ended(bench: Bench) -> None:
    if isinstance(bench.runner, MemoryRunner):
        pytest.skip("nothing is running in memory")
    seconds = f"31{random.random():.12f}"
    outcome = await bench.run(f"sleep {seconds} & setsid sleep {seconds} & echo on")

    assert (0, b"on\n") == (outcome.exit_code, b"".join(bench.said))
    assert not alive(seconds)


async def test_when_its_scope_ended_nothing_of_it_is_left(bench: Bench) -> None:
    if isinstance(bench.runner, MemoryRunner):
        pytest.skip("nothing is running in memory")
    seconds = f"32{random.random():.12f}"
    outcome = await bench.run(f"sleep {seconds} & setsid sleep {seconds} & echo on; exit 3", scope="a")
    await bench.runner.end("a")

    assert (3, b"on\n") == (outcome.exit_code, b"".join(bench.said))
    assert not alive(seconds)


async def test_a_scope_that_nobody_used_may_end(bench: Bench) -> None:
    await bench.run("true", scope="a")
    await bench.runner.end("a")
    await bench.runner.end("b")

    assert 0 == (await bench.run("true", scope="a")).exit_code


async def test_many_at_once(bench: Bench) -> None:
    outcomes = await asyncio.gather(*(bench.run("true") for _ in range(10)))

    assert [0] * 10 == [outcome.exit_code for outcome in outcomes]


async def test_it_can_be_used_after_close(bench: Bench) -> None:
    await bench.run("true")
    await bench.runner.close()

    assert 0 == (await bench.run("true")).exit_code


def alive(word: str) -> bool:
    """Say whether a process has the word among its arguments."""
    return any(_read(path).find(word.encode()) >= 0 for path in Path("/proc").glob("[0-9]*/cmdline"))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
