"""`autonomous-cicd reject`: a person refuses a change that waits for approval."""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path

from autonomous_cicd.app import App
from autonomous_cicd.lazy import desk

__all__ = ["HELP", "NAME", "configure", "execute"]

NAME = "reject"
HELP = "refuse a change that waits for approval, or call a delivered one wrong"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add("incident", metavar="INCIDENT", help="id of an incident, its beginning, or `last`")
    add("--why", default="", metavar="TEXT", help="the reason, for the record")


def execute(arguments: argparse.Namespace) -> int:
    """Dismiss the incident, and say so."""
    with contextlib.closing(App.open(Path(), environment=arguments.environment)) as app:
        incident = desk(app).reject(arguments.incident, arguments.why)
    became = "counts as wrongly healed" if incident.undone else "is dismissed"
    print(f"rejected: incident {incident.id} {became}")
    return 0
