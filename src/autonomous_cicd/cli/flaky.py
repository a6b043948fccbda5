"""`autonomous-cicd flaky`: lists tests that fail now and then, and proposes to put them into quarantine."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from autonomous_cicd.app import App
from autonomous_cicd.cli.records import when
from autonomous_cicd.cli.table import table
from autonomous_cicd.documents import read_yaml
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.quarantine import (
    FILE,
    FlakyTest,
    Quarantine,
    flaky_tests,
    proposed,
    read_quarantine,
    tests_of,
)
from autonomous_cicd.domain.run import Run
from autonomous_cicd.domain.text import printable, printable_line
from autonomous_cicd.errors import DocumentError, UsageError
from autonomous_cicd.lazy import adapter

__all__ = ["HELP", "NAME", "configure", "execute", "say_known"]

NAME = "flaky"
HELP = "list tests that failed and passed on the same files, and propose a quarantine"
ALL = 1_000_000
LARGEST = 200_000
HEADER = ("test", "times", "first seen", "last seen", "state")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add("path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: this one)")
    add("--propose", action="store_true", help=f"write a patch that adds them to {FILE}; nothing is applied")
    add("--owner", default="", metavar="NAME", help="with --propose: who repairs them")
    add("--json", action="store_true", help="print JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Print the flaky tests of a project, or a proposal."""
    if arguments.owner and not arguments.propose:
        raise UsageError("--owner names who repairs the tests", hint="use it together with --propose")
    root = Path(arguments.path).resolve()
    today = date.fromtimestamp(time.time())
    with contextlib.closing(App.open(root, environment=arguments.environment)) as app:
        tests = flaky_tests(app.store.casebook.incidents(str(root), ALL))
        text, known = _list_of(root)
        if arguments.propose:
            return _propose(app, text, known, tests, arguments.owner, today)
    if arguments.json:
        print(json.dumps([_values(one, known, today) for one in tests], indent=2))
    elif tests:
        rows = [_cells(one, known, today) for one in tests]
        print("\n".join(table([HEADER, *rows], frozenset({"times"}))))
    else:
        print("no test was seen to fail and to pass on the same files; `run --heal` notices it")
    return 0


def say_known(run: Run, root: Path) -> None:
    """Say on the standard error which tests that failed are in quarantine; the run is red all the same."""
    try:
        known = _list_of(root)[1]
    except UsageError as error:
        print(f"note: {printable_line(str(error), 300)}", file=sys.stderr)
        return
    today = date.fromtimestamp(time.time())
    failures = [one for task in run.tasks if task.status.bad for one in task.failures]
    failed = {test for one in failures for test in tests_of(one)}
    for entry in known.entries:
        if entry.test in failed:
            until = f"until {entry.expires}" if entry.holds(today) else f"ended on {entry.expires}"
            told = f"quarantined failure: {entry.test} ({until}, owner {entry.owner})"
            print(printable_line(f"{told}; the run is red all the same", 300), file=sys.stderr)


def _list_of(root: Path) -> tuple[str, Quarantine]:
    """Return the list of a project, as text and read. Raises UsageError when it is not as it should be."""
    place = root / FILE
    if place.is_symlink() or not place.is_file():
        return "", Quarantine()
    with place.open("rb") as file:
        data = file.read(LARGEST + 1)
    try:
        text = data.decode("utf-8")
        return text, read_quarantine(read_yaml(text, file=FILE, limit=LARGEST).value)
    except DocumentError as error:
        raise UsageError(str(error), hint=error.hint) from error
    except ValueError as error:
        raise UsageError(f"{FILE}: {error}") from error


def _propose(
    app: App, text: str, known: Quarantine, tests: Sequence[FlakyTest], owner: str, today: date
) -> int:
    if not owner.strip():
        raise UsageError("an entry needs an owner", hint="--owner NAME says who repairs the tests")
    try:
        after = proposed(text, known, tests, owner, today)
    except ValueError as error:
        raise UsageError(f"nothing is proposed: {error}") from error
    patch = Patch.of([changed_file(FILE, text or None, after)])
    outside = adapter("working_copies").LocalCopies(adapter("history").GitHistory(), app.state / "patches")
    place = outside.file(f"quarantine-{patch.id[:12]}.patch", patch.diff())
    print(printable(patch.diff()).rstrip())
    print(f"\nnothing was changed; `git apply {place}` takes it")
    return 0


def _state(one: FlakyTest, known: Quarantine, today: date) -> str:
    entry = known.entry(one.test)
    if one.broken:
        return "broken since"
    if entry is None:
        return ""
    return (
        f"in quarantine until {entry.expires}" if entry.holds(today) else f"quarantine ended {entry.expires}"
    )


def _cells(one: FlakyTest, known: Quarantine, today: date) -> tuple[str, ...]:
    name = printable_line(one.test, 100)
    return name, str(one.times), when(one.first), when(one.last), _state(one, known, today)


def _values(one: FlakyTest, known: Quarantine, today: date) -> dict[str, object]:
    entry = known.entry(one.test)
    return {
        "test": one.test,
        "times": one.times,
        "first_seen": one.first,
        "last_seen": one.last,
        "commit": one.commit,
        "broken_since": one.broken,
        "owner": entry.owner if entry else "",
        "expires": entry.expires.isoformat() if entry else "",
        "quarantined": bool(entry and entry.holds(today)),
    }
