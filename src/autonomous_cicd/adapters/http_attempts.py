"""Attempts: how often something is asked again, and after which pause."""

from __future__ import annotations

from collections.abc import Callable

from autonomous_cicd.adapters.http_answers import Trouble
from autonomous_cicd.domain.retry_budget import RetryBudget
from autonomous_cicd.errors import RateLimited, Unavailable, Uncertain
from autonomous_cicd.values import dataclass

__all__ = ["Attempts", "Exhausted", "Patience"]

_WAITS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a service is waited for, and how much is taken from it."""

    connect: float = 5.0
    read: float = 30.0
    total: float = 60.0
    """Seconds that one attempt may take in all."""
    download: float = 300.0
    """The same, for something large."""
    attempts: int = 3
    """Attempts that fail because of the service; so many more may bring answers that are damaged."""
    shortest: float = 0.5
    longest: float = 30.0
    """Bounds of a pause."""
    anew: float = 10.0
    """Seconds after which a failed request is begun anew, once, where a breaker bounds what that costs."""
    wait: float = 45.0
    """Seconds that are waited because the service wants it; when it wants more, the caller decides."""
    reserve: float = 0.1
    """Share of the service's limit that is left to people."""
    largest: int = 50 * 1024 * 1024
    """Bytes of an answer."""
    most: int = 512 * 1024 * 1024
    """Bytes of something large; what exceeds them is left out."""


class Exhausted(Unavailable):
    """Raised when a request was asked as often as is allowed."""


class Attempts:
    """Counts the attempts at one request."""

    def __init__(
        self, name: str, patience: Patience, budget: RetryBudget, chance: Callable[[], float]
    ) -> None:
        """Take what to call the service in a message, the bounds, and what throws the dice."""
        budget.earn()
        self._name = name
        self._patience = patience
        self._budget = budget
        self._chance = chance
        self._failed = 0
        self._damaged = 0
        self._waits = 0
        self._waited = 0.0

    @property
    def damaged_once_too_often(self) -> bool:
        """Whether one more damaged answer would be the last one."""
        return self._damaged + 1 >= self._patience.attempts

    def pause(self, trouble: Trouble, *, repeatable: bool) -> float:
        """Return the seconds until the next attempt; raises what is told when there will be none."""
        if trouble.wait is not None:
            return self._wait(trouble, trouble.wait)
        if trouble.sent and not repeatable:
            raise Uncertain(f"{trouble}; it may have been done all the same")
        if trouble.damaged:
            self._damaged += 1
        else:
            self._failed += 1
        times = self._damaged if trouble.damaged else self._failed
        if times >= self._patience.attempts:
            raise Exhausted(f"{trouble}, {times} times")
        if trouble.least > self._patience.wait:
            hint = f"try again in {trouble.least:.0f} s"
            raise RateLimited(str(trouble), retry_after=trouble.least, hint=hint)
        if not self._budget.spend():
            raise Unavailable(f"{trouble}; it is not asked again, too much has failed lately")
        most = min(self._patience.longest, self._patience.shortest * 4.0**times)
        pause = self._patience.shortest + self._chance() * (most - self._patience.shortest)
        return max(pause, trouble.least)

    def _wait(self, trouble: Trouble, wait: float) -> float:
        self._waits += 1
        self._waited += wait
        if self._waits > _WAITS or self._waited > self._patience.wait:
            raise RateLimited(str(trouble), retry_after=wait, hint=f"try again in {wait:.0f} s")
        return wait + self._chance() * self._patience.shortest
