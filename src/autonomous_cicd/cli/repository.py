"""Which repository at the code host a command is about."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from autonomous_cicd.app import App
from autonomous_cicd.domain.remote import repository_of
from autonomous_cicd.errors import UsageError

__all__ = ["add_repository", "repository_at", "the_repository"]

_REPOSITORY = re.compile(r"(?!\.\.?/)[A-Za-z0-9_.-]{1,100}/(?!\.\.?$)[A-Za-z0-9_.-]{1,100}")


def add_repository(parser: argparse.ArgumentParser) -> None:
    """Declare the option that names it."""
    help = "the repository (default: as the settings say, or `origin`)"
    parser.add_argument("--repo", default="", metavar="OWNER/NAME", help=help)


def the_repository(app: App, given: str) -> str:
    """Return the repository that is meant. Raises UsageError when nobody says."""
    found = given or repository_at(app, Path.cwd())
    if not _REPOSITORY.fullmatch(found):
        said = f"{found!r} is no repository" if found else "the repository is not known"
        raise UsageError(said, hint="name it with --repo OWNER/NAME, or set GITHUB_REPOSITORY")
    return found


def repository_at(app: App, path: Path) -> str:
    """Return the repository of a folder, as the settings say, or `origin`; "" when nobody says."""
    own = app.settings.integrations.github.repository
    return own or repository_of(app.workspace.checkout(path).remote)
