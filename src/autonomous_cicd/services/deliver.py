"""Deliver: the only one who leaves anything outside: a branch, a patch file, a changed working tree."""

from __future__ import annotations

from collections.abc import Sequence

from autonomous_cicd.domain.incident import Delivery, Incident
from autonomous_cicd.domain.inert import commit_line
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.errors import Conflict, PortError, UsageError
from autonomous_cicd.outward import WorkingCopies
from autonomous_cicd.ports import Checkout

__all__ = ["branch_name", "deliver"]

SUBJECT = 72
"""Characters of a commit's first line."""


def deliver(
    outside: WorkingCopies, checkout: Checkout, patch: Patch, incidents: Sequence[Incident], *, apply: bool
) -> Delivery:
    """Leave a proven change as a patch file, and as a branch or, when that is wished, in the working tree.

    It is named after the first of the incidents that it heals. What cannot be done is told in the delivery;
    nothing is done by halves.
    """
    place = str(outside.file(f"{incidents[0].id}.patch", patch.diff()))
    if apply:
        try:
            outside.apply(checkout, patch)
        except (Conflict, PortError, UsageError) as error:
            return Delivery(patch_file=place, note=_said(error))
        return Delivery(patch_file=place, applied=True)
    if not checkout.commit:
        return Delivery(patch_file=place)  # there is nothing that a branch could start from
    try:
        name = outside.branch(checkout, patch, branch_name(incidents[0]), _message(incidents))
    except (Conflict, PortError, UsageError) as error:
        return Delivery(patch_file=place, note=_said(error))
    return Delivery(branch=name, patch_file=place)


def branch_name(incident: Incident) -> str:
    """Return the name of the branch for a cause: always the same one, unless somebody holds it."""
    return f"autonomous-cicd/{incident.fingerprint}"


def _message(incidents: Sequence[Incident]) -> str:
    """Return what a commit says: what it heals, and of each cause why it helps."""
    tasks = ", ".join(dict.fromkeys(commit_line(one.task) for one in incidents))
    parts = [commit_line(f"Heal {tasks}", SUBJECT)]
    for one in incidents:
        why = commit_line(one.attempts[-1].summary).rstrip(".") if one.attempts else "It is healed"
        cause = commit_line(one.failure.message) if one.failure else "it was red"
        parts.append(f"{why[:1].upper()}{why[1:]}.\n\n{commit_line(one.task)} failed: {cause}")
    return "\n\n".join(parts) + "\n"


def _said(error: Exception) -> str:
    hint = getattr(error, "hint", "")
    return f"{error} ({hint})" if hint else str(error)
