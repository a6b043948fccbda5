"""`autonomous-cicd approve`: a person allows a commit to be deployed to an environment."""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path

from autonomous_cicd.app import App

__all__ = ["HELP", "NAME", "configure", "execute"]

NAME = "approve"
HELP = "allow a commit to be deployed to an environment"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add("deployment", metavar="ENVIRONMENT", help="the environment's name, such as production")
    add("path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: this one)")
    add("--commit", default="", help="the commit (default: the one that is checked out)")


def execute(arguments: argparse.Namespace) -> int:
    """Keep the approval, and say what was approved."""
    path = Path(arguments.path)
    with contextlib.closing(App.open(path, environment=arguments.environment)) as app:
        commit = app.approve(path, arguments.deployment, arguments.commit)
    print(f"approved: {commit[:12]} may be deployed to {arguments.deployment}")
    return 0
