"""A run that is about to begin."""

from __future__ import annotations

import secrets
import time
from pathlib import Path

from autonomous_cicd.domain.checkout import Checkout
from autonomous_cicd.domain.run import Run, RunStatus
from autonomous_cicd.services.plan import Planned

__all__ = ["new_run"]


def new_run(checkout: Checkout, planned: Planned, project: Path, now: float) -> Run:
    """Return the run of what was planned for a checkout of a project."""
    return Run(
        id=f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(now))}-{secrets.token_hex(3)}",
        project=str(project),
        pipeline=planned.pipeline.id,
        source=planned.pipeline.source.value,
        status=RunStatus.RUNNING,
        commit=checkout.commit,
        branch=checkout.branch,
        dirty=checkout.dirty,
        started=now,
        skipped=planned.pipeline.skipped,
    )
