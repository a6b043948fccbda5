"""`autonomous-cicd plan`: what a project is, and what would be run. Executes nothing of it."""

from __future__ import annotations

import argparse
import contextlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from autonomous_cicd.app import App, Request
from autonomous_cicd.cli.notes import say_notes
from autonomous_cicd.cli.summary import duration, plural
from autonomous_cicd.domain.pipeline import Skipped, Task
from autonomous_cicd.domain.project import Component, Project, ToolRole
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.services.describe import describe
from autonomous_cicd.services.foresee import foresee
from autonomous_cicd.services.plan import Planned

__all__ = ["HELP", "NAME", "configure", "execute"]

NAME = "plan"
HELP = "say what a project is and what would be run; executes nothing of it"
SOURCES = ("auto", "workflow", "detect", "config")
SHOWN = 15
"""Reasons for leaving things out that are listed; the rest is counted."""
MAKING = frozenset((ToolRole.PACKAGE_MANAGER, ToolRole.BUILD_BACKEND))
TOGETHER = 5
"""Things left out for the same reason that are named; the rest is counted."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add("path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: this one)")
    add("--source", choices=SOURCES, default="", help="where the pipeline is taken from")
    add("--workflow", default="", metavar="FILE[:JOB]", help="only this workflow file, or this job of it")
    add("--only", action="append", default=[], metavar="TASK", help="only this task and what it needs")
    add("--skip", action="append", default=[], metavar="TASK", help="not this task")
    add("--json", action="store_true", help="print the whole plan as JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Plan, and print the plan."""
    path = Path(arguments.path)
    with contextlib.closing(App.open(path, environment=arguments.environment)) as app:
        say_notes(app.settings)
        request = Request(
            path=path,
            source=arguments.source,
            workflow=arguments.workflow,
            only=tuple(arguments.only),
            skip=tuple(arguments.skip),
        )
        planned = app.plan(request)
    if arguments.json:
        print(json.dumps(describe(planned), indent=2))
    else:
        print("\n".join(_lines(planned)))
    return 2 if planned.pipeline.problems else 0


def _lines(planned: Planned) -> Iterator[str]:
    yield from _project(planned.project)
    pipeline = planned.pipeline
    seconds = sum(task.seconds for task in pipeline.tasks)
    expected = f", about {duration(seconds)} of work" if seconds else ""
    yield ""
    yield f"pipeline from {pipeline.source.value}: {plural(len(pipeline.tasks), 'task')}{expected}"
    for task in pipeline.tasks:
        yield from _task(task)
    if pipeline.skipped:
        yield ""
        yield "left out:"
        yield from _left_out(pipeline.skipped)
    if pipeline.problems:
        yield ""
        yield "the code host would refuse:"
        yield from (f"  {printable_line(problem)}" for problem in pipeline.problems)


def _left_out(skipped: Iterable[Skipped]) -> Iterator[str]:
    """Yield what is left out, together what has the same reason."""
    reasons: dict[str, list[str]] = {}
    for item in skipped:
        reasons.setdefault(item.reason, []).append(printable_line(item.what, 80))
    for reason, things in list(reasons.items())[:SHOWN]:
        more = f" and {len(things) - TOGETHER} more" if len(things) > TOGETHER else ""
        yield f"  {', '.join(things[:TOGETHER])}{more}: {printable_line(reason, 400)}"
    rest = sum(len(things) for things in list(reasons.values())[SHOWN:])
    if rest:
        yield f"  and {rest} more: --json has them all"


def _project(project: Project) -> Iterator[str]:
    size = project.complexity
    kinds = " and ".join(sorted(kind.value for kind in project.kinds)) or "of no kind that is known here"
    yield f"{printable_line(project.name)}: {kinds}"
    about = "about " if size.estimated else ""
    yield (
        f"  {size.level}: {plural(size.files, 'file')}, {about}{plural(size.lines, 'line')}, "
        f"{plural(size.dependencies, 'dependency')}, {plural(size.tests, 'test file')}"
    )
    telling = sorted(project.components, key=lambda component: not _tells(component))[:SHOWN]
    for component in project.components:
        if component in telling:
            yield from _component(component)
    if len(project.components) > SHOWN:
        yield f"  and {plural(len(project.components) - SHOWN, 'more component')}: --json has them all"


def _tells(component: Component) -> bool:
    """Tell whether a component has a tool of its own that checks something."""
    return component.path == "." or any(tool.role not in MAKING for tool in component.tools)


def _component(component: Component) -> Iterator[str]:
    where = "" if component.path == "." else f"{printable_line(component.path)}: "
    wanted = f" {printable_line(component.interpreter)}" if component.interpreter else ""
    kinds = ", ".join(sorted(kind.value for kind in component.kinds))
    yield f"  {where}{kinds}{wanted} ({printable_line(', '.join(component.manifests), 80)})"
    for tool in component.tools:
        role = tool.role.value.replace("_", " ")
        yield f"    {role:<16} {printable_line(tool.name):<14} {printable_line(tool.evidence, 80)}"


def _task(task: Task) -> Iterator[str]:
    needs = f"  after {', '.join(task.needs)}" if task.needs else ""
    yield f"  {printable_line(task.name)}{printable_line(needs, 100) and '  ' + printable_line(needs, 100)}"
    for command in task.commands:
        yield f"    $ {printable_line(command.text, 150)}"
    if task.job:
        yield f"    {plural(len(task.job.job.steps), 'step')}, {printable_line(task.reason, 100)}"
        if skipped := foresee(task.job):
            why = dict.fromkeys(f"{printable_line(item.what, 60)} ({item.reason})" for item in skipped)
            yield f"    {len(skipped)} of them left out: {printable_line(', '.join(why), 400)}"
