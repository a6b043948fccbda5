"""`autonomous-cicd stop`: the kill switch."""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path

from autonomous_cicd.app import App
from autonomous_cicd.lazy import desk

__all__ = ["HELP", "NAME", "configure", "execute"]

NAME = "stop"
HELP = "stop all healing at once, or let it go on"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--off", action="store_true", help="let everything go on")


def execute(arguments: argparse.Namespace) -> int:
    """Pull the switch, or release it. Whatever is under way notices within a few seconds."""
    with contextlib.closing(App.open(Path(), environment=arguments.environment)) as app:
        desk(app).stop(off=arguments.off)
    released = "healing may go on"
    pulled = "stopped: nothing is healed or delivered until `autonomous-cicd stop --off`"
    print(released if arguments.off else pulled)
    return 0
