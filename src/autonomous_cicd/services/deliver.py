"""Deliver: the only one who leaves anything outside: a branch, a patch file, a changed working tree."""

from __future__ import annotations

from autonomous_cicd.domain.incident import Delivery, Incident
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.errors import Conflict, PortError, UsageError
from autonomous_cicd.outward import WorkingCopies
from autonomous_cicd.ports import Checkout

__all__ = ["branch_name", "deliver"]


def deliver(
    outside: WorkingCopies, checkout: Checkout, patch: Patch, incident: Incident, *, apply: bool
) -> Delivery:
    """Leave a proven change as a patch file, and as a branch or, when that is wished, in the working tree.

    What of it cannot be done is told in the delivery; nothing is done by halves.
    """
    place = str(outside.file(f"{incident.id}.patch", patch.diff()))
    if apply:
        try:
            outside.apply(checkout, patch)
        except (Conflict, PortError, UsageError) as error:
            return Delivery(patch_file=place, note=_said(error))
        return Delivery(patch_file=place, applied=True)
    if not checkout.commit:
        return Delivery(patch_file=place)  # there is nothing that a branch could start from
    try:
        name = outside.branch(checkout, patch, branch_name(incident), _message(incident))
    except (Conflict, PortError, UsageError) as error:
        return Delivery(patch_file=place, note=_said(error))
    return Delivery(branch=name, patch_file=place)


def branch_name(incident: Incident) -> str:
    """Return the name of the branch for a cause: always the same one, unless somebody holds it."""
    return f"autonomous-cicd/{incident.fingerprint}"


def _message(incident: Incident) -> str:
    last = incident.attempts[-1] if incident.attempts else None
    subject = last.summary.rstrip(".") if last else f"Heal {incident.task}"
    cause = incident.failure.message if incident.failure else ""
    return f"{subject[:1].upper()}{subject[1:]}\n\n{incident.task} failed: {cause}\n"


def _said(error: Exception) -> str:
    hint = getattr(error, "hint", "")
    return f"{error} ({hint})" if hint else str(error)
