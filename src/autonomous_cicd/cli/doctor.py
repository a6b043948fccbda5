"""`autonomous-cicd doctor`: checks what this machine offers, and what is missing."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from autonomous_cicd.app import App
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.errors import AutonomousCicdError, PortError, SettingsError
from autonomous_cicd.ports import Execution
from autonomous_cicd.services.checkup import Check, State, credentials, disk, healthy, interpreters, tools
from autonomous_cicd.settings.load import problems

__all__ = ["HELP", "NAME", "configure", "execute"]

NAME = "doctor"
SANDBOX: Mapping[str, object] = {"runner": "sandbox"}
HELP = "check what this machine offers, and what is missing"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("path", nargs="?", default=".", metavar="PATH", help="the project (default: here)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Print what was looked at; return 0 when all that is needed is there, 1 otherwise."""
    checks = tuple(examine(Path(arguments.path), arguments.environment))
    good = healthy(checks)
    if arguments.json:
        print(json.dumps({"healthy": good, "checks": [asdict(check) for check in checks]}, indent=2))
    else:
        print("\n".join(lines(checks)))
        print("\nAll that is needed is there." if good else "\nSomething that is needed is missing.")
    return 0 if good else 1


def examine(project: Path, environment: Mapping[str, str]) -> Iterator[Check]:
    """Give everything there is to know, for the settings of a project."""
    try:
        opened = App.open(project, environment=environment)
        yield Check(group="settings", name="settings", state=State.OK)
    except SettingsError:
        for problem in problems(project, environment=environment):
            yield Check(group="settings", name="settings", state=State.MISSING, detail=problem)
        return
    with contextlib.closing(opened) as app:
        sandboxed = app.settings.runner.value == "sandbox"
        yield from tools(app.machine, sandboxed=sandboxed)
        yield sandbox(project, environment, needed=sandboxed)
        yield from interpreters(app.machine)
        yield from storage(app)
        yield from credentials(app.settings)


def sandbox(project: Path, environment: Mapping[str, str], *, needed: bool) -> Check:
    """Return whether a program can be executed in a sandbox: one is."""
    trial = Execution(argv=("/bin/sh", "-c", ":"), cwd=Path("/"), env={"PATH": "/usr/bin:/bin"})
    failed, detail, remedy = State.MISSING if needed else State.WARNING, "", ""
    try:
        with contextlib.closing(App.open(project, environment=environment, overrides=SANDBOX)) as app:
            outcome = asyncio.run(app.runner.run(trial, lambda _: None))
        if outcome.exit_code == 0:
            return Check(group="tools", name="sandbox", state=State.OK, detail="a program was executed in it")
        detail = f"a program that does nothing ended with {outcome.exit_code} in it"
    except PortError as error:
        detail, remedy = str(error), error.hint
    return Check(group="tools", name="sandbox", state=failed, detail=detail, remedy=remedy)


def storage(app: App) -> Iterator[Check]:
    """Give whether there is a place for what we keep, and whether the store answers."""
    try:
        app.state.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=app.state):
            yield Check(group="storage", name="state folder", state=State.OK, detail=str(app.state))
    except OSError as error:
        remedy = "make it writable, or move it with AUTONOMOUS_CICD_STATE_DIR"
        yield Check(
            group="storage",
            name="state folder",
            state=State.MISSING,
            detail=f"{app.state}: {error.strerror}",
            remedy=remedy,
        )
        return
    yield disk(shutil.disk_usage(app.state).free, str(app.state))
    yield store(app)


def store(app: App) -> Check:
    """Return whether the store can be read; its address may hold a password and is not shown."""
    url = app.settings.integrations.database.url.reveal()
    kind = "PostgreSQL" if url.startswith("postgres") else "SQLite"
    try:
        app.store.runs("", 1)
    except AutonomousCicdError as error:
        remedy = error.hint if isinstance(error, PortError) else ""
        return Check(
            group="storage", name="store", state=State.MISSING, detail=f"{kind}: {error}", remedy=remedy
        )
    return Check(group="storage", name="store", state=State.OK, detail=kind)


def lines(checks: tuple[Check, ...]) -> Iterator[str]:
    """Give what a person reads: a line for each check, and its remedy below."""
    group = ""
    width = max(len(check.name) for check in checks)
    for check in checks:
        if check.group != group:
            group = check.group
            yield f"{group}"
        yield f"  {check.state.value:<14}  {check.name:<{width}}  {printable_line(check.detail)}".rstrip()
        if check.remedy:
            yield f"  {'':<14}  {'':<{width}}  -> {printable_line(check.remedy)}"
