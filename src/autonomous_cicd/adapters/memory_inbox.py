"""Inbox: in memory, for tests and dry runs."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

from autonomous_cicd.adapters.inbox import NOTHING_FOLLOWS, OUTCOME, unknown_delivery
from autonomous_cicd.domain.delivery import Delivered, Lease, Progress, Received
from autonomous_cicd.values import dataclass

__all__ = ["MemoryInbox"]


@dataclass(slots=True)
class _Kept:
    told: Delivered
    owner: str = ""
    fence: int = 0
    expires: float = 0.0
    cancelled: bool = False


class MemoryInbox:
    """An inbox as long as the process lives. Implements `Inbox`."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._looks: dict[str, float] = {}
        self._lock = threading.RLock()

    def receive(self, deliveries: Sequence[Received]) -> int:
        """Keep deliveries; return how many were new."""
        with self._lock:
            before = len(self._kept)
            for one in deliveries:
                if one.id not in self._kept:
                    self._kept[one.id] = _Kept(_told(one, len(self._kept) + 1))
            return len(self._kept) - before

    def lease(self, owner: str, now: float, seconds: float) -> Lease | None:
        """Take the oldest delivery that is due and that nobody works on; None when there is none."""
        with self._lock:
            for one in self._working():
                if one.expires < now:
                    _give_back(one)
            busy = {one.told.key for one in self._working()}
            waiting = [one for one in self._kept.values() if one.told.progress is Progress.WAITING]
            due = [one for one in waiting if one.told.due <= now and one.told.key not in busy]
            if not due:
                return None
            first = min(due, key=lambda one: (one.told.due, one.told.position))
            first.owner, first.fence, first.expires = owner, first.fence + 1, now + seconds
            first.told = replace(first.told, progress=Progress.WORKING, tries=first.told.tries + 1)
            told = first.told
            return Lease(id=told.id, event=told.event, owner=owner, fence=first.fence, tries=told.tries)

    def beat(self, lease: Lease, until: float) -> bool:
        """Keep a lease until then; False when it is ours no more, or somebody asked for it to be ended."""
        with self._lock:
            found = self._held(lease)
            if found is None or found.cancelled:
                return False
            found.expires = until
            return True

    def end(self, lease: Lease, progress: Progress, outcome: str, now: float) -> bool:
        """Note what came of a delivery; False when the lease is ours no more, and nothing is noted."""
        with self._lock:
            found = self._held(lease)
            if found is not None:
                found.owner = ""
                found.told = replace(found.told, progress=progress, outcome=outcome[:OUTCOME], ended=now)
            return found is not None

    def again(self, lease: Lease, due: float, why: str) -> bool:
        """Give a delivery back, to be worked on later; False when the lease is ours no more."""
        with self._lock:
            found = self._held(lease)
            if found is not None:
                found.told = replace(found.told, due=due, outcome=why[:OUTCOME])
                _give_back(found)
            return found is not None

    def free(self, owner: str) -> int:
        """Give back whatever this owner held; return how much that was."""
        with self._lock:
            held = [one for one in self._working() if one.owner == owner]
            for one in held:
                _give_back(one)
            return len(held)

    def delivery(self, id: str) -> Delivered:
        """Return a delivery by the beginning of its id. Raises NotFound."""
        with self._lock:
            return self._find(id).told

    def deliveries(
        self, *, progress: Progress | None = None, repository: str = "", before: int = 0, limit: int = 50
    ) -> tuple[Delivered, ...]:
        """Return the newest deliveries that match, the newest first; `before`: position to go on from."""
        with self._lock:
            found = [one.told for one in reversed(self._kept.values())]
        wanted = [
            one
            for one in found
            if progress in (None, one.progress)
            and repository.lower() in ("", one.event.repository.lower())
            and (not before or one.position < before)
        ]
        return tuple(wanted[: max(0, limit)])

    def known(self, ids: Sequence[str]) -> frozenset[str]:
        """Return which of these ids are there."""
        with self._lock:
            return frozenset(one for one in ids if one in self._kept)

    def looked(self, repository: str) -> float:
        """Return when the host last told what we missed of a repository; 0 when it never did."""
        return self._looks.get(repository.lower(), 0.0)

    def look(self, repository: str, at: float) -> None:
        """Note that the host told everything that we missed of a repository until then."""
        self._looks[repository.lower()] = at

    def retry(self, id: str, now: float) -> bool:
        """Have a delivery worked on again; False when somebody works on it, it waits, or nothing follows."""
        with self._lock:
            found = self._find(id)
            told = found.told
            if not told.progress.ended or not told.key:
                return False
            found.cancelled = False
            found.told = replace(told, progress=Progress.WAITING, due=now, tries=0, ended=0.0, outcome="")
            return True

    def cancel(self, id: str, now: float) -> bool:
        """End a delivery: one that waits at once, another by who works on it; False when it has ended."""
        with self._lock:
            found = self._find(id)
            if found.told.progress.ended:
                return False
            if found.told.progress is Progress.WORKING:
                found.cancelled = True
            else:
                found.told = replace(found.told, progress=Progress.CANCELLED, ended=now, outcome="cancelled")
            return True

    def counts(self) -> dict[Progress, int]:
        """Return how many deliveries there are in each state."""
        with self._lock:
            states = [one.told.progress for one in self._kept.values()]
        return {one: states.count(one) for one in Progress}

    def _working(self) -> list[_Kept]:
        return [one for one in self._kept.values() if one.told.progress is Progress.WORKING]

    def _held(self, lease: Lease) -> _Kept | None:
        found = self._kept.get(lease.id)
        if found is None or found.told.progress is not Progress.WORKING:
            return None
        return found if (found.owner, found.fence) == (lease.owner, lease.fence) else None

    def _find(self, id: str) -> _Kept:
        if id in self._kept:
            return self._kept[id]
        found = [one for key, one in self._kept.items() if id and key.startswith(id)]
        if len(found) != 1:
            raise unknown_delivery(id, len(found))
        return found[0]


def _give_back(one: _Kept) -> None:
    one.owner = ""
    one.told = replace(one.told, progress=Progress.CANCELLED if one.cancelled else Progress.WAITING)


def _told(one: Received, position: int) -> Delivered:
    follows = bool(one.key)
    return Delivered(
        position=position,
        id=one.id,
        event=one.event,
        at=one.at,
        key=one.key,
        progress=Progress.WAITING if follows else Progress.LEFT,
        due=one.at,
        outcome="" if follows else NOTHING_FOLLOWS,
        ended=0.0 if follows else one.at,
    )
