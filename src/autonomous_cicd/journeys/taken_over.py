"""Taken over: what a job without rights proved is judged again, and proposed by one that runs no code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from autonomous_cicd.app import App, Request
from autonomous_cicd.desk import Desk
from autonomous_cicd.domain.at_host import branch_of
from autonomous_cicd.domain.code_host import HostedRun
from autonomous_cicd.domain.decision import Choice, Decision, Proposal
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.domain.integrity import objections
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Risk
from autonomous_cicd.journeys.leaving import ELSEWHERE, Leaving
from autonomous_cicd.journeys.practice import Practice
from autonomous_cicd.journeys.red_run import RedRun
from autonomous_cicd.plugins import remedy
from autonomous_cicd.ports import LINK
from autonomous_cicd.services.proposal_text import Proposed

__all__ = ["taken_over"]


async def taken_over(practice: Practice, run: HostedRun, found: Sequence[Incident]) -> tuple[Incident, ...]:
    """Propose what another job found and proved of a run, and return the incidents as they are then.

    Nothing counts of what it says about cause, confidence and rights: that is found out anew. Its proof is
    told as its own.
    """
    journey = RedRun(practice, run)
    _, own = await journey.diagnosed()
    own = journey.left_alone(own)
    due = [one for one in own if journey.due(one, again=True)]
    if not due:
        return own
    by_id = {one.id: one for one in found}
    words = {
        one.id: by_id[one.id].history[-1].what for one in due if one.id in by_id and by_id[one.id].history
    }
    tried = [_with_word_of(one, by_id[one.id]) if one.id in by_id else one for one in due]
    waiting = [one for one in tried if one.patch]
    async with practice.clone(run) as clone:
        app = practice.app_for(clone, run.repository, Request(path=clone))
        leaving = Leaving(practice, app, run, clone)
        done: list[Incident] = []
        if waiting:
            patch = waiting[0].patch
            healed = [one for one in waiting if one.patch == patch]
            decision, proposed = _decided(practice, app, clone, run, healed)
            if decision.choice is Choice.ACT:
                done += await leaving.propose(healed, proposed, decision)
            elif decision.choice is not Choice.ESCALATE:
                done += [await leaving.held(one, proposed, decision) for one in healed]
            else:
                words |= {one.id: f"the change is refused: {'; '.join(decision.reasons)}" for one in healed}
        for one in tried:
            if not any(one.id == each.id for each in done):
                why = words.get(one.id, "the job that ran the project tells nothing of it")
                done.append(await leaving.handed_over(replace(one, patch=Patch()), why, ()))
    kept = {one.id: one for one in done}
    return tuple(kept.get(one.id, one) for one in own)


def _with_word_of(own: Incident, other: Incident) -> Incident:
    """Return what was found out here with what another job tried."""
    proven = other.patch if other.state is State.WAITING else Patch()
    return replace(own, attempts=other.attempts, patch=proven, hand_over=other.hand_over)


def _decided(
    practice: Practice, app: App, clone: Path, run: HostedRun, healed: Sequence[Incident]
) -> tuple[Decision, Proposed]:
    """Judge a change again, as if nobody had done it before."""
    patch = healed[0].patch
    checkout = app.workspace.checkout(clone)
    links = [name for name, id in app.workspace.hashes(checkout).items() if id.endswith(LINK)]
    said = objections(patch, links=links)
    risk = max((_risk(one) for one in healed), key=list(Risk).index)
    confidence = min(one.failure.confidence if one.failure else 0.0 for one in healed)
    proposed = Proposed(
        incidents=tuple(healed),
        patch=patch,
        branch=branch_of(healed[0].fingerprint),
        confidence=confidence,
        risk=risk,
        unchecked=(
            "it was proven by another job of the same run, which executed code of the project",
            ELSEWHERE,
        ),
    )
    refusals = tuple(str(one) for one in said if not one.consent)
    if any(one.at_host and patch.id in one.at_host.refused for one in healed):
        refusals = (*refusals, "this very change was red at the host")
    if refusals:
        return Decision(Choice.ESCALATE, refusals), proposed
    decision = Desk(app).decision(
        Proposal(
            patch=patch,
            risk=risk,
            confidence=confidence,
            asks="; ".join(str(one) for one in said),
            stopped=practice.desk.switch.exists(),
        ),
        run.repository,
    )
    return decision, proposed


def _risk(incident: Incident) -> Risk:
    """Return the risk of the remedies that helped; the highest where one does not suit the cause."""
    failure = incident.failure
    known = {one.name: one for one in remedy.all() if failure and one.suits(failure) > 0}
    helped = [known.get(one.remedy) for one in incident.attempts if one.success]
    risks = [one.risk if one else Risk.HIGH for one in helped] or [Risk.HIGH]
    return max(risks, key=list(Risk).index)
