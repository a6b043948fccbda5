"""Healer: puts together what healing needs - the ward, the remedies, the guard, who decides and delivers."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from autonomous_cicd import sealed
from autonomous_cicd.casebook import Casebook
from autonomous_cicd.cases import Ran
from autonomous_cicd.domain.decision import Autonomy, Choice, Decision, Policy, Proposal, decide
from autonomous_cicd.domain.incident import Delivery, Incident, State
from autonomous_cicd.domain.integrity import objections
from autonomous_cicd.domain.objection import Objection
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Strategy
from autonomous_cicd.domain.run import Run
from autonomous_cicd.domain.track import AuditEntry
from autonomous_cicd.errors import DocumentError, UsageError
from autonomous_cicd.lazy import adapter
from autonomous_cicd.outward import WorkingCopies
from autonomous_cicd.plugins import remedy
from autonomous_cicd.ports import LINK, Checkout, Observer
from autonomous_cicd.services.deliver import deliver
from autonomous_cicd.services.heal import Healing, Heard, Steps, heal
from autonomous_cicd.services.track import record_of, remember, weigher
from autonomous_cicd.values import dataclass
from autonomous_cicd.ward import Ward

__all__ = ["Healed", "Healer"]

DAY = 24 * 3600.0
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
        own = self._app.settings.self_healing
        if not own.enabled:
            raise UsageError("healing is turned off", hint="set self_healing.enabled to true")
        watching = asyncio.create_task(self._watch_switch())
        try:
            healing = await heal(red, self._steps(heard))
        finally:
            watching.cancel()
        if self._learning:
            remember(self._casebook, healing.incidents)
        if not healing.green or not healing.patch:
            return Healed(healing=healing)
        decision = self._decided(healing, asked=asked, apply=apply)
        if decision.choice is not Choice.ACT:
            waiting = tuple(self._held(one, healing, decision) for one in healing.incidents)
            return Healed(healing=replace(healing, incidents=waiting), decision=decision)
        delivery = self._delivered(healing, decision, apply=apply)
        return Healed(healing=healing, decision=decision, delivery=delivery)

    @property
    def _casebook(self) -> Casebook:
        found: Casebook = self._app.store.casebook
        return found

    @property
    def _learning(self) -> bool:
        return bool(self._app.settings.error_detection.enable_learning)

    def _steps(self, heard: Heard) -> Steps:
        own = self._app.settings.self_healing
        shelf = [one for one in remedy.all() if own.enable_rollback or one.strategy is not Strategy.ROLLBACK]
        records = self._casebook.records() if self._learning else ()
        return Steps(
            ward=self._ward,
            remedies=shelf,
            weigh=weigher(records, random.Random()),  # noqa: S311 - chooses an order, guards nothing
            guard=self._guard,
            save=self._casebook.save,
            clock=self._app.clock,
            stop=self._stop,
            attempts=own.max_healing_attempts,
            heard=heard,
        )

    def _guard(self, patch: Patch) -> tuple[Objection, ...]:
        hashes = self._app.workspace.hashes(self._checkout)
        links = [name for name, id in hashes.items() if id.endswith(LINK)]
        return objections(patch, links=links)

    def _decided(self, healing: Healing, *, asked: bool, apply: bool) -> Decision:
        settings, now = self._app.settings, self._app.clock.now()
        own = settings.self_healing
        policy = Policy(
            autonomy=Autonomy(settings.autonomy),
            confidence=own.confidence_threshold,
            fixes_per_day=own.max_fixes_per_day,
            aggressive=own.enable_aggressive_healing,
        )
        healed = [one for one in healing.incidents if one.state is State.RESOLVED]
        proposal = Proposal(
            patch=healing.patch,
            risk=healing.risk,
            confidence=healing.confidence,
            asked=asked,
            asks=healing.asks if apply or not asked else "",  # a branch is a proposal in any case
            record=record_of(self._casebook.records(), healed[-1]),
            spent=self._casebook.done_since(str(self._checkout.root), now - DAY),
            stopped=self._switch.exists(),
        )
        return decide(proposal, policy)

    def _held(self, incident: Incident, healing: Healing, decision: Decision) -> Incident:
        """Keep an incident until a person agrees to the whole change."""
        if incident.state is not State.RESOLVED:
            return incident
        held = incident.waiting(healing.patch, decision, self._app.clock.now())
        self._casebook.save(held)
        self._note(held, "waits for a person", decision)
        return held

    def _delivered(self, healing: Healing, decision: Decision, *, apply: bool) -> Delivery:
        healed = [one for one in healing.incidents if one.state is State.RESOLVED]
        first, now = healed[0], self._app.clock.now
        key = f"deliver:{first.id}"
        self._casebook.intend(key, str(self._checkout.root), first.id, now())
        self._note(first, f"is about to be delivered, {healing.patch.size} lines", decision)
        delivery = deliver(self._outside, self._checkout, healing.patch, first, apply=apply)
        if delivery.applied or delivery.branch:
            self._casebook.confirm(key, now())
        else:
            self._casebook.withdraw(key)
        for one in healed:
            self._casebook.save(replace(one, delivery=delivery))
        where = "the working tree" if delivery.applied else delivery.branch or "a patch file"
        self._note(first, f"was delivered to {where}", decision)
        return delivery

    @property
    def _outside(self) -> WorkingCopies:
        found: WorkingCopies = adapter("working_copies").LocalCopies(
            adapter("history").GitHistory(), self._app.state / "patches"
        )
        return found

    def _note(self, incident: Incident, what: str, decision: Decision) -> None:
        self._casebook.note(
            AuditEntry(
                at=self._app.clock.now(),
                actor="autonomous-cicd",
                what=what,
                incident=incident.id,
                project=incident.project,
                detail="; ".join(decision.reasons),
            )
        )

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
