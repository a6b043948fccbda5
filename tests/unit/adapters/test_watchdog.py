"""Nothing a run started survives it, even when the process that ran it is killed without warning."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autonomous_cicd.adapters.descendants import MARK, adopt, watching
from autonomous_cicd.adapters.watchdog import Watchdog

RUNNER = """
import asyncio, sys
from pathlib import Path
from autonomous_cicd.adapters.process import ProcessRunner
from autonomous_cicd.ports import Execution

async def main():
    execution = Execution(argv=("/bin/sh", "-c", sys.argv[1]), cwd=Path("/"), env={"PATH": "/usr/bin:/bin"})
    await ProcessRunner().run(execution, lambda data: print(data.decode(), end="", flush=True))

asyncio.run(main())
"""
ENV = {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(sys.path)}


def unique() -> str:
    return f"32{random.random():.12f}"


def alive(word: str) -> int:
    count = 0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes()
        except OSError:
            continue
        count += command.startswith(b"sleep\0") and word.encode() in command
    return count


def wait_for_none(word: str) -> int:
    for _ in range(200):
        if not alive(word):
            return 0
        time.sleep(0.05)
    return alive(word)


@pytest.mark.parametrize(
    ("script", "count"),
    [
        ("sleep {0} & echo on; sleep {0}", 2),
        ("setsid sleep {0} & sleep 0.1; echo on; sleep {0}", 2),
        ("trap '' TERM HUP; nohup setsid sleep {0} >/dev/null & sleep 0.1; echo on; sleep {0}", 2),
        ("env -i sleep {0} & echo on; sleep {0}", 2),
    ],
)
def test_a_run_that_is_killed_takes_everything_with_it(script: str, count: int) -> None:
    mark = unique()
    run = subprocess.Popen(
        [sys.executable, "-c", RUNNER, script.format(mark)],
        stdout=subprocess.PIPE,
        env=ENV,
        start_new_session=True,
    )
    assert run.stdout
    with run.stdout:
        assert b"on\n" == run.stdout.readline()
        for _ in range(100):
            if alive(mark) == count:
                break
            time.sleep(0.02)
        assert count == alive(mark)
        run.kill()
        run.wait()

        assert 0 == wait_for_none(mark)


def test_it_goes_when_it_is_told_to() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    watchdog = Watchdog("no-such-mark-anywhere", null)
    assert watchdog.pid in watching
    watchdog.quit()
    os.close(null)

    assert watchdog.pid not in watching
    with pytest.raises(ProcessLookupError):
        os.kill(watchdog.pid, 0)


def test_one_that_was_killed_is_no_trouble() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    watchdog = Watchdog("no-such-mark-anywhere", null)
    os.kill(watchdog.pid, signal.SIGKILL)
    os.waitid(os.P_PID, watchdog.pid, os.WEXITED | os.WNOWAIT)
    watchdog.quit()
    os.close(null)

    assert watchdog.pid not in watching


def test_it_spares_who_does_not_carry_the_mark() -> None:
    adopt()
    null = os.open(os.devnull, os.O_RDWR)
    mark = f"{random.getrandbits(64):016x}-"
    watchdog = Watchdog(mark, null)
    marked, other = (
        subprocess.Popen(["sleep", "30"], env={**ENV, MARK: value}, start_new_session=True)
        for value in (f"{mark}1.", "somebody-else-1.")
    )
    os.close(watchdog._writing)
    os.waitpid(watchdog.pid, 0)
    watching.discard(watchdog.pid)
    os.close(null)

    assert -signal.SIGKILL == marked.wait(5)
    assert other.poll() is None
    other.kill()
    other.wait()
