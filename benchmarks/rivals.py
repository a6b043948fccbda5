"""Other ways to run many programs that do nothing: `python rivals.py NAME COUNT FOLDER`.

Uses nothing but the standard library, so that it starts as fast as it can.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

__all__ = ["RIVALS"]

JOBS = 2


def asyncio_graph(count: int, folder: str) -> None:
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


def threads(count: int, folder: str) -> None:
    """Run them in threads, with a row in SQLite for each."""
    place = f"{folder}/threads.db"
    if os.path.exists(place):
        os.unlink(place)
    rows = sqlite3.connect(place, check_same_thread=False, isolation_level=None)
    rows.execute("PRAGMA journal_mode=WAL")
    rows.execute("CREATE TABLE tasks (name TEXT PRIMARY KEY, code INTEGER, output BLOB)")

    def task(number: int) -> tuple[str, int, bytes]:
        done = subprocess.run(["true"], stdin=subprocess.DEVNULL, capture_output=True)
        return (f"task-{number}", done.returncode, done.stdout)

    with ThreadPoolExecutor(JOBS) as pool:
        for row in pool.map(task, range(count)):
            rows.execute("INSERT INTO tasks VALUES (?, ?, ?)", row)
    rows.close()


RIVALS: dict[str, Callable[[int, str], None]] = {"asyncio": asyncio_graph, "threads": threads}

if __name__ == "__main__":
    RIVALS[sys.argv[1]](int(sys.argv[2]), sys.argv[3])
