"""`autonomous-cicd heal`: reproduces a run that was red or did not end, and heals it."""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path

from autonomous_cicd.app import App, Request
from autonomous_cicd.cli.healing import healed_run
from autonomous_cicd.cli.progress import Lines, Silent
from autonomous_cicd.cli.records import add_run, opened, the_run
from autonomous_cicd.cli.written import check_writable, write_file
from autonomous_cicd.domain.run import Run, RunStatus
from autonomous_cicd.errors import UsageError

__all__ = ["HELP", "NAME", "configure", "execute"]

NAME = "heal"
HELP = "heal a run that was red, or did not end"

_WAS = {RunStatus.FAILED: "was red", RunStatus.CANCELLED: "was ended early", RunStatus.LOST: "did not end"}
"""What may be taken up: a run that nobody saw green."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_run(parser)
    add = parser.add_argument
    add("--apply", action="store_true", help="put the proven fix into the working tree")
    add("--report", metavar="FILE", help="write the JSON report there")
    add("--json", action="store_true", help="print the JSON report")


def execute(arguments: argparse.Namespace) -> int:
    """Reproduce, heal, report, and return the exit code."""
    if arguments.report:
        check_writable(Path(arguments.report))
    with opened(arguments.project, arguments.environment) as store:
        run = the_run(store, arguments)
    path = Path(run.project)
    with contextlib.closing(App.open(path, environment=arguments.environment)) as app:
        _check(app, run)
        if not arguments.json:
            print(f"run {run.id} {_WAS[run.status]}; it is run again first, to see it fail here and now")
        observer = Silent() if arguments.json else Lines()
        with contextlib.closing(observer):
            request = Request(path=path, source=run.source)
            told = healed_run(app, request, observer, apply=arguments.apply, spoken=not arguments.json)
    if arguments.report:
        write_file(arguments.report, told.json + "\n")
    print(told.json if arguments.json else told.text)
    return told.code


def _check(app: App, run: Run) -> None:
    if run.status not in _WAS:
        hint = "`autonomous-cicd run --heal` runs what is there now"
        raise UsageError(f"run {run.id} was not red: it is {run.status.value}", hint=hint)
    checkout = app.workspace.checkout(Path(run.project))
    if checkout.commit != run.commit:
        hint = f"`git checkout {run.commit[:12]}`, or `autonomous-cicd run --heal` what is there"
        raise UsageError(f"run {run.id} was of another commit than the one that is checked out", hint=hint)
