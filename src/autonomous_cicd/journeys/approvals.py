"""Approvals: a person agrees to a waiting change, or refuses it, wherever the change was proven."""

from __future__ import annotations

import asyncio

from autonomous_cicd.app import App
from autonomous_cicd.desk import Desk
from autonomous_cicd.domain.incident import Incident
from autonomous_cicd.errors import UsageError
from autonomous_cicd.journeys.consent import SHORTEST, approved, rejected
from autonomous_cicd.journeys.opened import open_practice

__all__ = ["approve", "reject"]


async def approve(app: App, id: str, diff: str, who: str) -> str:
    """Have a change done that waits for approval, and return in one sentence what came of it.

    `diff`: the id of the change, at least its beginning. Raises NotFound, and UsageError when nothing waits
    or something else than that.
    """
    desk = Desk(app)
    incident = desk.casebook.incident(id)
    if len(diff) < SHORTEST:
        hint = f"waiting is {incident.patch.id[:SHORTEST]}: `autonomous-cicd show {incident.id}` prints it"
        raise UsageError("an approval has to name the change", hint=hint)
    if incident.at_host is None:
        after, delivery = await asyncio.to_thread(desk.approve, id, diff, apply=False)
        return (
            delivery.note
            or f"the change of incident {after.id} is in {delivery.branch or delivery.patch_file}"
        )
    async with open_practice(app, stop=asyncio.Event()) as practice:
        return await approved(practice, [incident], diff, who)


async def reject(app: App, id: str, why: str, who: str) -> str:
    """Dismiss a change that waits for approval. Raises NotFound, and UsageError when nothing waits."""
    desk = Desk(app)
    incident = desk.casebook.incident(id)
    if incident.at_host is None:
        return f"incident {desk.reject(id, why).id} is dismissed"
    async with open_practice(app, stop=asyncio.Event()) as practice:
        return rejected(practice, _together(desk, incident), who)


def _together(desk: Desk, incident: Incident) -> list[Incident]:
    """Return an incident with those that wait for the same change."""
    others = desk.casebook.incidents(incident.project, 500)
    return [one for one in others if one.patch == incident.patch]
