"""`autonomous-cicd serve`: the server that hears of failed workflow runs."""

from __future__ import annotations

import argparse
from pathlib import Path

from autonomous_cicd.lazy import server

__all__ = ["HELP", "NAME", "configure", "execute"]

NAME = "serve"
HELP = "take webhooks of the code host, and answer questions about what was done"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add(
        "path", nargs="?", default=".", metavar="PATH", help="folder whose settings count (default: this one)"
    )
    add("--host", default=None, metavar="HOST", help="where to listen (default: 127.0.0.1)")
    add("--port", type=int, default=None, metavar="N", help="the port; 0: any that is free (default: 8765)")
    add("--workers", type=int, default=None, metavar="N", help="processes that share the port (default: 1)")
    add(
        "--poll",
        action="store_const",
        const=True,
        default=None,
        help="ask the host for failed runs, where no webhook can reach this machine",
    )


def execute(arguments: argparse.Namespace) -> int:
    """Serve until a signal ends it."""
    said = {
        "server.host": arguments.host,
        "server.port": arguments.port,
        "server.workers": arguments.workers,
        "server.poll": arguments.poll,
    }
    server().serve(Path(arguments.path), arguments.environment, said)
    return 0
