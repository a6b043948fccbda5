"""`autonomous-cicd run`: runs a project's pipeline in a private copy."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib
import json
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from autonomous_cicd.app import App, Request
from autonomous_cicd.cli.notes import say_notes
from autonomous_cicd.cli.progress import GitHub, Lines, Silent, no_commands
from autonomous_cicd.cli.written import check_writable, write_file
from autonomous_cicd.domain.quarantine import FILE as QUARANTINE
from autonomous_cicd.domain.run import Run, RunStatus
from autonomous_cicd.errors import UsageError
from autonomous_cicd.ports import Checkout, Observer
from autonomous_cicd.services.plan import Planned
from autonomous_cicd.services.report import to_annotations, to_json

__all__ = ["HELP", "NAME", "configure", "execute"]

NAME = "run"
HELP = "run a project's pipeline in a private copy"
EXIT = {RunStatus.PASSED: 0, RunStatus.FAILED: 1, RunStatus.CANCELLED: 130}
SOURCES = ("auto", "workflow", "detect", "config")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add("path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: this one)")
    add("--source", choices=SOURCES, default="", help="where the pipeline is taken from")
    add("--workflow", default="", metavar="FILE[:JOB]", help="only this workflow file, or this job of it")
    add("--only", action="append", default=[], metavar="TASK", help="only this task and what it needs")
    add("--skip", action="append", default=[], metavar="TASK", help="not this task")
    add("--jobs", type=int, metavar="N", help="run exactly so many tasks at once")
    add("--no-cache", action="store_true", help="run everything, also what did not change")
    add("--runner", choices=["process", "sandbox"], help="how project code is executed")
    add(
        "--format",
        choices=["human", "json", "markdown", "github"],
        help="what is printed (default: by place)",
    )
    add("--json", nargs="?", const="-", metavar="FILE", help="write the JSON report there, - is the output")
    add("--report", metavar="FILE", help="the same as --json FILE")
    add("--junit", metavar="FILE", help="write a JUnit report there")
    add("--heal", action="store_true", help="when it is red, find a fix, prove it, and leave it as a branch")
    add("--apply", action="store_true", help="with --heal: put the proven fix into the working tree")
    add(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting, such as pipeline.strategy=parallel",
    )


def execute(arguments: argparse.Namespace) -> int:
    """Run, report, and return the exit code."""
    if arguments.apply and not arguments.heal:
        raise UsageError("--apply puts a fix into the working tree", hint="use it together with --heal")
    style = "json" if "-" in (arguments.json, arguments.report) else _style(arguments)
    files = [name for name in (arguments.json, arguments.report, arguments.junit) if name and name != "-"]
    if arguments.junit == "-":
        raise UsageError("the JUnit report needs a file", hint="give --junit a name")
    for name in files:
        check_writable(Path(name))
    observer = _observer(style, arguments.environment)
    with contextlib.closing(_open(arguments)) as app, contextlib.closing(observer):
        say_notes(app.settings)
        request = Request(
            path=Path(arguments.path),
            source=arguments.source,
            workflow=arguments.workflow,
            only=tuple(arguments.only),
            skip=tuple(arguments.skip),
            jobs=arguments.jobs or 0,
        )
        if arguments.heal:
            return _heal(app, request, observer, arguments, style)
        checkout, planned = app.prepare(request)
        run = asyncio.run(_run(app, checkout, planned, observer, request.jobs))
    _write(run, arguments, style, json.dumps(to_json(run), indent=2, ensure_ascii=True))
    return EXIT.get(run.status, 1)


def _heal(app: App, request: Request, observer: Silent, arguments: argparse.Namespace, style: str) -> int:
    healing = importlib.import_module("autonomous_cicd.cli.healing")
    told = healing.healed_run(
        app, request, observer, apply=arguments.apply, spoken=style in ("human", "github")
    )
    _write(told.run, arguments, style, told.json, told.text)
    if style == "human" and told.text:
        print(told.text)
    return int(told.code)


def _open(arguments: argparse.Namespace) -> App:
    overrides = dict(_setting(text) for text in arguments.set)
    if arguments.jobs is not None and arguments.jobs < 1:
        raise UsageError("--jobs must be at least 1")
    if arguments.no_cache:
        overrides["pipeline.cache"] = False
    if arguments.runner:
        overrides["runner"] = arguments.runner
    return App.open(Path(arguments.path), environment=arguments.environment, overrides=overrides)


def _setting(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--set {text!r} is not NAME=VALUE")
    return name, value


async def _run(app: App, checkout: Checkout, planned: Planned, observer: Observer, jobs: int) -> Run:
    """Run it; a signal ends it in order."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in SIGNALS:
        loop.add_signal_handler(number, stop.set)
    try:
        return await app.run_plan(checkout, planned, observer, jobs=jobs, stop=stop)
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)


def _style(arguments: argparse.Namespace) -> str:
    place = "github" if arguments.environment.get("GITHUB_ACTIONS") == "true" else "human"
    return str(arguments.format or place)


def _observer(style: str, environment: Mapping[str, str]) -> Silent:
    if style in ("json", "markdown"):
        return Silent()
    if style == "github":
        return GitHub()
    if sys.stdout.isatty() and environment.get("TERM", "dumb") not in ("", "dumb", "unknown"):
        live: Silent = importlib.import_module("autonomous_cicd.cli.live").Terminal()
        return live
    return Lines()


def _write(run: Run, arguments: argparse.Namespace, style: str, report: str, healing: str = "") -> None:
    """Write the report to wherever it was asked for; `healing` is what became of a red run."""
    for name in {arguments.json, arguments.report} - {None, "-"}:
        write_file(name, report + "\n")
    if arguments.junit:
        junit = importlib.import_module("autonomous_cicd.services.junit")
        write_file(arguments.junit, junit.to_junit(run))
    if run.status is RunStatus.FAILED and (Path(arguments.path) / QUARANTINE).is_file():
        importlib.import_module("autonomous_cicd.cli.flaky").say_known(run, Path(arguments.path))
    if style == "json":
        print(report)
    elif style == "markdown":
        print(_markdown(run, healing))
    elif style == "github":
        print(to_annotations(run), end="")
        if healing:
            print(no_commands(healing))
        if summary := arguments.environment.get("GITHUB_STEP_SUMMARY"):
            with Path(summary).open("a", encoding="utf-8") as page:
                page.write(_markdown(run, healing))


def _markdown(run: Run, healing: str) -> str:
    markdown = importlib.import_module("autonomous_cicd.services.markdown")
    page: str = markdown.to_markdown(run)
    return "\n".join([page, "## Healing", *markdown.fenced(healing.splitlines()), ""]) if healing else page
