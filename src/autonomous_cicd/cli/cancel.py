"""`autonomous-cicd cancel`: ends a run that is under way."""

from __future__ import annotations

import argparse
from pathlib import Path

from autonomous_cicd.cli.records import add_run, opened, the_run
from autonomous_cicd.errors import UsageError

__all__ = ["HELP", "NAME", "configure", "execute"]

NAME = "cancel"
HELP = "end a run that is under way"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_run(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Ask a run to end. Its own process does so within a few seconds."""
    with opened(arguments.project, arguments.environment) as store:
        run = the_run(store, arguments)
        here = str(Path(arguments.project).resolve())
        if arguments.run == "last" and run.project != here:
            hint = f"the last run is {run.id} of {run.project}: give its id if that one is meant"
            raise UsageError(f"there is no run yet of {here}", hint=hint)
        if not store.cancel(run.id):
            raise UsageError(f"run {run.id} is not under way: {run.status.value}")
    print(f"asked run {run.id} to end; it does within a few seconds")
    return 0
