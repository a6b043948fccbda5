"""Outbox: what we ask of a memory of notices that wait to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from autonomous_cicd.domain.notice import Held, Notice

__all__ = ["Outbox"]


class Outbox(Protocol):
    """Remembers notices until they are sent, and for a while after. What was kept is durable at once."""

    def put(self, channel: str, notice: Notice, *, now: float, due: float, since: float) -> bool:
        """Keep a notice until it is due; False when the channel got one with its key since then."""
        ...

    def take(self, now: float, until: float, *, ahead: float = 0.0) -> tuple[Held, ...]:
        """Take what is due, the oldest first; it is due again at `until`, should nobody end it.

        With what is due goes what will be due for the same channel within `ahead` seconds.
        """
        ...

    def end(self, positions: Sequence[int], now: float) -> None:
        """Note that notices were sent, or given up."""
        ...

    def put_off(self, positions: Sequence[int], due: float) -> None:
        """Have notices tried again then."""
        ...

    def waiting(self) -> int:
        """Return how many notices wait."""
        ...
