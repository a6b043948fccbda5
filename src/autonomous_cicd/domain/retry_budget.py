"""RetryBudget: how many calls may be repeated, so that a service in trouble gets no storm on top."""

from __future__ import annotations

__all__ = ["RetryBudget"]

SHARE = 0.25
"""Repetitions that each needed call earns: a fifth of all calls."""
SAVED = 20.0
"""Repetitions that can be saved up, and that are there at the beginning."""


class RetryBudget:
    """Is earned by calls that are needed, and spent by their repetitions."""

    def __init__(self, share: float = SHARE, saved: float = SAVED) -> None:
        self._share = share
        self._most = saved
        self._left = saved

    def earn(self) -> None:
        """Hear of a call that is needed."""
        self._left = min(self._left + self._share, self._most)

    def spend(self) -> bool:
        """Return whether one more call may be repeated, and count it."""
        if self._left < 1:
            return False
        self._left -= 1
        return True
