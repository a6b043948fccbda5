"""A green run at the host: what of ours stands there because of a cause that is gone is closed."""

from __future__ import annotations

import functools
from dataclasses import replace

from autonomous_cicd.domain.code_host import HostedRun
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.journeys.practice import Practice
from autonomous_cicd.services.deliver_at_host import GONE
from autonomous_cicd.services.proposal_text import closing_text

__all__ = ["relieved"]


async def relieved(practice: Practice, run: HostedRun) -> str:
    """Close what a green run shows to be gone, and return what that was."""
    gone = [one for one in practice.book.incidents(run.repository, 500) if _is_gone(one, run)]
    closed: list[str] = []
    for incident in gone:
        place = incident.at_host
        assert place is not None
        words = functools.partial(_words, practice, incident, run.id)
        if place.pull_request:
            await practice.deliver.close_pull_request(run.repository, place.pull_request, words)
            closed.append(f"pull request {place.pull_request}")
        if place.issue:
            await practice.deliver.close_issue(run.repository, place.issue, f"{GONE}{run.id}", words)
            closed.append(f"issue {place.issue}")
        told = replace(incident, at_host=replace(place, gone=run.id))
        practice.book.save(told.at(practice.app.clock.now(), State.RESOLVED, f"gone: green in run {run.id}"))
    if not gone:
        return "nothing of ours was waiting for it"
    return f"gone in run {run.id}: {', '.join(dict.fromkeys(closed)) or 'nothing stood at the host'}"


def _is_gone(incident: Incident, run: HostedRun) -> bool:
    """Whether an incident is about the same workflow on the same branch, and was seen before this run."""
    place = incident.at_host
    if place is None or place.gone or run.foreign:
        return False
    later = run.id > place.run or (run.id == place.run and run.attempt > place.attempt)
    return later and (place.workflow, place.branch) == (run.path, run.branch)


def _words(practice: Practice, incident: Incident, green: int, key: str) -> str:
    return closing_text(incident, practice.pen, key=key, green=green)
