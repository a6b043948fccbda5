"""Relocking: the lock files of JavaScript that belong to a change of manifests, made by their own tools."""

from __future__ import annotations

from autonomous_cicd.cases import Case, Tried
from autonomous_cicd.domain.node_locks import lock_above, locks_in, remake
from autonomous_cicd.domain.node_manifest import manifests
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.values import dataclass

__all__ = ["Relocked", "relocked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relocked:
    """What came of it."""

    patch: Patch | None
    """The change with its lock files; None when a tool refused it."""
    refused: Tried | None = None
    """What the tool said then."""


async def relocked(case: Case, patch: Patch, *, manager: str = "") -> Relocked:
    """Return a change of manifests with the lock files that those are locked in."""
    names = case.files.names
    known = manifests(names, case.files.read)
    texts = locks_in(names, case.files.read)
    changed = [one for one in known if one.file in patch.files]
    locks = {lock.file: lock for one in changed if (lock := lock_above(one.folder, names, texts))}
    said = next((one.manager for one in known if one.manager), manager)
    changes = list(patch)
    for lock in locks.values():
        tried = await case.bench.execute(*remake(lock, said), patch=patch, folder=lock.folder)
        if not tried.green:
            return Relocked(patch=None, refused=tried)
        after = next((one.after for one in tried.changed if one.name == lock.file), None)
        if after is not None:
            changes.append(case.edit(lock.file, after))
    return Relocked(patch=Patch.of(changes))
