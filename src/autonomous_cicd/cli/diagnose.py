"""`autonomous-cicd diagnose`: says why a log is red."""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from autonomous_cicd.app import App
from autonomous_cicd.cli.findings import told
from autonomous_cicd.cli.summary import Line, Tone
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.errors import UsageError
from autonomous_cicd.services.diagnose import Diagnosis
from autonomous_cicd.services.diagnosis_report import to_annotations, to_json, to_markdown, to_sarif

__all__ = ["configure", "execute"]

FORMATS = ("human", "json", "markdown", "github", "sarif")
_COLOURS = {Tone.GOOD: "32", Tone.BAD: "31;1", Tone.DOUBT: "33", Tone.QUIET: "2"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add(
        "logs",
        nargs="*",
        metavar="LOG",
        help="a file, a folder, a zip of logs, or - (default: what is piped in)",
    )
    add("--json", nargs="?", const="-", metavar="FILE", help="write JSON there, - is the output")
    add("--format", choices=FORMATS, default="", help="what is printed (default: human)")
    add("--green", default="", metavar="LOG", help="the last log of the same job that passed")
    add("--since", default="", metavar="COMMIT", help="that of the last green run (default: as recorded)")
    add("--repo", default=".", metavar="PATH", help="the project's folder (default: this one)")
    add("--correct", metavar="FINGERPRINT", help="learn that this cause is of another category")
    add("--confirm", metavar="FINGERPRINT", help="learn that this cause was told rightly")
    add("--category", choices=[str(one) for one in Category], help="what --correct says that it is")


def execute(arguments: argparse.Namespace) -> int:
    """Diagnose and tell; return 1 when a log has a failure, 2 when none has and one was not wholly read."""
    if not Path(arguments.repo).is_dir():
        raise UsageError(f"--repo {arguments.repo} is no folder", hint="name the folder of the project")
    if any(one is not None for one in (arguments.correct, arguments.confirm, arguments.category)):
        return _learn(arguments)
    names, json_file = _names(arguments)
    started = time.perf_counter()
    with contextlib.closing(App.open(Path(arguments.repo), environment=arguments.environment)) as app:
        clinic = app.clinic(Path(arguments.repo))
        found = list(clinic.diagnose(names, green=arguments.green, since=arguments.since))
        clinic.remember(failure for _, diagnosis in found for failure in diagnosis.failures)
    _tell(found, arguments.format, json_file, time.perf_counter() - started)
    unread = [(name, diagnosis.unread[0]) for name, diagnosis in found if diagnosis.unread]
    for name, why in unread:
        print(f"autonomous-cicd: {printable_line(f'{name}: {why}')}", file=sys.stderr)
    if any(diagnosis.failures for _, diagnosis in found):
        return 1
    return 2 if unread else 0


def _learn(arguments: argparse.Namespace) -> int:
    """Keep what a person says of a cause."""
    if bool(arguments.correct) == bool(arguments.confirm) or bool(arguments.correct) != bool(
        arguments.category
    ):
        hint = "--correct FINGERPRINT --category CATEGORY, or --confirm FINGERPRINT"
        raise UsageError("it is not clear what is to be learned", hint=hint)
    category = Category(arguments.category) if arguments.category else None
    with contextlib.closing(App.open(Path(arguments.repo), environment=arguments.environment)) as app:
        failure, lesson = app.clinic(Path(arguments.repo)).correct(
            arguments.correct or arguments.confirm, category
        )
    print(f"learned: {printable_line(failure.message, 80)!r} is {lesson.category}")
    return 0


def _names(arguments: argparse.Namespace) -> tuple[Sequence[str], str | None]:
    """Return the logs that are meant, and where JSON is written to."""
    names, json_file = list(arguments.logs), arguments.json
    if json_file == "-" and arguments.format not in ("", "json"):
        problem = f"--json and --format {arguments.format} would both be printed"
        raise UsageError(problem, hint="`--json FILE` writes the report to a file")
    if not names and json_file not in (None, "-") and Path(json_file).exists():
        names, json_file = [json_file], "-"  # `--json LOG` means the log: it is never written over
    if not names:
        if sys.stdin is None or sys.stdin.isatty():
            raise UsageError("no log is named", hint="name a file, a folder or a zip, or pipe a log in")
        names = ["-"]
    if json_file not in (None, "-") and any(_same(json_file, name) for name in names):
        raise UsageError(f"--json {json_file} would write over the log", hint="name another file")
    if arguments.green and any(_same(arguments.green, name) for name in names):
        hint = "name the log of an earlier run that passed"
        raise UsageError(f"--green {arguments.green} is the log that is to be diagnosed", hint=hint)
    return names, json_file


def _same(one: str, other: str) -> bool:
    """Return whether two names are those of the same file."""
    try:
        return Path(one).samefile(other)
    except (OSError, ValueError):
        return False


def _tell(found: Sequence[tuple[str, Diagnosis]], style: str, json_file: str | None, seconds: float) -> None:
    style = style or ("json" if json_file == "-" else "human")
    report = json.dumps(to_json(found, seconds=seconds), indent=2) if json_file or style == "json" else ""
    if json_file not in (None, "-"):
        try:
            Path(str(json_file)).write_text(f"{report}\n", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{json_file} cannot be written: {error.strerror}") from None
    if style == "json":
        print(report)
    elif style == "markdown":
        print(to_markdown(found))
    elif style == "github":
        print(to_annotations(found), end="")
    elif style == "sarif":
        print(json.dumps(to_sarif(found), indent=2))
    else:
        columns = min(shutil.get_terminal_size((100, 30)).columns, 140)
        print("\n".join(_coloured(line) for line in told(found, columns)))


def _coloured(line: Line) -> str:
    colour = _COLOURS.get(line.tone) if sys.stdout.isatty() else None
    return f"\x1b[{colour}m{line.text}\x1b[0m" if colour and line.text else line.text
