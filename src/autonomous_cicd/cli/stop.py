"""`autonomous-cicd stop`: the kill switch."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

from autonomous_cicd.app import App
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.lazy import desk

__all__ = ["HELP", "NAME", "configure", "execute"]

NAME = "stop"
HELP = "stop all healing at once, or let it go on"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--off", action="store_true", help="let everything go on")


def execute(arguments: argparse.Namespace) -> int:
    """Pull the switch, or release it. Whatever is under way notices within a few seconds."""
    released = "healing may go on"
    pulled = "stopped: nothing is healed or delivered until `autonomous-cicd stop --off`"
    with contextlib.closing(App.open(Path(), environment=arguments.environment)) as app:
        not_noted = desk(app).stop(off=arguments.off)
        print(released if arguments.off else pulled, flush=True)
        if not_noted:
            print(f"note: it is not on the audit trail: {printable_line(not_noted, 300)}", file=sys.stderr)
    return 0
