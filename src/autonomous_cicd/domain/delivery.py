"""Received, Delivered, Lease: something that the world told us, and how far the work on it has come."""

from __future__ import annotations

from enum import StrEnum

from autonomous_cicd.domain.event import Event
from autonomous_cicd.values import dataclass

__all__ = ["Delivered", "Ended", "Lease", "Progress", "Received"]


class Progress(StrEnum):
    """How far the work on a delivery has come."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    LEFT = "left"
    """It was recorded, and nothing follows from it."""
    FAILED = "failed"
    """The work could not be done, see the outcome."""
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more is done about it unasked."""
        return self not in (Progress.WAITING, Progress.WORKING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A delivery as it came in."""

    id: str
    """The host gives each its own, and the same again when it repeats one."""
    event: Event
    at: float
    """Seconds since the epoch."""
    key: str = ""
    """The same for deliveries that must not be worked on at once; "" when nothing follows from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A delivery, and what came of it."""

    position: int
    id: str
    event: Event
    at: float
    key: str
    progress: Progress
    tries: int = 0
    due: float = 0.0
    outcome: str = ""
    """In one plain sentence."""
    ended: float = 0.0


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of the work on a delivery."""

    progress: Progress
    outcome: str
    """In one plain sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to work on a delivery for a while."""

    id: str
    event: Event
    owner: str
    fence: int
    """Grows with every lease of the delivery: whoever holds an older one may write nothing."""
    tries: int
    """How often it was begun, this time included."""
