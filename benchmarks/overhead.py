"""Measures what it costs to run a thousand tasks that do nothing.

Every contender is a program of its own, measured from the outside: processor seconds of itself and of all
that it started, interpreter start-up included. They take turns, and the least of each counts. The C loop,
which keeps neither output nor records, is 1.

    python benchmarks/overhead.py [--tasks 1000] [--rounds 5] [--growth]
"""

from __future__ import annotations

import argparse
import asyncio
import compileall
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from autonomous_cicd.adapters.database import DatabaseStore
from autonomous_cicd.adapters.process import ProcessRunner
from autonomous_cicd.domain.run import Run, RunStatus, TaskResult, TaskStatus
from autonomous_cicd.ports import Execution

__all__ = ["measure"]

HERE = Path(__file__).resolve().parent
JOBS = 2


def asyncio_graph(count: int, folder: Path) -> None:
    """Run them as anybody would with asyncio, keeping nothing."""

    async def task(gate: asyncio.Semaphore) -> None:
        async with gate:
            process = await asyncio.create_subprocess_exec(
                "true", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
            await process.communicate()

    async def graph() -> None:
        gate = asyncio.Semaphore(JOBS)
        async with asyncio.TaskGroup() as group:
            for _ in range(count):
                group.create_task(task(gate))

    asyncio.run(graph())


def threads(count: int, folder: Path) -> None:
    """Run them in threads, with a row in SQLite for each."""
    rows = sqlite3.connect(folder / "rows.db", check_same_thread=False, isolation_level=None)
    rows.execute("PRAGMA journal_mode=WAL")
    rows.execute("CREATE TABLE tasks (name TEXT PRIMARY KEY, code INTEGER, output BLOB)")

    def task(number: int) -> tuple[str, int, bytes]:
        done = subprocess.run(["true"], stdin=subprocess.DEVNULL, capture_output=True)
        return (f"task-{number}", done.returncode, done.stdout)

    with ThreadPoolExecutor(JOBS) as pool:
        for row in pool.map(task, range(count)):
            rows.execute("INSERT INTO tasks VALUES (?, ?, ?)", row)
    rows.close()


def runner(count: int, folder: Path) -> None:
    """Run them with our runner and our store, without the scheduler; say what grew."""

    async def tasks() -> None:
        processes = ProcessRunner()
        store = DatabaseStore(folder / "store.db")
        store.save_run(
            Run(id="bench", project=str(folder), pipeline="p", source="config", status=RunStatus.RUNNING)
        )
        execution = Execution(argv=("true",), cwd=folder, env=dict(os.environ))
        numbers = iter(range(count))

        async def work() -> None:
            for number in numbers:
                output: list[bytes] = []
                outcome = await processes.run(execution, output.append)
                result = TaskResult(
                    name=f"task-{number}",
                    status=TaskStatus.PASSED if outcome.exit_code == 0 else TaskStatus.FAILED,
                    seconds=outcome.seconds,
                    exit_code=outcome.exit_code,
                )
                store.save_task("bench", result, b"".join(output))
                if number in (count // 10, count - 1):
                    print(f"task {number}: {open_files()} open files, {resident() >> 10} KiB resident")

        async with asyncio.TaskGroup() as group:
            for _ in range(JOBS):
                group.create_task(work())
        store.close()
        await processes.close()

    asyncio.run(tasks())


def whole(count: int, folder: Path) -> None:
    """Run them with the whole program, as a user does."""
    project = folder / "project"
    project.mkdir()
    lines = ["autonomous_cicd:", "  pipeline:", "    tasks:"]
    lines += [f"      - {{name: task-{number}, command: ['true']}}" for number in range(count)]
    (project / ".autonomous-cicd.yml").write_text("\n".join(lines) + "\n")
    os.environ["AUTONOMOUS_CICD_STATE_DIR"] = str(folder / "state")
    program = Path(sys.executable).with_name("autonomous-cicd")
    os.execv(program, [str(program), "run", str(project), "--no-cache", "--jobs", str(JOBS)])


CONTENDERS: dict[str, Callable[[int, Path], None]] = {
    "asyncio graph": asyncio_graph,
    "threads + SQLite rows": threads,
    "our runner + store": runner,
    "autonomous-cicd run": whole,
}


def open_files() -> int:
    """Count our descriptors."""
    return len(os.listdir("/proc/self/fd"))


def resident() -> int:
    """Return our resident bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def compiled(folder: Path) -> Path | None:
    """Build the C loop; None without a compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    subprocess.run([compiler, "-O2", "-o", folder / "spawn", HERE / "spawn.c"], check=True)
    return folder / "spawn"


def measure(*argv: str | Path, show: bool = False) -> tuple[float, float]:
    """Run a program to its end; return processor seconds (with all it started) and seconds."""
    started = time.monotonic()
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout
    with process.stdout as stdout:
        said = stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"it ended with {process.returncode}:\n{said[-2000:]}")
    if show:
        print(said, end="")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - started


def commands(count: int, folder: Path) -> Iterator[tuple[str, tuple[str | Path, ...]]]:
    """Return how each contender is started."""
    if loop := compiled(folder):
        yield "C, posix_spawn", (loop, str(count))
    for name in CONTENDERS:
        yield name, contender(name, count)


def contender(name: str, count: int) -> tuple[str, ...]:
    """Return how to start one of `CONTENDERS`."""
    return (sys.executable, str(Path(__file__).resolve()), "--contender", name, "--tasks", str(count))


def compare(count: int, rounds: int) -> None:
    """Let them take turns and print the table."""
    compileall.compile_dir(HERE.parent / "src", quiet=2)
    with tempfile.TemporaryDirectory() as name:
        table = dict(commands(count, Path(name)))
        best: dict[str, tuple[float, float]] = {}
        for _ in range(rounds):
            for contestant, argv in tuple(table.items()):
                try:
                    best[contestant] = min(best.get(contestant, (9e9, 9e9)), measure(*argv))
                except RuntimeError as error:
                    print(f"{contestant} cannot be measured: {error}")
                    del table[contestant]
    base = best.get("C, posix_spawn", (float("nan"),))[0]
    print(f"{count} tasks that do nothing, least of {rounds} rounds, {JOBS} at once (the C loop: 1)")
    print(f"{'':24}{'CPU s':>8}{'ratio':>8}{'wall s':>8}")
    for contestant, (cpu, wall) in best.items():
        print(f"{contestant:24}{cpu:8.3f}{cpu / base:8.2f}{wall:8.3f}")


def growth(count: int) -> None:
    """Compare the cost per task of many tasks with that of ten times as many."""
    for name in ("our runner + store", "autonomous-cicd run"):
        for number in (count, 10 * count):
            cpu, wall = measure(*contender(name, number), show=name == "our runner + store")
            each = f"{cpu / number * 1e6:.0f} us CPU and {wall / number * 1e6:.0f} us each"
            print(f"{name}, {number} tasks: {each}")


def main() -> None:
    """Measure, or be one of those who are measured."""
    parser = argparse.ArgumentParser(description="Cost of a thousand tasks that do nothing.")
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--growth", action="store_true", help="also ten times as many tasks")
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contender:
        with tempfile.TemporaryDirectory() as name:
            CONTENDERS[options.contender](options.tasks, Path(name))
        return
    compare(options.tasks, options.rounds)
    if options.growth:
        growth(options.tasks)


if __name__ == "__main__":
    main()
