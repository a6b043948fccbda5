"""Our runner and our store without anything round them: `python own_parts.py COUNT FOLDER`."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from autonomous_cicd.adapters.database import DatabaseStore
from autonomous_cicd.adapters.process import ProcessRunner
from autonomous_cicd.domain.run import Run, RunStatus, TaskResult, TaskStatus
from autonomous_cicd.ports import Execution

__all__ = ["run"]

JOBS = 2


async def run(count: int, folder: Path) -> None:
    """Run programs that do nothing and keep a record of each."""
    place = folder / "parts.db"
    place.unlink(missing_ok=True)
    processes, store = ProcessRunner(), DatabaseStore(place)
    store.save_run(
        Run(id="bench", project=str(folder), pipeline="p", source="config", status=RunStatus.RUNNING)
    )
    execution = Execution(argv=("true",), cwd=folder, env=dict(os.environ))
    numbers = iter(range(count))
    async with asyncio.TaskGroup() as group:
        for _ in range(JOBS):
            group.create_task(_work(processes, store, execution, numbers))
    store.close()
    await processes.close()


async def _work(
    processes: ProcessRunner, store: DatabaseStore, execution: Execution, numbers: Iterable[int]
) -> None:
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


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), Path(sys.argv[2])))
