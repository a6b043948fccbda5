"""`autonomous-cicd logs`: prints what a task printed."""

from __future__ import annotations

import argparse
import difflib
import sys

from autonomous_cicd.cli.records import add_run, opened, the_run
from autonomous_cicd.domain.run import Run
from autonomous_cicd.domain.text import printable, printable_line
from autonomous_cicd.domain.wording import plural
from autonomous_cicd.errors import UsageError
from autonomous_cicd.ports import Store

__all__ = ["HELP", "NAME", "configure", "execute"]

NAME = "logs"
HELP = "print what a task printed"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_run(parser)
    parser.add_argument(
        "task", nargs="?", metavar="TASK", help="its name, or the beginning of it (default: what failed)"
    )
    parser.add_argument(
        "--raw", action="store_true", help="print the bytes as they are, escape sequences included"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Print the log of a task, or of all that failed; without any, the names of those that have one."""
    with opened(arguments.project, arguments.environment) as store:
        run = the_run(store, arguments)
        if arguments.task is not None:
            _print(store.log(run.id, _name(run, arguments.task)), raw=arguments.raw)
        elif failed := [task.name for task in run.tasks if task.status.bad]:
            for name in failed:
                print(f"--- {printable_line(name)}", flush=True)
                _print(store.log(run.id, name), raw=arguments.raw)
        else:
            print("\n".join(_list(store, run)))
    return 0


def _name(run: Run, wanted: str) -> str:
    """Return the name of the task that is meant."""
    names = [task.name for task in run.tasks]
    found = [wanted] if wanted in names else [name for name in names if wanted and name.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    shown = ", ".join(printable_line(name) for name in found[:5])
    if found:
        raise UsageError(
            f"{len(found)} tasks of run {run.id} begin with {wanted!r}: {shown}", hint="give more of the name"
        )
    near = difflib.get_close_matches(wanted, names, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"`autonomous-cicd show {run.id}` lists them"
    raise UsageError(f"run {run.id} has no task {wanted!r}", hint=hint)


def _print(log: bytes, *, raw: bool) -> None:
    if raw:
        sys.stdout.flush()
        sys.stdout.buffer.write(log)
        sys.stdout.buffer.flush()
        return
    text = printable(log.decode("utf-8", "replace"))
    sys.stdout.write(text if not text or text.endswith("\n") else f"{text}\n")


def _list(store: Store, run: Run) -> list[str]:
    sizes = {task.name: len(store.log(run.id, task.name)) for task in run.tasks if task.log}
    if not sizes:
        return [f"no task of run {run.id} printed anything"]
    heading = f"nothing failed in run {run.id}; these tasks printed something:"
    return [heading, *(f"  {printable_line(name)} ({plural(size, 'byte')})" for name, size in sizes.items())]
