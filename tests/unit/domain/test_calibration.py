"""Confidence means something: it follows what was measured, and never falls when signs speak louder."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.calibration import calibrated

STRENGTHS = st.floats(-1, 2, allow_nan=False)


@given(STRENGTHS)
def test_it_is_a_probability(strength: float) -> None:
    assert 0 < calibrated(strength) < 1


@given(STRENGTHS, STRENGTHS)
def test_louder_signs_are_never_less_likely_right(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert calibrated(low) <= calibrated(high)


def test_a_guess_stays_a_guess() -> None:
    assert calibrated(0.25) < 0.5 < calibrated(0.5)
