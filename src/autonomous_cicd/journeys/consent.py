"""Consent: a person who may write to a repository agrees to a change, refuses it, or wants another try."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import replace

from autonomous_cicd.app import Request
from autonomous_cicd.domain.at_host import branch_of
from autonomous_cicd.domain.decision import Choice, Proposal
from autonomous_cicd.domain.event import Event
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.domain.pipeline import Source
from autonomous_cicd.domain.remedy import Risk
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.domain.track import AuditEntry
from autonomous_cicd.errors import NotFound, PortError, UsageError
from autonomous_cicd.journeys.leaving import Leaving
from autonomous_cicd.journeys.practice import Practice
from autonomous_cicd.journeys.red_run import RedRun
from autonomous_cicd.services.proposal_text import Proposed, comment_text

__all__ = ["agreed", "approved", "obeyed", "rejected"]

SHORTEST = 12
"""Characters of the id of a diff that have to be given."""
_COMMAND = re.compile(
    r"\s*/autonomous-cicd\s+(?P<verb>approve|reject|retry)(?:[ \t]+(?P<diff>[0-9a-f]{12,64}))?"
    r"[ \t]*(?:\r?\n|$)"
)


async def obeyed(practice: Practice, event: Event) -> str:
    """Do what a comment says, when its author may write to the repository."""
    found = _COMMAND.match(event.text)
    if not found:
        return "the comment asks for nothing that is known"
    repository, who = event.repository, event.sender
    if not (await practice.host.permission(repository, who)).writes:
        return f"{printable_line(who, 60)} may not write to {repository}: nothing is done"
    about = [
        one
        for one in practice.seen(repository)
        if one.at_host and event.number in (one.at_host.issue, one.at_host.pull_request)
    ]
    if not about:
        return f"nothing of ours stands in {event.number}"
    verb, diff = found["verb"], found["diff"] or ""
    key = f"comment:{event.comment}"
    try:
        if verb == "retry":
            said = await _retried(practice, about[0])
        elif verb == "approve":
            said = await approved(practice, about, diff, who)
        else:
            said = await rejected(practice, about, who)
    except (UsageError, NotFound) as error:
        said = str(error)
    text = comment_text(about[0], practice.pen, key=key, news=said)
    await practice.deliver.say(repository, event.number, key, text)
    return said


async def approved(practice: Practice, about: Sequence[Incident], diff: str, who: str) -> str:
    """Propose at the host the change that waits, because a person agreed to that very change.

    Raises UsageError when nothing waits, or something else than what was agreed to.
    """
    waiting = next((one for one in about if one.state is State.WAITING), None)
    if waiting is None or waiting.at_host is None:
        done = [one for one in about if one.state is State.RESOLVED and one.patch]
        if len(diff) >= SHORTEST and any(one.patch.id.startswith(diff) for one in done):
            return f"it is proposed already: {done[0].history[-1].what}"
        raise UsageError("no change waits for approval")
    if len(diff) < SHORTEST or not waiting.patch.id.startswith(diff):
        raise UsageError(
            f"{diff or 'nothing'} is not the change that waits: that is {waiting.patch.id[:SHORTEST]}"
        )
    place, patch = waiting.at_host, waiting.patch
    proposal = Proposal(
        patch=patch,
        risk=Risk.HIGH,
        confidence=1.0,
        approved=patch.id,
        stopped=practice.desk.switch.exists(),
    )
    decision = practice.desk.decision(proposal, waiting.project)
    _note(practice, waiting, who, f"approved the change {patch.id[:SHORTEST]}")
    if decision.choice is not Choice.ACT:
        raise UsageError(f"approved, and still not proposed: {'; '.join(decision.reasons)}")
    others = practice.seen(waiting.project)
    healed = [one for one in others if one.state is State.WAITING and one.patch.id == patch.id]
    healed.sort(key=lambda one: one.id != waiting.id)
    run = await practice.host.run(waiting.project, place.run, place.attempt)
    async with practice.clone(run) as clone:
        name = run.path.rpartition("/")[2]
        request = Request(path=clone, source=Source.WORKFLOW.value, workflow=name)
        app = practice.app_for(clone, run.repository, request)
        proposed = Proposed(
            incidents=tuple(healed),
            patch=patch,
            branch=branch_of(waiting.fingerprint),
            confidence=waiting.failure.confidence if waiting.failure else 0.0,
            risk=None,
        )
        after = await Leaving(practice, app, run, clone).propose(healed, proposed, decision, asked=True)
    return after[0].history[-1].what


async def agreed(practice: Practice, incident: Incident, diff: str, who: str) -> str:
    """Propose what a person agreed to elsewhere than at the host, and tell so in its issue.

    Raises what `approved` raises.
    """
    said = await approved(practice, [incident], diff, who)
    number = incident.at_host.issue if incident.at_host else 0
    if not number:
        return said
    key = f"approved:{incident.patch.id[:SHORTEST]}"
    text = comment_text(incident, practice.pen, key=key, news=said)
    try:
        await practice.deliver.say(incident.project, number, key, text)
    except (PortError, UsageError) as error:
        return f"{said}; issue {number} was not told: {error}"
    return said


async def rejected(practice: Practice, about: Sequence[Incident], who: str) -> str:
    """Dismiss what a person does not want: a change that waits or is proposed, an issue that was handed over.

    The very same change is not offered again. Raises UsageError when there is nothing of that.
    """
    unwanted = [one for one in about if one.state in (State.WAITING, State.ESCALATED) or _is_proposed(one)]
    if not unwanted:
        raise UsageError("nothing of ours waits here for an answer")
    numbers = {one.at_host.pull_request: one for one in unwanted if _is_proposed(one) and one.at_host}
    for number, one in numbers.items():
        words = functools.partial(_rejection, practice, one, who)
        commit = one.at_host.proposed if one.at_host else ""
        if not await practice.deliver.close_pull_request(one.project, number, words, proposed=commit):
            raise UsageError(f"pull request {number} has commits of others: close it by hand")
    for one in unwanted:
        practice.book.save(_refused(one).at(practice.app.clock.now(), State.DISMISSED, f"{who} rejected it"))
        _note(practice, one, who, f"rejected {one.patch.id[:SHORTEST] or 'the hand-over'}")
    return "rejected, and not offered again"


def _is_proposed(incident: Incident) -> bool:
    place = incident.at_host
    return incident.state is State.RESOLVED and bool(place and place.pull_request and not place.gone)


def _refused(incident: Incident) -> Incident:
    """Return it with its change among those that are not offered again."""
    place = incident.at_host
    if place is None or not incident.patch:
        return incident
    return replace(
        incident, at_host=replace(place, refused=tuple(dict.fromkeys((*place.refused, incident.patch.id))))
    )


def _rejection(practice: Practice, incident: Incident, who: str, key: str) -> str:
    return comment_text(incident, practice.pen, key=key, news=f"{who} rejected it: closed.")


async def _retried(practice: Practice, incident: Incident) -> str:
    """Handle the run once more, because a person asked for it."""
    assert incident.at_host is not None
    run = await practice.host.run(incident.project, incident.at_host.run)
    if not run.failed:
        return f"run {run.id} is not red any more"
    practice.book.save(replace(incident, at_host=replace(incident.at_host, seen=1)))  # a person counts anew
    after = await RedRun(practice, run).handled(again=True)
    return "; ".join(dict.fromkeys(one.history[-1].what for one in after)) or "nothing was found"


def _note(practice: Practice, incident: Incident, who: str, what: str) -> None:
    practice.book.note(
        AuditEntry(
            at=practice.app.clock.now(),
            actor=printable_line(who, 60),
            what=what,
            incident=incident.id,
            project=incident.project,
        )
    )
