"""Odds: shares with how sure they are, and their logarithms."""

from __future__ import annotations

import math

__all__ = ["Interval", "log_odds", "probability", "share", "wilson"]

Interval = tuple[float, float]

_SURE = 1.645
"""Standard deviations between which a value lies nine times of ten."""
_FURTHEST = 7.0
"""Log-odds beyond which nothing is believed: one in a thousand."""


def share(count: float, of: float, *, prior: float, weight: float) -> float:
    """Return the share that some cases have, begun with `weight` imagined ones of which it is `prior`."""
    return (count + prior * weight) / (of + weight)


def log_odds(value: float) -> float:
    """Return the logarithm of the odds of a probability."""
    return _within(math.log(value / (1 - value))) if 0 < value < 1 else math.copysign(_FURTHEST, value - 0.5)


def probability(odds: float) -> float:
    """Return the probability that has these log-odds."""
    return 1 / (1 + math.exp(-_within(odds)))


def wilson(value: float, of: float) -> Interval:
    """Return between what a share probably lies that was `value` of so many cases (Wilson, 90 %)."""
    square = _SURE**2
    below = of + square
    middle = (value * of + square / 2) / below
    half = _SURE * math.sqrt(max(0.0, value * (1 - value) * of + square / 4)) / below
    return max(0.0, min(middle - half, value)), min(1.0, max(middle + half, value))


def _within(odds: float) -> float:
    return max(-_FURTHEST, min(_FURTHEST, odds))
