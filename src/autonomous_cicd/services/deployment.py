"""Deployment: what a person may approve."""

from __future__ import annotations

from autonomous_cicd.domain.checkout import Checkout
from autonomous_cicd.errors import UsageError
from autonomous_cicd.services.plan import Planned

__all__ = ["approvable"]


def approvable(checkout: Checkout, planned: Planned, environment: str, commit: str) -> None:
    """Refuse an approval that means nothing: of another commit, or for an unknown environment."""
    if not checkout.commit:
        raise UsageError(
            f"{checkout.root} has no commit that could be approved", hint="commit what is to be deployed"
        )
    if not checkout.commit.startswith(commit):
        hint = f"checked out is {checkout.commit[:12]}"
        raise UsageError(f"{commit} is not what is checked out in {checkout.root}", hint=hint)
    known = sorted({task.approval for task in planned.pipeline.tasks if task.approval})
    if environment not in known:
        hint = f"it deploys to: {', '.join(known)}" if known else "describe it under `deploy: command:`"
        raise UsageError(f"nothing is deployed to {environment!r}", hint=hint)
