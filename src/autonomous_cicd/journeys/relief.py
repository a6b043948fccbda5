"""A green run at the host: what of ours stands there because of a cause that is gone is closed."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Sequence
from dataclasses import replace

from autonomous_cicd.domain.code_host import HostedJob, HostedRun
from autonomous_cicd.domain.decision import Autonomy
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.errors import NotFound
from autonomous_cicd.journeys.practice import Practice
from autonomous_cicd.services.deliver_at_host import GONE
from autonomous_cicd.services.proposal_text import closing_text

__all__ = ["passed_in", "relieved"]


async def relieved(practice: Practice, run: HostedRun) -> str:
    """Close what a green run shows to be gone, and return what that was."""
    every = practice.seen(run.repository)
    earlier = [one for one in every if _is_gone(one, run)]
    jobs = await practice.host.jobs(run.repository, run.id) if earlier else ()
    gone = [one for one in earlier if passed_in(one, jobs)]
    ids = {one.id for one in gone}
    wanted = {one.at_host.issue for one in every if one.at_host and one.id not in ids and _is_open(one)}
    proposed = {
        one.at_host.pull_request: one.at_host.proposed
        for one in every
        if one.at_host and one.at_host.proposed
    }
    may = practice.autonomy is not Autonomy.OBSERVE
    closed: list[str] = []
    for incident in gone:
        place = incident.at_host
        assert place is not None
        words = functools.partial(_words, practice, incident, run.id)
        deliver, number = practice.deliver, place.pull_request
        if may and number:
            commit = proposed.get(number, "")
            with contextlib.suppress(NotFound):
                if await deliver.close_pull_request(run.repository, number, words, proposed=commit):
                    closed.append(f"pull request {number}")
        if may and place.issue and place.issue not in wanted:
            with contextlib.suppress(NotFound):
                if await deliver.close_issue(run.repository, place.issue, f"{GONE}{run.id}", words):
                    closed.append(f"issue {place.issue}")
        told = replace(incident, at_host=replace(place, gone=run.id))
        practice.book.save(told.at(practice.app.clock.now(), State.RESOLVED, f"gone: green in run {run.id}"))
    if not gone:
        return "nothing of ours was waiting for it"
    return f"gone in run {run.id}: {', '.join(dict.fromkeys(closed)) or 'nothing stood at the host'}"


def passed_in(incident: Incident, jobs: Sequence[HostedJob]) -> bool:
    """Return whether what failed has passed, of the jobs of a green run, and was not just left out.

    A job that the workflow has no more can fail no more.
    """
    failed = f", {incident.at_host.job if incident.at_host else ''}, "
    return all(one.conclusion == "success" for one in jobs if f", {one.name}, " in failed)


def _is_open(incident: Incident) -> bool:
    """Whether a cause is still there, as far as anybody knows."""
    return incident.state in (State.ESCALATED, State.WAITING) and not (
        incident.at_host and incident.at_host.gone
    )


def _is_gone(incident: Incident, run: HostedRun) -> bool:
    """Whether an incident is about the same workflow on the same branch, and was seen before this run."""
    place = incident.at_host
    if place is None or place.gone or run.foreign:
        return False
    later = run.id > place.run or (run.id == place.run and run.attempt > place.attempt)
    return later and (place.workflow, place.branch) == (run.path, run.branch)


def _words(practice: Practice, incident: Incident, green: int, key: str) -> str:
    return closing_text(incident, practice.pen, key=key, green=green)
