"""Look back: what became of our changes in a project's history, so that what was undone counts as wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from autonomous_cicd.casebook import Casebook
from autonomous_cicd.cases import Past
from autonomous_cicd.domain.change import Commit
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.undone import takes_back, takes_over
from autonomous_cicd.errors import PortError, UsageError

__all__ = ["look_back", "undone"]

COMMITS = 200
INCIDENTS = 200
SECONDS = 90 * 24 * 3600.0
"""How long after a change somebody's undoing it says that it was wrong."""


def look_back(casebook: Casebook, project: str, past: Past, now: float) -> None:
    """Note whether a project's history has the changes that we delivered, and whether they were undone."""
    open_ones = [one for one in casebook.incidents(project, INCIDENTS) if _open(one, now)]
    if not open_ones:
        return
    try:
        commits = past.commits(COMMITS)
    except PortError:
        return  # what cannot be looked at is not known
    patch_of = lru_cache(maxsize=COMMITS)(lambda commit: _patch_of(past, commit))
    for incident in open_ones:
        found = _fate(incident, commits, patch_of)
        if found == incident:
            continue
        if found.undone:
            undone(casebook, found, f"{found.undone[:12]} undid it", now)
        else:
            casebook.save(found)


def undone(casebook: Casebook, incident: Incident, why: str, now: float) -> Incident:
    """Note that a change of ours was undone: its remedies were wrong."""
    told = incident.at(now, incident.state, why)
    casebook.save(told)
    remedies = {one.remedy for one in incident.attempts if one.success}
    if incident.failure:
        for remedy in sorted(remedies):
            casebook.undo(remedy, incident.failure.category)
    return told


def _open(incident: Incident, now: float) -> bool:
    delivery = incident.delivery
    left = bool(delivery and delivery.done) or incident.at_host is not None
    recent = now - incident.ended < SECONDS
    return (
        incident.state is State.RESOLVED and bool(incident.patch) and left and recent and not incident.undone
    )


def _fate(incident: Incident, commits: tuple[Commit, ...], patch_of: Callable[[str], Patch]) -> Incident:
    """Return an incident with the commits that took its change over, and back."""
    names = set(incident.patch.files)
    taken = incident.taken
    for commit in reversed(commits):
        if not names.issubset(commit.files):
            continue
        patch = patch_of(commit.id)
        if taken and taken != commit.id and takes_back(patch, incident.patch, commit.subject):
            return replace(incident, taken=taken, undone=commit.id)
        if not taken and takes_over(patch, incident.patch):
            taken = commit.id
    return replace(incident, taken=taken)


def _patch_of(past: Past, commit: str) -> Patch:
    try:
        return past.patch_of(commit)
    except (PortError, UsageError):
        return Patch()
