"""Inbox: what we ask of a memory of what the world told us, and of the work that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from autonomous_cicd.domain.delivery import Delivered, Lease, Progress, Received

__all__ = ["Inbox"]


class Inbox(Protocol):
    """Remembers deliveries, once each, and who works on which."""

    def receive(self, deliveries: Sequence[Received]) -> int:
        """Keep deliveries; return how many were new. Durable when it returns.

        Of several with one id the first stands.
        """
        ...

    def lease(self, owner: str, now: float, seconds: float) -> Lease | None:
        """Take the oldest delivery that is due and that nobody works on; None when there is none.

        One whose lease has run out is nobody's. Of several with one key only one is worked on at a time.
        """
        ...

    def beat(self, lease: Lease, until: float) -> bool:
        """Keep a lease until then; False when it is ours no more, or somebody asked for it to be ended."""
        ...

    def end(self, lease: Lease, progress: Progress, outcome: str, now: float) -> bool:
        """Note what came of a delivery; False when the lease is ours no more, and nothing is noted."""
        ...

    def again(self, lease: Lease, due: float, why: str) -> bool:
        """Give a delivery back, to be worked on later; False when the lease is ours no more."""
        ...

    def free(self, owner: str) -> int:
        """Give back whatever this owner held: it has just started, or ends; return how much that was."""
        ...

    def delivery(self, id: str) -> Delivered:
        """Return a delivery by the beginning of its id. Raises NotFound."""
        ...

    def deliveries(
        self, *, progress: Progress | None = None, repository: str = "", before: int = 0, limit: int = 50
    ) -> tuple[Delivered, ...]:
        """Return the newest deliveries that match, the newest first; `before`: position to go on from."""
        ...

    def known(self, ids: Sequence[str]) -> frozenset[str]:
        """Return which of these ids are there."""
        ...

    def looked(self, repository: str) -> float:
        """Return when the host last told what we missed of a repository; 0 when it never did."""
        ...

    def look(self, repository: str, at: float) -> None:
        """Note that the host told everything that we missed of a repository until then."""
        ...

    def retry(self, id: str, now: float) -> bool:
        """Have a delivery worked on again; False when somebody works on it, or it waits."""
        ...

    def cancel(self, id: str, now: float) -> bool:
        """End a delivery: one that waits at once, another by who works on it; False when it has ended."""
        ...

    def counts(self) -> dict[Progress, int]:
        """Return how many deliveries there are in each state."""
        ...
