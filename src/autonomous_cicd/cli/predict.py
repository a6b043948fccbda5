"""`autonomous-cicd predict`: says how likely each task is to fail in the run to come."""

from __future__ import annotations

import argparse
import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from autonomous_cicd.app import App
from autonomous_cicd.cli.summary import plural
from autonomous_cicd.domain.flakiness import Flakiness
from autonomous_cicd.domain.forecast import Forecast
from autonomous_cicd.domain.odds import Interval
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.lazy import predict
from autonomous_cicd.services.failure_report import percent
from autonomous_cicd.services.predict import Prediction, to_json

__all__ = ["configure", "execute"]

TASKS = 8
"""Tasks that are told; the rest is counted."""
FLAKY = 5
WIDEST = 100


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add("path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: this one)")
    add("--json", action="store_true", help="print JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Print how likely each task of a project is to fail."""
    path = Path(arguments.path)
    with contextlib.closing(App.open(path, environment=arguments.environment)) as app:
        app.clear_away_the_dead()
        found: Prediction = predict(app, path)
    print(json.dumps(to_json(found), indent=2) if arguments.json else "\n".join(_told(found)))
    return 0


def _told(found: Prediction) -> Iterator[str]:
    if found.silent:
        yield f"no prediction: {found.silent}"
    else:
        more = f" and {plural(found.uncommitted, 'uncommitted file')}" if found.uncommitted else ""
        yield f"if {found.commit[:8] or 'this'}{more} is run now, this is how likely each task fails:"
        yield ""
        width = min(max(len(printable_line(one.task)) for one in found.tasks), 40)
        for one in found.tasks[:TASKS]:
            yield from _task(one, width)
        if rest := found.tasks[TASKS:]:
            yield f"  and {plural(len(rest), 'task')} more, each at most {percent(rest[0].probability)}"
        if quiet := len(found.names) - len(found.tasks):
            yield f"  nothing better than the base rate is known of {plural(quiet, 'other task')}"
    if found.flaky:
        yield ""
        yield from (_flaky(name, flaky) for name, flaky in found.flaky[:FLAKY])
        if len(found.flaky) > FLAKY:
            yield f"and {plural(len(found.flaky) - FLAKY, 'more flaky task')}: --json has them"
    if not found.silent:
        test = found.told
        less = percent(1 - test.brier / test.base_brier)
        base = f"{less} less than that of the base rate ({test.base_brier:.3f})"
        yield ""
        yield f"tried on the last {plural(test.runs, 'run')}: Brier score {test.brier:.3f}, {base}"


def _task(one: Forecast, width: int) -> Iterator[str]:
    why = [printable_line(reason, WIDEST) for reason in one.reasons[:3]]
    name = printable_line(one.task, 40).ljust(width)
    likely = f"{percent(one.probability):>5} ({_between(one.interval)})".ljust(17)
    yield f"  {likely} {name}  {why[0] if why else ''}".rstrip()
    yield from (f"  {'':17} {'':{width}}  {reason}" for reason in why[1:])


def _flaky(name: str, flaky: Flakiness) -> str:
    low, high = (percent(end) for end in flaky.between)
    seen = f"{flaky.failed} of {plural(flaky.runs, 'run')} on commits on which it also passed"
    return f"{printable_line(name, 40)} is flaky: between {low} and {high} of runs ({seen})"


def _between(interval: Interval) -> str:
    low, high = interval
    return f"{round(low * 100)}-{percent(high)}"
