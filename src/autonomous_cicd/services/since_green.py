"""Since green: what changed in a project since its last green run."""

from __future__ import annotations

from pathlib import Path

from autonomous_cicd.domain.change import Changes
from autonomous_cicd.domain.run import RunStatus
from autonomous_cicd.errors import PortError, UsageError
from autonomous_cicd.ports import History, Store

__all__ = ["last_green", "since_green"]

LOOKED = 100
"""Runs of the past among which the last green one is looked for."""


def since_green(store: Store, history: History, project: Path, since: str = "") -> Changes | None:
    """Return what changed since a commit, the uncommitted work included.

    Without a commit it is that of the last run that passed with everything committed; None when there is no
    such run, or its commit is not there any more. Raises UsageError for a commit that is named and not there.
    """
    root = project.resolve()
    commit = since or last_green(store, str(root))
    if not commit:
        return None
    try:
        return history.between(root, commit).and_then(history.uncommitted(root))
    except (PortError, UsageError) as error:
        if not since:
            return None
        raise UsageError(f"--since {since}: {error}", hint=error.hint) from None


def last_green(store: Store, project: str) -> str:
    """Return the commit of the last run that passed with everything committed; "" without any."""
    runs = store.runs(project, LOOKED)
    green = (run for run in runs if run.status is RunStatus.PASSED and run.commit and not run.dirty)
    return next((run.commit for run in green), "")
