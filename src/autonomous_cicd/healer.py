"""Healer: puts together what healing needs - the ward, the remedies, the guard, who decides and delivers."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from autonomous_cicd import sealed
from autonomous_cicd.cases import Case, Ran, Remedy
from autonomous_cicd.domain.decision import Autonomy, Choice, Decision, Policy, Proposal, decide
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.incident import Delivery, Incident, State
from autonomous_cicd.domain.remedy import Edit, Strategy
from autonomous_cicd.domain.run import Run
from autonomous_cicd.errors import DocumentError, UsageError
from autonomous_cicd.lazy import adapter
from autonomous_cicd.plugins import remedy
from autonomous_cicd.ports import Checkout, Observer
from autonomous_cicd.services.deliver import deliver
from autonomous_cicd.services.heal import Healing, Heard, Steps, heal
from autonomous_cicd.values import dataclass
from autonomous_cicd.ward import Ward

__all__ = ["Healed", "Healer"]

SWITCH = "stopped"
"""A file of that name in the state folder stops all acting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Healed:
    """What became of a red run, and where the change was left."""

    healing: Healing
    decision: Decision | None = None
    delivery: Delivery | None = None


class Healer:
    """Heals red runs of one checkout."""

    def __init__(self, app: Any, checkout: Checkout, observer: Observer, stop: asyncio.Event) -> None:
        """Take the App of the project; another one runs the private copies, and remembers nothing."""
        self._app = app
        self._checkout = checkout
        self._stop = stop
        house = type(app)(
            app.settings,
            environment=app.environment,
            project=checkout.root,
            store=adapter("memory_store").MemoryStore(),
            workspace=app.workspace,
            machine=app.machine,
        )
        self._presence = app.presence(f"heal-{secrets.token_hex(6)}")
        folder: Path = self._presence.folder
        self._ward = Ward(
            house=house,
            checkout=checkout,
            folder=folder,
            copies=adapter("private_copies").PrivateCopies(app.workspace, folder),
            past=adapter("no_past").NoPast(),
            packages=adapter("packages").IndexPackages(
                adapter("process").ProcessRunner(), env=sealed.clean(app.environment)
            ),
            clinic=app.clinic(checkout.root),
            observer=observer,
            stop=stop,
        )

    def close(self) -> None:
        """Remove the private copies."""
        self._app.remove(self._presence.folder)
        self._presence.end()

    def logs(self, run: Run) -> Mapping[str, str]:
        """Return what the tasks of a run in our store printed, without secrets."""
        return self._ward.logs(run, self._app.store)

    def refused(self, error: DocumentError) -> Ran:
        """Return as a red run that a file of the project is not what it should be."""
        return self._ward.refused(error)

    async def heal(self, red: Ran, heard: Heard, *, asked: bool, apply: bool) -> Healed:
        """Heal a red run, and leave what was proven where the person, or the policy, wants it."""
        if not self._app.settings.self_healing.enabled:
            raise UsageError("healing is turned off", hint="set self_healing.enabled to true")
        watching = asyncio.create_task(self._watch_switch())
        try:
            healing = await heal(red, self._steps(heard))
        finally:
            watching.cancel()
        if not healing.green or not healing.patch:
            return Healed(healing=healing)
        decision = self._decided(healing, asked=asked)
        if decision.choice is not Choice.ACT:
            waiting = tuple(self._held(one, healing, decision) for one in healing.incidents)
            return Healed(healing=replace(healing, incidents=waiting), decision=decision)
        delivery = self._delivered(healing, apply=apply)
        return Healed(healing=healing, decision=decision, delivery=delivery)

    def _steps(self, heard: Heard) -> Steps:
        own = self._app.settings.self_healing
        shelf = [one for one in remedy.all() if own.enable_rollback or one.strategy is not Strategy.ROLLBACK]
        return Steps(
            ward=self._ward,
            remedies=shelf,
            weigh=_weigh,
            guard=_guard,
            save=lambda incident: None,
            clock=self._app.clock,
            stop=self._stop,
            attempts=own.max_healing_attempts,
            heard=heard,
        )

    def _decided(self, healing: Healing, *, asked: bool) -> Decision:
        settings = self._app.settings
        own = settings.self_healing
        policy = Policy(
            autonomy=Autonomy(settings.autonomy),
            confidence=own.confidence_threshold,
            fixes_per_day=own.max_fixes_per_day,
            aggressive=own.enable_aggressive_healing,
        )
        proposal = Proposal(
            patch=healing.patch,
            risk=healing.risk,
            confidence=healing.confidence,
            asked=asked,
            asks="" if asked else healing.asks,
            stopped=self._switch.exists(),
        )
        return decide(proposal, policy)

    def _held(self, incident: Incident, healing: Healing, decision: Decision) -> Incident:
        if incident.state is not State.RESOLVED:
            return incident
        return incident.waiting(healing.patch, decision, self._app.clock.now())

    def _delivered(self, healing: Healing, *, apply: bool) -> Delivery:
        history = adapter("history").GitHistory()
        outside = adapter("working_copies").LocalCopies(history, self._app.state / "patches")
        healed = [one for one in healing.incidents if one.state is State.RESOLVED]
        return deliver(outside, self._checkout, healing.patch, healed[0], apply=apply)

    @property
    def _switch(self) -> Path:
        place: Path = self._app.state / SWITCH
        return place

    async def _watch_switch(self) -> None:
        """Stop everything when somebody pulls the kill switch."""
        while not self._stop.is_set():
            if self._switch.exists():
                self._stop.set()
            await self._app.clock.sleep(1.0)


def _weigh(one: Remedy, failure: Failure) -> float:
    return 1.0


def _guard(case: Case, edit: Edit) -> tuple[str, ...]:
    return ()
