"""`autonomous-cicd show`: shows a run, or an incident."""

from __future__ import annotations

import argparse
import contextlib
import json
import re
from collections.abc import Iterator

from autonomous_cicd.cli.records import add_run, opened, the_run, when
from autonomous_cicd.cli.summary import finished, summary
from autonomous_cicd.domain.incident import Incident
from autonomous_cicd.domain.run import Run
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.errors import NotFound
from autonomous_cicd.services.healing_report import incident_json
from autonomous_cicd.services.incident_text import incident_text
from autonomous_cicd.services.report import to_json

__all__ = ["HELP", "NAME", "configure", "execute"]

NAME = "show"
INCIDENT = re.compile(r"[0-9a-f]{1,12}")
HELP = "show a run, or an incident"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_run(parser)
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Print what is known of a run."""
    with opened(arguments.project, arguments.environment) as store:
        if INCIDENT.fullmatch(arguments.run):
            with contextlib.suppress(NotFound):  # then it is the beginning of a run's id
                print(_incident(store.casebook.incident(arguments.run), json_wanted=arguments.json))
                return 0
        run = the_run(store, arguments)
    print(json.dumps(to_json(run), indent=2) if arguments.json else "\n".join(_lines(run)))
    return 0


def _incident(incident: Incident, *, json_wanted: bool) -> str:
    return json.dumps(incident_json(incident), indent=2) if json_wanted else incident_text(incident)


def _lines(run: Run) -> Iterator[str]:
    yield f"run {run.id} of {printable_line(run.project)}"
    branch = printable_line(run.branch) or "no branch"
    dirty = " with uncommitted changes" if run.dirty else ""
    yield f"{when(run.started)}, {branch} at {run.commit[:12] or 'no commit'}{dirty}, from {run.source}"
    yield ""
    yield from (f"  {finished(task)}" for task in run.tasks)
    yield ""
    yield from (line.text for line in summary(run, rows=0))
