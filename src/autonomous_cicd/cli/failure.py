"""`autonomous-cicd failure`: says why a run at the code host is red, and proposes a proven fix there."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
from collections.abc import Mapping
from pathlib import Path

from autonomous_cicd.app import App
from autonomous_cicd.cli.healing import SIGNALS, Spoken
from autonomous_cicd.cli.repository import add_repository, the_repository
from autonomous_cicd.domain.decision import Autonomy
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import UsageError
from autonomous_cicd.journeys.artifact import read_case, write_case
from autonomous_cicd.journeys.opened import open_practice
from autonomous_cicd.journeys.practice import Practice
from autonomous_cicd.journeys.red_run import RedRun
from autonomous_cicd.journeys.taken_over import taken_over
from autonomous_cicd.services.heal import Heard
from autonomous_cicd.services.healing_report import incident_json
from autonomous_cicd.services.incident_text import incident_text

__all__ = ["configure", "execute"]

ANALYZE, FIX = "analyze", "analyze-and-fix"
GRACE = 10.0
"""Seconds that what is under way has to end after a signal: programs are killed, what was begun is noted."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add(
        "--workflow-run-id",
        required=True,
        type=int,
        metavar="ID",
        help="the run, by the number in its address",
    )
    add_repository(parser)
    add(
        "--mode",
        choices=(ANALYZE, FIX),
        default=ANALYZE,
        help="only say why (default), or also propose a proven fix",
    )
    add("--output", metavar="FOLDER", help="write nothing at the host: leave what was found and proven there")
    add("--deliver", metavar="FOLDER", help="run no code of the project: propose what another job left there")
    add("--json", action="store_true", help="print the incidents as JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Find out, heal, propose, and return the exit code: 1 as long as a cause is not dealt with."""
    if arguments.output and arguments.deliver:
        raise UsageError("--output and --deliver exclude each other", hint="the one reads, the other writes")
    with contextlib.closing(App.open(Path.cwd(), environment=arguments.environment)) as known:
        repository = the_repository(known, arguments.repo)
        overrides = _overrides(known, arguments)
    heard = Heard() if arguments.json else Spoken()
    with contextlib.closing(App.open(environment=arguments.environment, overrides=overrides)) as app:
        incidents = asyncio.run(_handled(app, repository, arguments, heard, overrides))
    if incidents is None:
        raise KeyboardInterrupt
    if arguments.json:
        told: list[Json] = [incident_json(one) for one in incidents]
        print(json.dumps(told, indent=2, ensure_ascii=True))
    else:
        print("\n\n".join(incident_text(one) for one in incidents) or "nothing was found")
    return 0 if all(one.state in (State.RESOLVED, State.DISMISSED) for one in incidents) else 1


def _overrides(app: App, arguments: argparse.Namespace) -> dict[str, object]:
    """Return what the mode means for how far things are done."""
    own = Autonomy(app.settings.autonomy)
    if arguments.mode == ANALYZE or arguments.output:
        return {"autonomy": Autonomy.OBSERVE.value}
    return {"autonomy": Autonomy.PROPOSE.value} if own is Autonomy.OBSERVE else {}


async def _handled(
    app: App, repository: str, arguments: argparse.Namespace, heard: Heard, overrides: Mapping[str, object]
) -> tuple[Incident, ...] | None:
    """Handle the run; a signal ends it in order, and after a while in any case."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in SIGNALS:
        loop.add_signal_handler(number, stop.set)
    try:
        async with open_practice(app, stop=stop, heard=heard, overrides=overrides) as practice:
            finding = asyncio.ensure_future(_found(practice, repository, arguments))
            stopped = asyncio.ensure_future(stop.wait())
            await asyncio.wait((finding, stopped), return_when=asyncio.FIRST_COMPLETED)
            if not stop.is_set():
                stopped.cancel()
                return await finding
            await asyncio.wait((finding,), timeout=GRACE)
            finding.cancel()
            await asyncio.gather(finding, return_exceptions=True)  # that it was interrupted is no news
            return None
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)


async def _found(practice: Practice, repository: str, arguments: argparse.Namespace) -> tuple[Incident, ...]:
    run = await practice.host.run(repository, arguments.workflow_run_id)
    if not run.failed:
        raise UsageError(f"run {run.id} is not red: it is {run.conclusion or run.status}")
    if arguments.deliver:
        return await taken_over(practice, run, read_case(Path(arguments.deliver), run))
    if arguments.mode == ANALYZE:
        found = (await RedRun(practice, run).diagnosed())[1]
    else:
        found = await RedRun(practice, run).handled(again=True)
    if arguments.output:
        write_case(Path(arguments.output), run, found)
    return found
