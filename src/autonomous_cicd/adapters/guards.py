"""Guard: stands before a service, so that its trouble does not become ours.

A breaker leaves a service alone that fails, a bulkhead bounds how many wait for it at once, and nothing takes
longer than it may.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import TypeVar

from autonomous_cicd.domain.breaker import BreakerState, CircuitBreaker
from autonomous_cicd.errors import PortError, RateLimited, Unavailable

__all__ = ["AT_ONCE", "Guard", "Guards"]

T = TypeVar("T")
AT_ONCE = 8
"""Calls to one host that are under way at once."""
ABREAST = 4
"""Those of them for one repository."""
LONGEST = 600.0
"""Seconds that one call may take, with all its attempts and waiting."""


class Guard:
    """Guards one host."""

    def __init__(
        self,
        name: str,
        breaker: CircuitBreaker,
        *,
        at_once: int = AT_ONCE,
        abreast: int = ABREAST,
        seconds: float = LONGEST,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take what to call the host in a message, its breaker, and its bounds."""
        self.breaker = breaker
        self._name = name
        self._at_once = at_once
        self._abreast = abreast
        self._seconds = seconds
        self._now = now
        self._loop: asyncio.AbstractEventLoop | None = None
        self._gates: dict[str, asyncio.Semaphore] = {}

    async def call(self, work: Callable[[], Awaitable[T]], share: str = "") -> T:
        """Do something with the host; calls of one `share` do not take all its places.

        Raises RateLimited when the host is left alone, and Unavailable when it takes too long.
        """
        shared = self._gate(share, self._abreast) if share else nullcontext()
        try:
            async with asyncio.timeout(self._seconds), shared, self._gate("", self._at_once):
                return await self._counted(work)
        except TimeoutError:
            raise Unavailable(f"{self._name} took longer than {self._seconds:g} s") from None

    def refuse_open(self) -> None:
        """Raise RateLimited when the host is left alone."""
        now = self._now()
        if self.breaker.state is BreakerState.OPEN and (wait := self.breaker.wait(now)):
            raise self._refusal(wait)

    async def _counted(self, work: Callable[[], Awaitable[T]]) -> T:
        self.breaker, allowed = self.breaker.asked(self._now())
        if not allowed:
            raise self._refusal(self.breaker.wait(self._now()) or 1.0)
        try:
            result = await work()
        except RateLimited:
            self.breaker = self.breaker.abandoned()
            raise
        except Unavailable:
            self.breaker = self.breaker.failed(self._now())
            raise
        except PortError:  # it answered; the answer is not what we wanted to hear
            self.breaker = self.breaker.succeeded()
            raise
        except BaseException:
            self.breaker = self.breaker.abandoned()
            raise
        self.breaker = self.breaker.succeeded()
        return result

    def _refusal(self, wait: float) -> RateLimited:
        failed = f"{self._name} failed {self.breaker.failures} times in a row"
        return RateLimited(f"{failed} and is left alone for {wait:.0f} s", retry_after=wait)

    def _gate(self, share: str, places: int) -> asyncio.Semaphore:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._gates = loop, {}
        if len(self._gates) > 1000:
            self._gates = {key: gate for key, gate in self._gates.items() if gate.locked() or not key}
        return self._gates.setdefault(share, asyncio.Semaphore(places))


class Guards:
    """Makes a guard for each host, all alike."""

    def __init__(
        self,
        name: str,
        *,
        threshold: int,
        recovery: float,
        now: Callable[[], float] = time.monotonic,
        seconds: float = LONGEST,
    ) -> None:
        """Take what to call the service in a message, and the bounds of its breakers."""
        self._name = name
        self._breaker = CircuitBreaker(threshold=threshold, recovery=recovery)
        self._now = now
        self._seconds = seconds
        self._guards: dict[str, Guard] = {}

    def of(self, host: str) -> Guard:
        """Return the guard of a host."""
        if host not in self._guards and len(self._guards) >= 100:
            self._guards.clear()
        if host not in self._guards:
            self._guards[host] = Guard(self._name, self._breaker, now=self._now, seconds=self._seconds)
        return self._guards[host]
