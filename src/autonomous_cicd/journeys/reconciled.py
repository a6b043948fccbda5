"""Reconciled: what was begun at the host when a process died is found there, or given up."""

from __future__ import annotations

from autonomous_cicd.domain.at_host import Mark, branch_of
from autonomous_cicd.errors import PortError
from autonomous_cicd.journeys.practice import Practice

__all__ = ["reconciled"]


async def reconciled(practice: Practice) -> int:
    """Confirm open intents whose effect stands at the host, withdraw the others; return how many there were.

    Whatever is withdrawn is done again by whoever takes the work over. One that the host does not tell about
    now stays open.
    """
    keys = [key for key in practice.book.open_intents() if key.partition(":")[0] in _LOOK]
    for key in keys:
        kind, _, rest = key.partition(":")
        try:
            there = await _LOOK[kind](practice, rest)
        except PortError:
            continue
        if there:
            practice.book.confirm(key, practice.app.clock.now())
        else:
            practice.book.withdraw(key)
    return len(keys)


async def _pull(practice: Practice, rest: str) -> bool:
    repository, fingerprint, _, closed = rest.split(":")
    known = await practice.host.pull_requests(repository, head=branch_of(fingerprint), state="all")
    return len(known) > int(closed)


async def _opening(practice: Practice, rest: str) -> bool:
    return await _pull(practice, rest.removeprefix("pull:"))


async def _issue(practice: Practice, rest: str) -> bool:
    repository, fingerprint = rest.split(":")
    return await practice.deliver.issue(repository, Mark.CAUSE, fingerprint) is not None


async def _rerun(practice: Practice, rest: str) -> bool:
    repository, run, attempt = rest.split(":")
    return (await practice.host.run(repository, int(run))).attempt > int(attempt)


_LOOK = {"pull": _pull, "opening": _opening, "issue": _issue, "rerun": _rerun}
"""How to see, by the kind of an intent, whether its effect stands at the host."""
