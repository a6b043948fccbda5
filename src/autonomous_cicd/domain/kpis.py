"""KPIs: how well healing does, over many incidents."""

from __future__ import annotations

from collections.abc import Iterable

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.values import dataclass

__all__ = ["Kpis", "kpis"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpis:
    """How well healing does."""

    incidents: int = 0
    healed: int = 0
    handed_over: int = 0
    waiting: int = 0
    """For a person's approval."""
    dismissed: int = 0
    undone: int = 0
    """Changes that somebody undid later."""
    looked: int = 0
    """Changes of which that is known: a history has them, or a person rejected them."""
    supported: float = 0.0
    """Share of the incidents whose cause has a known category."""
    recovery_seconds: float = 0.0
    """Mean time from the first sight of what was healed to its end."""

    @property
    def success_rate(self) -> float:
        """Share of what has ended that was healed for good; what a person dismissed does not count."""
        ended = self.healed + self.handed_over
        return (self.healed - self.undone) / ended if ended else 0.0

    @property
    def wrong_rate(self) -> float | None:
        """Share of the changes that were undone, of those of which that is known; None when it is of none."""
        return self.undone / self.looked if self.looked else None

    @property
    def by_people(self) -> int:
        """Incidents that a person had, or has, to deal with."""
        return self.handed_over + self.waiting + self.dismissed


def kpis(incidents: Iterable[Incident]) -> Kpis:
    """Return what these incidents say."""
    known = list(incidents)
    states = [one.state for one in known]
    healed = [one for one in known if one.state is State.RESOLVED]
    times = [max(0.0, one.ended - one.opened) for one in healed]
    supported = sum(bool(one.failure and one.failure.category is not Category.UNKNOWN) for one in known)
    return Kpis(
        incidents=len(known),
        healed=len(healed),
        handed_over=states.count(State.ESCALATED),
        waiting=states.count(State.WAITING),
        dismissed=states.count(State.DISMISSED),
        undone=sum(bool(one.undone) for one in healed),
        looked=sum(bool(one.taken or one.undone) for one in healed),
        supported=supported / len(known) if known else 0.0,
        recovery_seconds=sum(times) / len(times) if times else 0.0,
    )
