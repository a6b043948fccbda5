"""Desk: decides what is done with a proven change, has it delivered, and keeps the books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from autonomous_cicd.casebook import Casebook
from autonomous_cicd.domain.decision import Autonomy, Choice, Decision, Policy, Proposal, decide
from autonomous_cicd.domain.incident import Delivery, Incident, State
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Risk
from autonomous_cicd.domain.track import AuditEntry
from autonomous_cicd.errors import PortError, UsageError
from autonomous_cicd.lazy import adapter
from autonomous_cicd.outward import WorkingCopies
from autonomous_cicd.ports import Checkout
from autonomous_cicd.services.deliver import deliver
from autonomous_cicd.services.heal import Healing
from autonomous_cicd.services.look_back import undone
from autonomous_cicd.services.track import record_of

__all__ = ["SWITCH", "Desk"]

DAY = 24 * 3600.0
SWITCH = "stopped"
"""A file of that name in the state folder stops all acting."""
US = "autonomous-cicd"
PERSON = "a person"


class Desk:
    """Where it is decided what is done with changes, and where that is written down."""

    def __init__(self, app: Any) -> None:
        """Take the App of the project."""
        self._app = app

    @property
    def casebook(self) -> Casebook:
        """The memory of incidents."""
        found: Casebook = self._app.store.casebook
        return found

    @property
    def switch(self) -> Path:
        """The file that stops all acting as long as it exists."""
        place: Path = self._app.state / SWITCH
        return place

    def decided(self, healing: Healing, checkout: Checkout, *, asked: bool, apply: bool) -> Decision:
        """Return what is to be done with what a healing proved. `asked`: by a person, here and now."""
        last = [one for one in healing.incidents if one.state is State.RESOLVED][-1]
        return self.decision(
            Proposal(
                patch=healing.patch,
                risk=healing.risk,
                confidence=healing.confidence,
                asked=asked,
                asks=healing.asks if apply or not asked else "",  # a branch is a proposal in any case
                record=record_of(self.casebook.records(), last),
                stopped=self.switch.exists(),
            ),
            str(checkout.root),
        )

    def held(self, incident: Incident, patch: Patch, decision: Decision) -> Incident:
        """Keep an incident until a person agrees to the whole change."""
        if incident.state is not State.RESOLVED:
            return incident
        held = incident.waiting(patch, decision, self._app.clock.now())
        self.casebook.save(held)
        self._note(held, US, "waits for a person", decision.reasons)
        return held

    def delivered(
        self,
        incidents: Sequence[Incident],
        patch: Patch,
        checkout: Checkout,
        decision: Decision,
        *,
        apply: bool,
    ) -> tuple[tuple[Incident, ...], Delivery]:
        """Leave a change that may be left; the intent is on record before, what came of it after.

        Return the incidents as they are then: what could not be delivered waits for a person.
        """
        first, now = incidents[0], self._app.clock.now
        key = f"deliver:{first.id}"
        self.casebook.intend(key, first.project, first.id, now())
        self._note(first, US, f"is about to deliver {patch.size} lines ({patch.id[:12]})", decision.reasons)
        delivery = deliver(self._outside(), checkout, patch, incidents, apply=apply)
        if delivery.done:
            self.casebook.confirm(key, now())
        else:
            self.casebook.withdraw(key)
        after = tuple(self._after(one, patch, delivery) for one in incidents)
        for one in after:
            self.casebook.save(one)
        where = "into the working tree" if delivery.applied else delivery.branch or "as a patch file only"
        self._note(first, US, f"delivered {where}", (delivery.note,) if delivery.note else ())
        return after, delivery

    def _after(self, incident: Incident, patch: Patch, delivery: Delivery) -> Incident:
        if delivery.done:
            return replace(incident, delivery=delivery)
        why = Decision(Choice.ASK, (f"it was not delivered: {delivery.note}",))
        return replace(incident.waiting(patch, why, self._app.clock.now()), delivery=delivery)

    def decision(self, proposal: Proposal, project: str) -> Decision:
        """Return whether something may be done in a project, and why."""
        settings = self._app.settings
        own = settings.self_healing
        policy = Policy(
            autonomy=Autonomy(settings.autonomy),
            confidence=own.confidence_threshold,
            fixes_per_day=own.max_fixes_per_day,
            aggressive=own.enable_aggressive_healing,
        )
        since = self._app.clock.now() - DAY
        spent = self.casebook.done_since(project, since)
        return decide(replace(proposal, spent=spent), policy)

    def approve(self, id: str, diff: str, *, apply: bool) -> tuple[Incident, Delivery]:
        """Deliver a change that waited for a person. `diff`: beginning of the id of the diff, "" for any.

        Raises NotFound, and UsageError when the incident waits for nothing, or for another diff.
        """
        incident = self._waiting(id)
        patch = incident.patch
        if not patch.id.startswith(diff):
            hint = f"waiting is {patch.id[:12]}: `{US} show {incident.id}` prints it"
            raise UsageError(f"{diff} is not the diff that waits for approval", hint=hint)
        checkout = self._app.workspace.checkout(Path(incident.project))
        approved = Proposal(
            patch=patch,
            risk=Risk.HIGH,
            confidence=1.0,
            approved=patch.id,
            stopped=self.switch.exists(),
        )
        decision = self.decision(approved, incident.project)
        self._note(incident, PERSON, f"approved the diff {patch.id[:12]}", ())
        if decision.choice is not Choice.ACT:
            raise UsageError(f"approved, and still not delivered: {'; '.join(decision.reasons)}")
        now = self._app.clock.now()
        resolved = [one.resolved(patch, now, "a person approved it") for one in self._together(incident)]
        after, delivery = self.delivered(resolved, patch, checkout, decision, apply=apply)
        return after[0], delivery

    def reject(self, id: str, why: str) -> Incident:
        """Dismiss an incident that waits for a person, or say that its delivered change was wrong.

        Raises NotFound, UsageError.
        """
        reason = why or "a person rejected the change"
        now = self._app.clock.now()
        incident = self.casebook.incident(id)
        if incident.state is State.RESOLVED and incident.delivery and not incident.undone:
            self._note(incident, PERSON, f"rejected the delivered diff {incident.patch.id[:12]}", (reason,))
            return undone(self.casebook, replace(incident, undone=PERSON), reason, now)
        incident = self._waiting(id)
        dismissed = [one.at(now, State.DISMISSED, reason) for one in self._together(incident)]
        for one in dismissed:
            self.casebook.save(one)
        self._note(incident, PERSON, f"rejected the diff {incident.patch.id[:12]}", (reason,))
        return dismissed[0]

    def stop(self, *, off: bool) -> str:
        """Stop all acting of whoever shares our state folder, or let it go on.

        Return why that is not on the audit trail, "" when it is: a store that takes nothing any more must not
        hide from whoever stops in an emergency that it is stopped.
        """
        if off:
            self.switch.unlink(missing_ok=True)
        else:
            self.switch.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.switch.touch()
        what = "let everything go on" if off else "stopped everything"
        try:
            self.casebook.note(AuditEntry(at=self._app.clock.now(), actor=PERSON, what=what))
        except PortError as error:
            return str(error)
        return ""

    def _waiting(self, id: str) -> Incident:
        incident = self.casebook.incident(id)
        if incident.state is not State.WAITING:
            raise UsageError(f"incident {incident.id} waits for nobody: it is {incident.state.value}")
        return incident

    def _together(self, incident: Incident) -> list[Incident]:
        """Return an incident, and those that wait for the same change: it heals them all."""
        others = self.casebook.incidents(incident.project)
        same = [one for one in others if one.state is State.WAITING and one.patch.id == incident.patch.id]
        return [incident, *(one for one in same if one.id != incident.id)]

    def _outside(self) -> WorkingCopies:
        found: WorkingCopies = adapter("working_copies").LocalCopies(
            adapter("history").GitHistory(), self._app.state / "patches"
        )
        return found

    def _note(self, incident: Incident, actor: str, what: str, reasons: Sequence[str]) -> None:
        self.casebook.note(
            AuditEntry(
                at=self._app.clock.now(),
                actor=actor,
                what=what,
                incident=incident.id,
                project=incident.project,
                detail="; ".join(reasons),
            )
        )
