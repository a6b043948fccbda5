"""`autonomous-cicd runs`: lists the newest runs."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from autonomous_cicd.cli.records import opened, when
from autonomous_cicd.cli.table import table
from autonomous_cicd.domain.run import Run, TaskStatus
from autonomous_cicd.domain.text import printable_line

__all__ = ["HELP", "NAME", "configure", "execute"]

NAME = "runs"
HELP = "list the newest runs"
HEADER = ("run", "began", "branch@commit", "status", "seconds", "passed", "failed")
NUMBERS = frozenset({"seconds", "passed", "failed"})


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add("path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: this one)")
    add("--all", action="store_true", help="list the runs of every project")
    add("--limit", type=int, default=20, metavar="N", help="list at most so many (default: 20)")
    add("--json", action="store_true", help="print JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Print the newest runs of a project."""
    project = "" if arguments.all else str(Path(arguments.path).resolve())
    with opened(arguments.path, arguments.environment) as store:
        runs = store.runs(project, arguments.limit)
    if arguments.json:
        print(json.dumps([_values(run) for run in runs], indent=2))
    elif runs:
        print("\n".join(table([HEADER, *map(_cells, runs)], NUMBERS)))
    else:
        whose = "" if arguments.all else f" of {printable_line(project)} (--all lists those of every project)"
        print(f"there is no run yet{whose}")
    return 0


def _passed(run: Run) -> int:
    return sum(task.status is TaskStatus.PASSED for task in run.tasks)


def _failed(run: Run) -> int:
    return sum(task.status.bad for task in run.tasks)


def _cells(run: Run) -> tuple[str, ...]:
    dirty = "*" if run.dirty else ""
    place = printable_line(f"{run.branch or '-'}@{run.commit[:8] or '-'}{dirty}", 40)
    seconds = f"{run.seconds:.1f}"
    return run.id, when(run.started), place, run.status, seconds, str(_passed(run)), str(_failed(run))


def _values(run: Run) -> dict[str, object]:
    return {
        "id": run.id,
        "project": run.project,
        "status": run.status.value,
        "branch": run.branch,
        "commit": run.commit,
        "dirty": run.dirty,
        "started": run.started,
        "seconds": round(run.seconds, 3),
        "tasks": len(run.tasks),
        "passed": _passed(run),
        "failed": _failed(run),
    }
