"""`autonomous-cicd incidents`: lists the newest incidents."""

from __future__ import annotations

import argparse
import contextlib
import json
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from autonomous_cicd.app import App
from autonomous_cicd.cli.records import when
from autonomous_cicd.cli.repository import repository_at
from autonomous_cicd.cli.summary import duration
from autonomous_cicd.cli.table import table
from autonomous_cicd.domain.incident import Incident
from autonomous_cicd.domain.kpis import Kpis, kpis
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.errors import UsageError
from autonomous_cicd.lazy import adapter
from autonomous_cicd.services.look_back import look_back

__all__ = ["HELP", "NAME", "configure", "execute"]

NAME = "incidents"
HELP = "list what went wrong lately, and what became of it"
ALL = 1_000_000
HEADER = ("incident", "opened", "state", "category", "task", "cause")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add("path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: this one)")
    add("--all", action="store_true", help="list those of every project")
    add("--limit", type=int, default=20, metavar="N", help="list at most so many (default: 20)")
    add("--kpis", action="store_true", help="say how well healing does, over all that is remembered")
    add("--json", action="store_true", help="print JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Print the newest incidents of a project."""
    root = Path(arguments.path).resolve()
    with contextlib.closing(App.open(root, environment=arguments.environment)) as app:
        app.clear_away_the_dead()
        if arguments.kpis:
            look_back(app.store.casebook, str(root), adapter("past").GitPast(root), time.time())
            known = kpis(_incidents(app, root, arguments, ALL))
            text = json.dumps(_kpi_values(known), indent=2) if arguments.json else ""
            print(text or "\n".join(_kpi_lines(known)))
            return 0
        found = _incidents(app, root, arguments, max(0, arguments.limit))
    if arguments.json:
        print(json.dumps([_values(one) for one in found], indent=2))
    elif found:
        print("\n".join(table([HEADER, *map(_cells, found)])))
    else:
        print("there is no incident yet; `autonomous-cicd run --heal` opens one for each failure")
    return 0


def _incidents(app: App, root: Path, arguments: argparse.Namespace, limit: int) -> Sequence[Incident]:
    """Return the newest incidents of a project: of its folder, and of its repository at the host."""
    book, own = app.store.casebook, str(root)
    if arguments.all:
        return book.incidents("", limit)
    repository = _repository(app, root).lower()
    if not repository:
        return book.incidents(own, limit)
    # The host's spelling of a name may be another one, so all are looked through.
    found = (
        one for one in book.incidents("", ALL) if own == one.project or repository == one.project.lower()
    )
    return tuple(islice(found, limit))


def _repository(app: App, root: Path) -> str:
    try:
        return repository_at(app, root)
    except UsageError:
        return ""  # a folder that is gone: what is remembered of it is not


def _kpi_lines(known: Kpis) -> Iterator[str]:
    yield f"healed        {known.healed} of {known.healed + known.handed_over} that have ended"
    yield f"success rate  {known.success_rate:.0%}"
    yield f"undone later  {_undone(known)}"
    yield f"recovery      {duration(known.recovery_seconds)} on average, from first sight to green"
    yield f"understood    {known.supported:.0%} of the causes have a known category"
    people = f"{known.handed_over} handed over, {known.waiting} waiting, {known.dismissed} dismissed"
    yield f"people        {people}"


def _undone(known: Kpis) -> str:
    if known.wrong_rate is None:
        return "not known: no history that was looked at has a change of ours"
    return f"{known.undone} ({known.wrong_rate:.0%} of the {known.looked} of which that is known)"


def _kpi_values(known: Kpis) -> dict[str, object]:
    return {
        "incidents": known.incidents,
        "healed": known.healed,
        "handed_over": known.handed_over,
        "waiting": known.waiting,
        "dismissed": known.dismissed,
        "undone": known.undone,
        "looked": known.looked,
        "success_rate": round(known.success_rate, 4),
        "wrong_rate": None if known.wrong_rate is None else round(known.wrong_rate, 4),
        "supported": round(known.supported, 4),
        "recovery_seconds": round(known.recovery_seconds, 1),
        "manual_interventions": known.by_people,
    }


def _cells(one: Incident) -> tuple[str, ...]:
    category = one.failure.category.value if one.failure else ""
    cause = printable_line(one.failure.message, 50) if one.failure else ""
    return one.id, when(one.opened), one.state.value, category, printable_line(one.task, 24), cause


def _values(one: Incident) -> dict[str, object]:
    failure = one.failure
    return {
        "id": one.id,
        "project": one.project,
        "run": one.run,
        "task": one.task,
        "state": one.state.value,
        "opened": one.opened,
        "category": failure.category.value if failure else "",
        "fingerprint": one.fingerprint,
        "message": failure.message if failure else "",
        "attempts": len(one.attempts),
        "diff": one.patch.id if one.patch else "",
        "branch": one.delivery.branch if one.delivery else "",
    }
