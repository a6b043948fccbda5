"""`autonomous-cicd knowledge`: shows what was learned, and takes it from one place to another."""

from __future__ import annotations

import argparse
import contextlib
from collections import Counter
from pathlib import Path

from autonomous_cicd.app import App
from autonomous_cicd.domain.wording import plural
from autonomous_cicd.errors import UsageError

__all__ = ["configure", "execute"]

LARGEST = 20_000_000
"""Characters of a file of knowledge."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("show", help="say how much was learned")
    for name, purpose in (
        ("export", "write what was learned to a file"),
        ("import", "learn what another installation has learned"),
    ):
        actions.add_parser(name, help=purpose).add_argument(
            "file", metavar="FILE", help="the file of knowledge"
        )


def execute(arguments: argparse.Namespace) -> int:
    """Do what is asked."""
    with contextlib.closing(App.open(Path(), environment=arguments.environment)) as app:
        clinic = app.clinic(Path())
        if arguments.action == "export":
            _write(Path(arguments.file), clinic.exported())
            print(f"{arguments.file}: {plural(len(clinic.lessons()), 'lesson')}")
        elif arguments.action == "import":
            fresh, known = clinic.imported(_read(Path(arguments.file)), arguments.file)
            print(
                f"learned {plural(fresh, 'lesson')}; {known} {'was' if known == 1 else 'were'} known already"
            )
        else:
            lessons = clinic.lessons()
            print(plural(len(lessons), "lesson"))
            for category, count in Counter(one.category for one in lessons).most_common():
                print(f"  {count:>5} {category}")
    return 0


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path} is larger than {LARGEST // 1_000_000} MB", hint="import it in parts")
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
