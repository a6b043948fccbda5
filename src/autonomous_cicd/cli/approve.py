"""`autonomous-cicd approve`: a person allows a deployment, or a change that waits for approval."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
from pathlib import Path

from autonomous_cicd.app import App
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.errors import NotFound
from autonomous_cicd.journeys.approvals import approve
from autonomous_cicd.lazy import desk

__all__ = ["HELP", "NAME", "configure", "execute"]

NAME = "approve"
HELP = "allow a deployment, or a change that waits for approval"
INCIDENT = re.compile(r"[0-9a-f]{4,12}")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add(
        "what",
        metavar="WHAT",
        help="an environment to deploy to, such as production, or the id of an incident",
    )
    add("path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: this one)")
    add("--commit", default="", help="the commit to deploy (default: the one that is checked out)")
    add("--diff", default="", metavar="ID", help="of an incident: approve only if this is what waits")
    add("--apply", action="store_true", help="of an incident: put the change into the working tree")


def execute(arguments: argparse.Namespace) -> int:
    """Keep the approval, do what was approved, and say what."""
    path = Path(arguments.path)
    with contextlib.closing(App.open(path, environment=arguments.environment)) as app:
        if INCIDENT.fullmatch(arguments.what):
            with contextlib.suppress(NotFound):  # then it is the name of an environment
                return _change(app, arguments)
        commit = app.approve(path, arguments.what, arguments.commit)
    print(f"approved: {commit[:12]} may be deployed to {arguments.what}")
    return 0


def _change(app: App, arguments: argparse.Namespace) -> int:
    if desk(app).casebook.incident(arguments.what).at_host:
        print(asyncio.run(approve(app, arguments.what, arguments.diff, "a person at the command line")))
        return 0
    incident, delivery = desk(app).approve(arguments.what, arguments.diff, apply=arguments.apply)
    where = "the working tree" if delivery.applied else delivery.branch or delivery.patch_file
    print(f"approved: the change of incident {incident.id} is in {where}")
    if delivery.note:
        print(f"  it still waits: {printable_line(delivery.note, 200)}")
    return 0 if delivery.done else 1
