"""Endpoints: what each of them answers. They translate: what is asked is done by the App's own parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from autonomous_cicd import __version__
from autonomous_cicd.domain.delivery import Progress
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.domain.kpis import kpis
from autonomous_cicd.errors import Conflict, DocumentError, NotFound, UsageError
from autonomous_cicd.plugins import remedy
from autonomous_cicd.values import dataclass
from autonomous_cicd.web.office import Journeys, Office
from autonomous_cicd.web.views import (
    audit_view,
    incident_view,
    kpis_view,
    remedy_views,
    run_view,
    short_incident_view,
)

__all__ = [
    "Asked",
    "approvals",
    "approve",
    "audit",
    "cancel_run",
    "health",
    "incident",
    "incidents",
    "metrics",
    "reject",
    "remedies",
    "retry_run",
    "run",
    "runs",
    "set_stop",
    "stop",
]

ALL = 5_000
"""Incidents that are looked through at most."""
LONGEST = 250
"""Characters of an id."""
DIFF = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, checked against the table of endpoints."""

    id: str
    query: Mapping[str, Any]
    body: Mapping[str, Any]


def runs(office: Office, asked: Asked) -> dict[str, Any]:
    """Return deliveries, the newest first."""
    limit = asked.query["limit"]
    status = asked.query.get("status")
    found = office.inbox.deliveries(
        progress=Progress(status) if status else None,
        repository=asked.query.get("repository", ""),
        before=asked.query.get("cursor", 0),
        limit=limit + 1,
    )
    more = len(found) > limit
    return {
        "runs": [run_view(one) for one in found[:limit]],
        "next": found[limit - 1].position if more else None,
    }


def run(office: Office, asked: Asked) -> dict[str, Any]:
    """Return one delivery."""
    return run_view(office.inbox.delivery(_id(asked)))


def retry_run(office: Office, asked: Asked) -> dict[str, Any]:
    """Have a delivery worked on again."""
    known = office.inbox.delivery(_id(asked))
    if not office.inbox.retry(known.id, office.now()):
        raise Conflict(f"it cannot be worked on again: it is {known.progress.value}")
    office.nudge(known.id)
    return run_view(office.inbox.delivery(known.id))


def cancel_run(office: Office, asked: Asked) -> dict[str, Any]:
    """End a delivery."""
    known = office.inbox.delivery(_id(asked))
    if not office.inbox.cancel(known.id, office.now()):
        raise Conflict(f"it cannot be ended: it is {known.progress.value}")
    office.nudge(known.id)
    return run_view(office.inbox.delivery(known.id))


def incidents(office: Office, asked: Asked) -> dict[str, Any]:
    """Return incidents, the newest first."""
    state = asked.query.get("state")
    found = office.book.incidents(asked.query.get("project", ""), ALL)
    wanted = [one for one in found if state in (None, one.state.value)]
    page, more = _page(wanted, asked)
    return {"incidents": [short_incident_view(one) for one in page], "next": more}


def incident(office: Office, asked: Asked) -> dict[str, Any]:
    """Return one incident with its whole history."""
    return incident_view(office.book.incident(_id(asked)))


def approvals(office: Office, asked: Asked) -> dict[str, Any]:
    """Return the incidents whose change waits for a person."""
    waiting = [one for one in office.book.incidents("", ALL) if one.state is State.WAITING]
    page, more = _page(waiting, asked)
    return {"approvals": [incident_view(one) for one in page], "next": more}


def approve(office: Office, asked: Asked) -> dict[str, Any]:
    """Agree to a change; it is delivered."""
    diff = asked.body["diff"]
    if not DIFF.fullmatch(diff):
        raise DocumentError("`diff` is not the whole id of a diff", hint="it has 64 hexadecimal digits")
    known = _waiting(office, asked)
    if known.patch.id != diff:
        raise Conflict("that is not the diff that waits for approval", hint=f"waiting is {known.patch.id}")
    return _as_conflict(office, lambda journeys: journeys.approve(known.id, diff))


def reject(office: Office, asked: Asked) -> dict[str, Any]:
    """Refuse a change; its incident is dismissed."""
    known = _waiting(office, asked)
    why = asked.body.get("why", "")
    return _as_conflict(office, lambda journeys: journeys.reject(known.id, why))


def audit(office: Office, asked: Asked) -> dict[str, Any]:
    """Return the newest lines of the audit trail, the newest first."""
    return {"audit": [audit_view(one) for one in office.book.audit(asked.query["limit"])]}


def remedies(office: Office, asked: Asked) -> dict[str, Any]:
    """Return the remedies, and how often each helped."""
    return {"remedies": remedy_views(remedy.all(), office.book.records())}


def metrics(office: Office, asked: Asked) -> dict[str, Any]:
    """Return how well healing does, and how much is to be done."""
    counts = office.inbox.counts()
    known = kpis(office.book.incidents("", ALL))
    return {"healing": kpis_view(known), "runs": {one.value: counts[one] for one in Progress}}


def health(office: Office, asked: Asked) -> dict[str, Any]:
    """Return how the server is."""
    counts = office.inbox.counts()
    settings = office.app.settings
    return {
        "status": "ok" if office.works else "starting",
        "version": __version__,
        "stopped": office.desk.switch.exists(),
        "autonomy": settings.autonomy.value,
        "webhooks": bool(settings.integrations.github.webhook_secret)
        and settings.integrations.github.enable_webhooks,
        "waiting": counts[Progress.WAITING],
        "working": counts[Progress.WORKING],
    }


def stop(office: Office, asked: Asked) -> dict[str, Any]:
    """Return whether all acting is stopped."""
    return {"stopped": office.desk.switch.exists()}


def set_stop(office: Office, asked: Asked) -> dict[str, Any]:
    """Stop all acting, or let it go on."""
    not_noted = office.desk.stop(off=not asked.body["stopped"])
    told = {"stopped": office.desk.switch.exists()}
    return {**told, "not_noted": not_noted} if not_noted else told


def _id(asked: Asked) -> str:
    if len(asked.id) > LONGEST:
        raise NotFound("there is nothing with so long an id")
    return asked.id


def _waiting(office: Office, asked: Asked) -> Incident:
    known = office.book.incident(_id(asked))
    if known.state is not State.WAITING:
        raise Conflict(f"incident {known.id} waits for nobody: it is {known.state.value}")
    return known


def _as_conflict(office: Office, what: Callable[[Journeys], Coroutine[Any, Any, Incident]]) -> dict[str, Any]:
    """Return the incident after something was done; what cannot be done is a conflict with how it is."""
    try:
        done = office.wait_for(what)
    except UsageError as error:
        raise Conflict(str(error), hint=error.hint) from error
    return incident_view(done)


def _page(found: Sequence[Incident], asked: Asked) -> tuple[Sequence[Incident], str | None]:
    """Return a page of incidents, and the cursor of the next one."""
    cursor, limit = asked.query.get("cursor", ""), asked.query["limit"]
    ids = [one.id for one in found]
    if cursor and cursor not in ids:
        raise DocumentError("`cursor` is not of this list")
    first = ids.index(cursor) + 1 if cursor else 0
    page = found[first : first + limit]
    return page, page[-1].id if first + limit < len(found) else None
