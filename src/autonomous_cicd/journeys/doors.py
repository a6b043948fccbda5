"""Doors: what is done about an event of the code host."""

from __future__ import annotations

from collections.abc import Sequence

from autonomous_cicd.domain.at_host import BRANCHES
from autonomous_cicd.domain.event import Event
from autonomous_cicd.domain.incident import Incident
from autonomous_cicd.journeys.consent import obeyed
from autonomous_cicd.journeys.practice import Practice
from autonomous_cicd.journeys.proposal import closed_by_somebody, dismissed, watched
from autonomous_cicd.journeys.red_run import RedRun
from autonomous_cicd.journeys.relief import relieved

__all__ = ["answered"]


async def answered(practice: Practice, event: Event) -> str:
    """Do what follows from an event, and return in one sentence what that was."""
    if event.branch.startswith(BRANCHES) and event.name != "pull_request":
        return await watched(practice, event.repository, event.branch, event.commit)
    match event.name:
        case "workflow_run":
            return await _run_ended(practice, event)
        case "issue_comment":
            return await obeyed(practice, event)
        case "pull_request":
            if event.action != "closed":
                return "nothing follows from it"
            return await closed_by_somebody(practice, event.repository, event.number, merged=event.merged)
        case "issues":
            return dismissed(practice, event.repository, event.number)
        case _:
            return "nothing follows from it"


async def _run_ended(practice: Practice, event: Event) -> str:
    """Look at a run as the host tells of it now: the event may be old, or not true."""
    run = await practice.host.run(event.repository, event.run)
    if run.branch.startswith(BRANCHES):
        return await watched(practice, run.repository, run.branch, run.commit)
    if run.conclusion == "success":
        return await relieved(practice, run)
    if not run.failed:
        return f"run {run.id} is {run.conclusion or run.status} by now"
    return _told(await RedRun(practice, run).handled())


def _told(incidents: Sequence[Incident]) -> str:
    each = [f"incident {one.id} is {one.state.value}: {one.history[-1].what}" for one in incidents]
    return "; ".join(each) or "nothing was found"
