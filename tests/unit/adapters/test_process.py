"""ProcessRunner with real processes."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from autonomous_cicd.adapters.descendants import MARK
from autonomous_cicd.adapters.process import ProcessRunner
from autonomous_cicd.domain.pipeline import Limits
from autonomous_cicd.errors import Unavailable
from autonomous_cicd.ports import Execution, Outcome

ENV = {"PATH": os.defpath}


class Bench:
    """A runner that remembers what was printed."""

    def __init__(self, runner: ProcessRunner, folder: Path) -> None:
        self.runner = runner
        self.folder = folder
        self.said: list[bytes] = []

    async def run(
        self,
        *argv: str,
        limits: Limits | None = None,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
        scope: str = "",
    ) -> Outcome:
        execution = Execution(
            argv=argv,
            cwd=cwd or self.folder,
            env=ENV if env is None else env,
            limits=limits or Limits(),
            scope=scope,
        )
        return await self.runner.run(execution, self.said.append)

    async def sh(self, script: str, limits: Limits | None = None, scope: str = "") -> Outcome:
        return await self.run("/bin/sh", "-c", script, limits=limits, scope=scope)

    @property
    def text(self) -> str:
        return b"".join(self.said).decode()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    runner = ProcessRunner(grace=0.3)
    yield Bench(runner, tmp_path)
    await runner.close()


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script"
    path.write_text("#!/no/such/interpreter\n")
    path.chmod(0o755)
    return path


def unique() -> str:
    return f"30{random.random():.12f}"


def alive(word: str) -> bool:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in path.read_bytes():
                return True
        except OSError:
            continue
    return False


async def until(bench: Bench, text: str) -> None:
    while text not in bench.text:
        await asyncio.sleep(0.01)


async def test_no_such_program_is_told_like_a_shell_does(bench: Bench) -> None:
    outcome = await bench.run("nope", "-x")

    assert (127, "nope: command not found") == (outcome.exit_code, outcome.reason)
    assert "nope: command not found\n" == bench.text
    assert len(bench.text) == outcome.output


async def test_programs_are_found_on_the_path_that_is_given(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "own").write_text("#!/bin/sh\necho mine\n")
    (tmp_path / "own").chmod(0o755)

    assert 127 == (await bench.run("own")).exit_code
    assert 0 == (await bench.run("own", env={"PATH": f"{tmp_path}:{os.defpath}"})).exit_code
    assert bench.text.endswith("mine\n")


async def test_a_file_that_may_not_be_executed(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("text")
    outcome = await bench.run("./plain")

    assert (126, "./plain: permission denied") == (outcome.exit_code, outcome.reason)


async def test_a_file_that_is_no_program(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("text")
    (tmp_path / "plain").chmod(0o755)
    outcome = await bench.run("./plain")

    assert 126 == outcome.exit_code
    assert "not a program" in outcome.reason


async def test_a_script_without_its_interpreter(bench: Bench, script: Path) -> None:
    outcome = await bench.run(str(script))

    assert 127 == outcome.exit_code
    assert outcome.reason.endswith("bad interpreter: what its first line names does not exist")


async def test_a_folder_that_does_not_exist(bench: Bench, tmp_path: Path) -> None:
    outcome = await bench.run("true", cwd=tmp_path / "gone")

    assert (126, f"true: cannot be started: there is no folder {tmp_path / 'gone'}") == (
        outcome.exit_code,
        outcome.reason,
    )


async def test_arguments_that_are_too_long(bench: Bench) -> None:
    outcome = await bench.run("true", "x" * 3_000_000)

    assert 126 == outcome.exit_code
    assert "too long" in outcome.reason


async def test_arguments_that_no_program_can_be_given(bench: Bench) -> None:
    outcome = await bench.run("true", "a\0b")

    assert 126 == outcome.exit_code
    assert "cannot be started" in outcome.reason


async def test_no_room_for_another_process(bench: Bench) -> None:
    assert 0 == (await bench.run("true")).exit_code
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + 1, hard))
    try:
        with pytest.raises(Unavailable) as caught:
            await bench.run("true")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert "cannot start true" in str(caught.value)
    assert "fewer tasks" in caught.value.hint


async def test_the_environment_is_the_one_that_is_given_and_the_mark(bench: Bench) -> None:
    await bench.run("env", env={"PATH": os.defpath, "A": "b=c", "EMPTY": ""})

    lines = dict(line.split("=", 1) for line in bench.text.splitlines())
    assert lines.pop(MARK)
    assert {"PATH": os.defpath, "A": "b=c", "EMPTY": ""} == lines


async def test_nothing_of_ours_is_open_in_it(bench: Bench, tmp_path: Path) -> None:
    with (tmp_path / "secret").open("w") as secret:
        os.set_inheritable(secret.fileno(), True)
        await bench.sh("ls /proc/$$/fd; cat")

    assert {"0", "1", "2"} == set(bench.text.split()) - {"10"}


async def test_it_leads_a_session_of_its_own(bench: Bench) -> None:
    await bench.sh("cut -d' ' -f6 /proc/$$/stat; echo $$")

    session, pid = bench.text.split()
    assert pid == session


async def test_cpu_and_memory_are_measured(bench: Bench) -> None:
    """A program that needs less than we do ourselves is not measured, so this one needs more."""
    size = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + 200_000_000
    outcome = await bench.run("/usr/bin/env", "python3", "-c", f"x = bytearray({size})", env=dict(os.environ))

    assert 0 == outcome.exit_code, bench.text
    assert outcome.peak_memory > size
    assert outcome.cpu_seconds > 0


async def test_helpers_may_write_their_last_lines(bench: Bench) -> None:
    await bench.sh("(sleep 0.03; echo late) & echo early")

    assert "early\nlate\n" == bench.text


async def test_a_helper_that_never_ends_does_not_hold_it_up(bench: Bench) -> None:
    mark = unique()
    outcome = await bench.sh(f"sleep {mark} & echo on")

    assert (0, "on\n") == (outcome.exit_code, bench.text)
    assert not alive(mark)


async def test_a_process_without_environment_in_a_session_of_its_own_is_found(bench: Bench) -> None:
    mark = unique()
    await bench.sh(f"env -i setsid sleep {mark} >/dev/null 2>&1 & sleep 0.1")

    assert not alive(mark)


async def test_what_others_left_running_is_not_touched(bench: Bench) -> None:
    mark = unique()
    other = asyncio.create_task(bench.sh(f"setsid sleep {mark} & echo on; read -r line <&1; sleep 5"))
    while not alive(mark):
        await asyncio.sleep(0.01)
    await bench.sh("setsid true & env -i true")
    still = alive(mark)
    other.cancel()
    with pytest.raises(asyncio.CancelledError):
        await other

    assert still
    assert not alive(mark)


async def test_a_flood_is_counted_and_costs_no_memory(bench: Bench) -> None:
    outcome = await bench.run("head", "-c", "300000000", "/dev/zero", limits=Limits(output=1000))

    assert (0, 300_000_000, 1000) == (outcome.exit_code, outcome.output, len(bench.text))


async def test_too_much_memory_ends_it_with_the_reason(bench: Bench) -> None:
    hungry = "import time; x = bytearray(300_000_000); time.sleep(20)"
    outcome = await bench.run(
        "python3", "-c", hungry, limits=Limits(memory=100_000_000), env=dict(os.environ)
    )

    assert 137 == outcome.exit_code
    assert outcome.reason.endswith("of 100 MB of memory")


async def test_memory_is_that_of_the_whole_family(bench: Bench) -> None:
    hungry = "import time; x = bytearray(80_000_000); time.sleep(20)"
    outcome = await bench.run(
        "/bin/sh",
        "-c",
        'python3 -c "$0" & python3 -c "$0" & wait',
        hungry,
        limits=Limits(memory=120_000_000),
        env=dict(os.environ),
    )

    assert 137 == outcome.exit_code
    assert "MB of 120 MB" in outcome.reason


async def test_more_memory_than_can_be_looked_at_in_time_is_refused_by_the_system(bench: Bench) -> None:
    outcome = await bench.run(
        "python3", "-c", "bytearray(3_000_000_000)", limits=Limits(memory=100_000_000), env=dict(os.environ)
    )

    assert (1, True) == (outcome.exit_code, "MemoryError" in bench.text)


@pytest.mark.skipif(not shutil.which("node"), reason="there is no node")
async def test_reserved_addresses_are_not_memory(bench: Bench) -> None:
    outcome = await bench.run(
        "node",
        "-e",
        "new WebAssembly.Memory({initial: 1, maximum: 65536}); setTimeout(() => 0, 600)",
        limits=Limits(memory=200_000_000),
        env=dict(os.environ),
    )

    assert 0 == outcome.exit_code, bench.text


async def test_it_is_asked_to_end_before_it_is_killed(bench: Bench) -> None:
    outcome = await bench.sh(
        "trap 'echo bye; exit 9' TERM; echo on; while :; do sleep 0.05; done", Limits(seconds=0.2)
    )

    assert (9, True, "ran longer than 0.2 s") == (outcome.exit_code, outcome.timed_out, outcome.reason)
    assert bench.text.endswith("bye\n")


async def test_who_does_not_listen_is_killed(bench: Bench) -> None:
    outcome = await bench.sh("trap '' TERM; while :; do sleep 0.05; done", Limits(seconds=0.1))

    assert (137, True) == (outcome.exit_code, outcome.timed_out)


async def test_cancelling_twice_kills_at_once(bench: Bench) -> None:
    bench.runner = ProcessRunner(grace=60)
    running = asyncio.create_task(bench.sh("trap '' TERM; echo on; while :; do sleep 0.05; done"))
    await until(bench, "on")
    running.cancel()
    await asyncio.sleep(0.05)
    assert not running.done()
    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    await bench.runner.close()


async def test_a_listener_that_fails_is_heard(bench: Bench) -> None:
    def fail(_: bytes) -> None:
        raise OSError("the disk is full")

    execution = Execution(argv=("/bin/sh", "-c", "echo on; sleep 20"), cwd=bench.folder, env=ENV)
    with pytest.raises(OSError, match="the disk is full"):
        await bench.runner.run(execution, fail)


async def test_close_ends_what_is_running(bench: Bench) -> None:
    mark = unique()
    running = asyncio.create_task(bench.sh(f"echo on; sleep {mark}"))
    await until(bench, "on")
    await bench.runner.close()
    outcome = await running

    assert (137, "the run was closed") == (outcome.exit_code, outcome.reason)
    assert not alive(mark)


async def test_what_it_leaves_running_lives_until_its_scope_ends(bench: Bench) -> None:
    one, other = unique(), unique()
    outcome = await bench.sh(f"sleep {one} & setsid sleep {one} & kill -KILL $$", scope="a")
    await bench.sh(f"sleep {other} >/dev/null 2>&1 &", scope="b")
    assert (137, "") == (outcome.exit_code, outcome.reason)

    await bench.sh("true")
    assert alive(one)
    await bench.runner.end("a")
    assert (False, True) == (alive(one), alive(other))
    await bench.runner.close()
    assert not alive(other)


async def test_what_is_left_of_a_scope_may_print_and_end_by_itself(bench: Bench, tmp_path: Path) -> None:
    script = "echo on; (sleep 0.2; head -c 1000000 /dev/zero; echo done > done) &"
    outcome = await bench.sh(script, scope="a")
    assert (0, 3, "on\n") == (outcome.exit_code, outcome.output, bench.text)
    while not (tmp_path / "done").exists():
        await asyncio.sleep(0.01)
    await bench.runner.end("a")
    assert "on\n" == bench.text


async def test_the_time_of_a_program_is_known_although_it_left_something(bench: Bench) -> None:
    count = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done"
    outcome = await bench.sh(f"sleep {unique()} & {count}", scope="a")
    await bench.runner.end("a")
    assert outcome.cpu_seconds > 0


async def test_a_scope_keeps_nothing_of_a_program_that_took_too_long(bench: Bench) -> None:
    seconds = unique()
    outcome = await bench.sh(f"sleep {seconds} & sleep {seconds}", Limits(seconds=0.2), scope="a")
    assert outcome.timed_out
    assert not alive(seconds)


async def test_without_pidfd_a_thread_waits(bench: Bench) -> None:
    bench.runner = ProcessRunner(pidfd=False)
    outcomes = [await bench.sh("echo hi; exit 5"), await bench.run("true")]
    await bench.runner.close()

    assert [5, 0] == [outcome.exit_code for outcome in outcomes]
    assert "hi\n" == bench.text


async def test_a_program_that_closes_its_output_is_waited_for(bench: Bench) -> None:
    outcome = await bench.sh("exec >&- 2>&-; sleep 0.1; exit 6")

    assert 6 == outcome.exit_code


async def test_nothing_grows_with_the_number_of_executions(bench: Bench) -> None:
    await bench.run("true")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        await asyncio.gather(*(bench.run("true") for _ in range(5)))

    assert before == len(os.listdir("/proc/self/fd"))
