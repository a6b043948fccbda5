"""`autonomous-cicd audit`: prints what was decided and done, by whom and why."""

from __future__ import annotations

import argparse
import json

from autonomous_cicd.cli.records import opened, when
from autonomous_cicd.domain.text import printable_line

__all__ = ["HELP", "NAME", "configure", "execute"]

NAME = "audit"
HELP = "print what was decided and done, by whom and why"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add("path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: this one)")
    add("--limit", type=int, default=50, metavar="N", help="print at most so many lines (default: 50)")
    add("--json", action="store_true", help="print JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Print the audit trail, the newest line first."""
    with opened(arguments.path, arguments.environment) as store:
        entries = store.casebook.audit(arguments.limit)
    if arguments.json:
        values = [
            {
                "at": one.at,
                "actor": one.actor,
                "what": one.what,
                "incident": one.incident,
                "project": one.project,
                "detail": one.detail,
            }
            for one in entries
        ]
        print(json.dumps(values, indent=2))
        return 0
    for one in entries:
        detail = f" ({printable_line(one.detail, 100)})" if one.detail else ""
        print(f"{when(one.at)}  {one.incident or '-':<12}  {one.actor}: {printable_line(one.what)}{detail}")
    if not entries:
        print("nothing was done yet")
    return 0
