"""What the commands that look at past runs share: the open store, and the run that is meant."""

from __future__ import annotations

import argparse
import contextlib
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from autonomous_cicd.app import App
from autonomous_cicd.domain.run import Run
from autonomous_cicd.ports import Store

__all__ = ["add_run", "opened", "the_run", "when"]


def add_run(parser: argparse.ArgumentParser) -> None:
    """Declare the argument that names a run, and the option that names the project."""
    parser.add_argument("run", metavar="RUN", help="id of a run, or its beginning, or `last`")
    parser.add_argument(
        "--project", default=".", metavar="PATH", help="the project's folder (default: this one)"
    )


@contextlib.contextmanager
def opened(project: str, environment: Mapping[str, str]) -> Iterator[Store]:
    """Lend the store that belongs to the settings of a project, runs that died marked as lost."""
    with contextlib.closing(App.open(Path(project), environment=environment)) as app:
        app.clear_away_the_dead()
        yield app.store


def the_run(store: Store, arguments: argparse.Namespace) -> Run:
    """Return the run that is named; the last one is the project's own, when it has any."""
    if arguments.run == "last":
        own = store.runs(str(Path(arguments.project).resolve()), 1)
        if own:
            return own[0]
    return store.run(arguments.run)


def when(seconds: float) -> str:
    """Return a time as a person here would write it."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
