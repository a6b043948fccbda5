"""`autonomous-cicd show`: shows a run."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable

from autonomous_cicd.cli.progress import duration, finished, gate_lines
from autonomous_cicd.cli.records import add_run, opened, the_run, when
from autonomous_cicd.domain.run import Run, TaskResult
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.services.report import counts, everything_skipped, to_json

__all__ = ["HELP", "NAME", "configure", "execute"]

NAME = "show"
HELP = "show a run"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_run(parser)
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Print what is known of a run."""
    with opened(arguments.project, arguments.environment) as store:
        run = the_run(store, arguments)
    print(json.dumps(to_json(run), indent=2) if arguments.json else "\n".join(_lines(run)))
    return 0


def _lines(run: Run) -> Iterable[str]:
    yield f"run {run.id} of {printable_line(run.project)}"
    branch = printable_line(run.branch) or "no branch"
    dirty = " with uncommitted changes" if run.dirty else ""
    yield f"{when(run.started)}, {branch} at {run.commit[:12] or 'no commit'}{dirty}, from {run.source}"
    yield ""
    for task in run.tasks:
        yield from _task_lines(task)
    yield from gate_lines(run)
    if skipped := everything_skipped(run):
        yield from ("", "left out:")
        yield from (f"  {printable_line(item.what)}: {printable_line(item.reason)}" for item in skipped)
    reason = f" ({printable_line(run.reason)})" if run.reason else ""
    yield ""
    yield f"{run.status.value}{reason}: {counts(run.tasks)} in {duration(run.seconds)}"


def _task_lines(task: TaskResult) -> Iterable[str]:
    yield finished(task)
    if task.status.bad:
        yield from (f"    {printable_line(line, 160)}" for line in task.excerpt)
