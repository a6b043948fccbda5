"""Healing on the command line: runs a pipeline, heals it, and tells what was done and proven."""

from __future__ import annotations

import asyncio
import json
import signal
import sys

from autonomous_cicd.app import App, Request
from autonomous_cicd.cases import Remedy
from autonomous_cicd.cli.progress import Silent
from autonomous_cicd.domain.incident import Attempt, Incident
from autonomous_cicd.domain.run import Run
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.healer import Healed, run_and_heal
from autonomous_cicd.ports import Observer
from autonomous_cicd.services.heal import Heard
from autonomous_cicd.services.healing_report import healing_json, healing_text, status_of
from autonomous_cicd.services.report import to_json
from autonomous_cicd.values import dataclass

__all__ = ["Report", "healed_run"]

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
EXIT = {"passed": 0, "healed": 0, "cancelled": 130}


class Spoken(Heard):
    """Says on the standard error how a healing goes on."""

    def found(self, incident: Incident) -> None:
        """Say what is wrong."""
        if incident.failure:
            self._say(f"cause: {incident.failure.category.value}: {incident.failure.message}")

    def trying(self, incident: Incident, remedy: Remedy, what: str) -> None:
        """Say what is tried next."""
        self._say(f"trying {remedy.name}: {what}")

    def passed_over(self, remedy: Remedy, why: str) -> None:
        """Say that a remedy could not be asked."""
        self._say(f"passed over {remedy.name}: {why}")

    def tried(self, incident: Incident, attempt: Attempt) -> None:
        """Say what came of it."""
        outcome = attempt.verification
        self._say(f"{outcome.outcome.value}{': ' if outcome.reason else ''}{outcome.reason}")

    def ended(self, incident: Incident) -> None:
        """Say nothing: the summary does."""

    def _say(self, text: str) -> None:
        print(f"  {printable_line(text, 160)}", file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run and its healing are told as."""

    code: int
    """The exit code."""
    run: Run
    """The run as it was before anything was healed."""
    json: str
    text: str
    """What was found, tried and proven; empty when there was nothing to heal."""


def healed_run(app: App, request: Request, observer: Silent, *, apply: bool, spoken: bool) -> Report:
    """Run a pipeline, and heal it when it is red. `spoken`: the standard error tells how it goes on."""
    heard = Spoken() if spoken else Heard()
    run, healed = asyncio.run(_heard_out(app, request, observer, heard, apply=apply))
    status = status_of(run, healed)
    values: dict[str, Json] = {**to_json(run), "status": status, **(healing_json(healed) if healed else {})}
    return Report(
        code=EXIT.get(status, 1),
        run=run,
        json=json.dumps(values, indent=2, ensure_ascii=True),
        text=healing_text(healed, dirty=run.dirty) if healed else "",
    )


async def _heard_out(
    app: App, request: Request, observer: Observer, heard: Heard, *, apply: bool
) -> tuple[Run, Healed | None]:
    """Run and heal; a signal ends it in order."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in SIGNALS:
        loop.add_signal_handler(number, stop.set)
    try:
        return await run_and_heal(app, request, observer, heard, apply=apply, stop=stop)
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
