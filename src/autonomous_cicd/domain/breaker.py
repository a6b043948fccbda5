"""CircuitBreaker: whether a service that fails is called, as a machine of states without a clock."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from autonomous_cicd.values import dataclass

__all__ = ["LONGEST", "PROBES", "BreakerState", "CircuitBreaker"]

LONGEST = 600.0
"""Seconds that a service is left alone at most, however often it failed."""
PROBES = 2
"""Calls that are let through to find out whether it works again; all of them must succeed."""


class BreakerState(StrEnum):
    """What a breaker lets through."""

    CLOSED = "closed"
    """Everything."""
    OPEN = "open"
    """Nothing."""
    HALF_OPEN = "half-open"
    """A few calls that find out whether the service works again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitBreaker:
    """Counts failures in a row. Each method returns the breaker as it is afterwards."""

    threshold: int
    """Failures in a row after which the service is left alone."""
    recovery: float
    """Seconds that it is left alone the first time; each time it fails again, twice as long."""
    failures: int = 0
    state: BreakerState = BreakerState.CLOSED
    until: float = 0.0
    """When an open one lets something through again."""
    opened: int = 0
    """How often it opened since the service worked last."""
    probes: int = 0
    """Calls that a half-open one let through."""
    proven: int = 0
    """Those of them that succeeded."""

    def asked(self, now: float) -> tuple[CircuitBreaker, bool]:
        """Return whether a call may be made now."""
        if self.state is BreakerState.CLOSED:
            return self, True
        if self.state is BreakerState.OPEN:
            if now < self.until:
                return self, False
            return replace(self, state=BreakerState.HALF_OPEN, probes=1, proven=0), True
        if self.probes < PROBES:
            return replace(self, probes=self.probes + 1), True
        return self, False

    def succeeded(self) -> CircuitBreaker:
        """Return what it is after a call that the service answered."""
        if self.state is BreakerState.HALF_OPEN and self.proven + 1 < PROBES:
            return replace(self, proven=self.proven + 1)
        if self.state is BreakerState.OPEN:  # it was asked before the others failed
            return self
        return CircuitBreaker(threshold=self.threshold, recovery=self.recovery)

    def failed(self, now: float) -> CircuitBreaker:
        """Return what it is after a call that failed."""
        if self.state is BreakerState.OPEN:
            return self
        failures = self.failures + 1
        if self.state is BreakerState.CLOSED and failures < self.threshold:
            return replace(self, failures=failures)
        pause = min(self.recovery * 2 ** min(self.opened, 20), max(LONGEST, self.recovery))
        return replace(
            self, state=BreakerState.OPEN, failures=failures, until=now + pause, opened=self.opened + 1
        )

    def abandoned(self) -> CircuitBreaker:
        """Return what it is after a call that was broken off by its caller: it has proven nothing."""
        if self.state is BreakerState.HALF_OPEN:
            return replace(self, probes=max(self.probes - 1, self.proven))
        return self

    def wait(self, now: float) -> float:
        """Return the seconds until it may let something through."""
        return max(self.until - now, 0.0) if self.state is BreakerState.OPEN else 0.0
