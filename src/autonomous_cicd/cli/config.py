"""`autonomous-cicd config`: shows, checks and describes the settings."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path
from typing import Any

from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.errors import UsageError
from autonomous_cicd.settings.load import Settings, load, problems

__all__ = ["HELP", "NAME", "configure", "execute"]

NAME = "config"
HELP = "show, check or describe the settings"
VALUE_WIDTH, SOURCE_WIDTH = 36, 60


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    commands = parser.add_subparsers(dest="action", required=True, metavar="show | check | schema")
    show = commands.add_parser("show", help="print every option with its value and where that comes from")
    show.add_argument("path", nargs="?", default=".", metavar="PATH", help="the project's folder")
    show.add_argument("--json", action="store_true", help="print JSON")
    show.add_argument("--changed", action="store_true", help="only what differs from the default")
    show.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="as if the command line said so"
    )
    check = commands.add_parser("check", help="say what is wrong with the settings")
    check.add_argument("path", nargs="?", default=".", metavar="PATH", help="the project's folder, or a file")
    commands.add_parser("schema", help="print the JSON schema of .autonomous-cicd.yml")


def execute(arguments: argparse.Namespace) -> int:
    """Print what is asked for, and return the exit code."""
    actions = {"show": _show, "check": _check, "schema": _schema}
    return actions[arguments.action](arguments)


def _show(arguments: argparse.Namespace) -> int:
    overrides = dict(_setting(text) for text in arguments.set)
    settings = load(_folder(arguments.path), environment=arguments.environment, overrides=overrides)
    rows = [row for row in settings.shown() if not arguments.changed or row[2] != "default"]
    if arguments.json:
        options = {path: {"value": value, "source": source} for path, value, source in rows}
        print(json.dumps({"options": options, "notes": settings.notes}, indent=2))
    else:
        print("\n".join([*_table(rows), *_notes(settings)]))
    return 0


def _check(arguments: argparse.Namespace) -> int:
    path = Path(arguments.path)
    project, file = (None, path) if path.is_file() else (_folder(arguments.path), None)
    wrong = problems(project, environment=arguments.environment, file=file)
    for problem in wrong:
        print(printable_line(problem, 500), file=sys.stderr)
    if not wrong:
        print("the settings are valid")
    return 2 if wrong else 0


def _schema(arguments: argparse.Namespace) -> int:
    # pydantic takes longer to load than everything else here, and only the schema needs it.
    model = importlib.import_module("autonomous_cicd.settings.model")
    print(json.dumps(model.schema(), indent=2))
    return 0


def _folder(path: str) -> Path:
    folder = Path(path)
    if not folder.is_dir():
        raise UsageError(f"{path} is not a folder", hint="name the project's folder")
    return folder


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--set {text!r} is not NAME=VALUE")
    return name, value


def _table(rows: list[tuple[str, Any, str]]) -> list[str]:
    cells = [(path, printable_line(_text(value), VALUE_WIDTH), source) for path, value, source in rows]
    paths = max((len(path) for path, _, _ in cells), default=0)
    values = max((len(value) for _, value, _ in cells), default=0)
    return [
        f"{path:<{paths}}  {value:<{values}}  {printable_line(source, SOURCE_WIDTH)}".rstrip()
        for path, value, source in cells
    ]


def _text(value: Any) -> str:
    if value in (None, "", [], {}):
        return "-"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _notes(settings: Settings) -> list[str]:
    return ["", *(f"note: {printable_line(note, 500)}" for note in settings.notes)] if settings.notes else []
