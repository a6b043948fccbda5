"""Calibration: from how strongly the signs speak to how often they are right."""

from __future__ import annotations

from itertools import pairwise

__all__ = ["calibrated"]

_POINTS = (
    (0.0, 0.03), (0.2, 0.2), (0.25, 0.48), (0.3, 0.74), (0.36, 0.82), (0.5, 0.87), (0.65, 0.92),
    (0.85, 0.95), (1.0, 0.98),
)  # fmt: skip
"""Strength, and share of the diagnoses of that strength that were right on logs that no rule was written for.

Fitted by hand to the labelled logs of `benchmarks/diagnosis.py`, which also measures how well it holds.
"""


def calibrated(strength: float) -> float:
    """Return how likely a diagnosis is right, from the strength of its signs (0 to 1). It never falls."""
    bounded = min(max(strength, 0.0), 1.0)
    for (low, floor), (high, ceiling) in pairwise(_POINTS):
        if bounded <= high:
            return floor + (ceiling - floor) * (bounded - low) / (high - low)
    return _POINTS[-1][1]
