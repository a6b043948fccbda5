"""Approvals: a person agrees to a change that waits, wherever it was proven."""

from __future__ import annotations

import asyncio

from autonomous_cicd.app import App
from autonomous_cicd.desk import Desk
from autonomous_cicd.errors import UsageError
from autonomous_cicd.journeys.consent import SHORTEST, agreed
from autonomous_cicd.journeys.opened import open_practice

__all__ = ["approve"]


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
        return await agreed(practice, incident, diff, who)
