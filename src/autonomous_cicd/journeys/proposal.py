"""A pull request of ours: what the host's own checks say of it, and what people did with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autonomous_cicd.domain.at_host import fingerprint_of
from autonomous_cicd.domain.code_host import RED
from autonomous_cicd.domain.decision import Autonomy
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.domain.notice import Notice, NotificationType
from autonomous_cicd.journeys.practice import Practice
from autonomous_cicd.journeys.red_run import RedRun
from autonomous_cicd.journeys.relief import passed_in
from autonomous_cicd.services.proposal_text import comment_text

__all__ = ["closed_by_somebody", "dismissed", "watched"]

GOOD = frozenset({"success", "neutral", "skipped"})
MOST = 100
ACTIONS = "github-actions"
"""Whose checks are the jobs of the runs that are looked at."""
_OPEN = (State.ESCALATED, State.WAITING)


async def watched(practice: Practice, repository: str, branch: str, commit: str) -> str:
    """See what the host's own checks say of a commit that we proposed, and do what follows from it.

    Green: it is verified there as well. Red: that was an attempt, and the next is made, as long as any are
    left.
    """
    known = practice.seen(repository) if commit and fingerprint_of(branch) else ()
    ours = [one for one in known if one.at_host and one.at_host.proposed == commit]
    if not ours:
        return f"{commit[:12]} is no commit whose checks are waited for"
    state = await _state(practice, repository, commit, ours)
    if not state:
        return f"the checks of {commit[:12]} have not ended"
    number = ours[0].at_host.pull_request if ours[0].at_host else 0
    if state == "green":
        if all(one.at_host and one.at_host.checked == "green" for one in ours):
            return f"pull request {number} is verified at the host already"
        await _green(practice, ours, number)
        return f"pull request {number} is verified at the host"
    return await _red(practice, ours, number)


async def closed_by_somebody(practice: Practice, repository: str, number: int, *, merged: bool) -> str:
    """Note that a pull request of ours was merged, or closed without that."""
    found = practice.seen(repository)
    ours = [one for one in found if one.at_host and one.at_host.pull_request == number]
    now = practice.app.clock.now()
    if merged:
        for one in ours:
            practice.book.save(one.at(now, State.RESOLVED, f"pull request {number} was merged"))
        return f"pull request {number} was merged"
    for one in ours:
        if one.at_host and not one.at_host.gone and one.state is State.RESOLVED:
            practice.book.save(one.at(now, State.DISMISSED, f"a person closed pull request {number}"))
    return f"pull request {number} was closed"


def dismissed(practice: Practice, repository: str, number: int) -> str:
    """Note that a person closed an issue of ours: nothing more is said about its causes."""
    now = practice.app.clock.now()
    for one in practice.seen(repository):
        if one.at_host and one.at_host.issue == number and not one.at_host.gone and one.state in _OPEN:
            practice.book.save(one.at(now, State.DISMISSED, f"a person closed issue {number}"))
    return f"issue {number} was closed"


async def _state(practice: Practice, repository: str, commit: str, ours: Sequence[Incident]) -> str:
    """Return `green` or `red`; "" as long as something has not ended, or what failed has not passed."""
    # A fork may have the same commit: what runs there, without secrets, says nothing of ours.
    runs = [one for one in await practice.host.runs(repository, commit=commit, limit=MOST) if not one.foreign]
    checks = await practice.host.checks(repository, commit)
    ended = [(one.status, one.conclusion) for one in runs]
    ended += [(one.status, one.conclusion) for one in checks if one.app != ACTIONS]
    if any(conclusion in RED for _, conclusion in ended):
        return "red"
    if not ended or any(status != "completed" for status, _ in ended):
        return ""
    if any(conclusion not in GOOD for _, conclusion in ended):
        return ""
    newest = {one.path: one for one in sorted(runs, key=lambda one: one.id)}
    for path in {one.at_host.workflow for one in ours if one.at_host}:
        run = newest.get(path)
        if run is None or run.conclusion != "success":
            return ""
        jobs = await practice.host.jobs(repository, run.id)
        failed = (one for one in ours if one.at_host and one.at_host.workflow == path)
        if not all(passed_in(one, jobs) for one in failed):
            return ""
    return "green"


async def _green(practice: Practice, ours: Sequence[Incident], number: int) -> None:
    told = [
        _checked(practice, one, "green", "verified at the host: its own checks are green") for one in ours
    ]
    await _say(practice, told[0], number, "The host's own checks of this change are green.")
    await practice.tell(_notice(told[0], number))


async def _red(practice: Practice, ours: Sequence[Incident], number: int) -> str:
    """Count it as an attempt, and make the next."""
    most = practice.app.settings.self_healing.max_healing_attempts
    told = []
    for one in ours:
        assert one.at_host is not None
        refused = tuple(dict.fromkeys((*one.at_host.refused, one.patch.id)))
        place = replace(one.at_host, refused=refused)
        told.append(
            _checked(practice, replace(one, at_host=place), "red", "red at the host: it does not help")
        )
    first = told[0]
    assert first.at_host is not None
    commit = first.at_host.proposed
    tried = len(first.at_host.refused)
    if tried >= most:
        await _say(practice, first, number, f"Red at the host as well, after {tried} attempts: we stop here.")
        _given_up(practice, told, f"{tried} attempts were red")
        return f"pull request {number} is red at the host: {tried} attempts, no more are made"
    await _say(practice, first, number, "The host's own checks of this change are red: another one is tried.")
    run = await practice.host.run(first.project, first.at_host.run)
    after = await RedRun(practice, run).handled(again=True)
    still = any(one.at_host and one.at_host.proposed not in ("", commit) for one in after)
    if not still and practice.autonomy is not Autonomy.OBSERVE:
        await practice.deliver.close_pull_request(
            first.project,
            number,
            lambda key: comment_text(first, practice.pen, key=key, news="It is red at the host: closed."),
            proposed=commit,
        )
    _given_up(practice, told, "red at the host, and no other change was found")
    found = "another change" if still else "nothing else"
    return f"pull request {number} was red at the host: {found} was found"


def _given_up(practice: Practice, told: Sequence[Incident], why: str) -> None:
    """Wait for the checks of a commit no longer: what followed from them is done."""
    for one in told:
        left = practice.book.incident(one.id)
        assert left.at_host is not None
        assert one.at_host is not None
        if left.at_host.proposed != one.at_host.proposed:
            continue
        after = replace(left, at_host=replace(left.at_host, proposed=""))
        if left.state is State.RESOLVED:
            after = after.at(practice.app.clock.now(), State.ESCALATED, why)
        practice.book.save(after)


def _checked(practice: Practice, incident: Incident, state: str, what: str) -> Incident:
    assert incident.at_host is not None
    told = replace(incident, at_host=replace(incident.at_host, checked=state))
    told = told.at(practice.app.clock.now(), told.state, what)
    practice.book.save(told)
    return told


async def _say(practice: Practice, incident: Incident, number: int, news: str) -> None:
    if practice.autonomy is Autonomy.OBSERVE:
        return
    assert incident.at_host is not None
    key = f"checked:{incident.at_host.proposed[:12]}:{incident.at_host.checked}"
    await practice.deliver.say(
        incident.project, number, key, comment_text(incident, practice.pen, key=key, news=news)
    )


def _notice(incident: Incident, number: int) -> Notice:
    return Notice(
        type=NotificationType.FIX_APPLIED,
        title=f"{incident.project}: {incident.task}",
        message=f"pull request {number} is verified at the host",
        key=f"{incident.id}:green",
        repository=incident.project,
    )
