"""Shares and how sure they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.odds import log_odds, probability, share, wilson

SHARES = st.floats(0, 1)


def test_a_share_begins_at_what_is_usual_and_ends_at_what_was_seen() -> None:
    assert 0.1 == share(0, 0, prior=0.1, weight=2)
    assert 0.5 == pytest.approx(share(500, 1000, prior=0.1, weight=2), abs=0.001)


@given(st.floats(0.002, 0.998))
def test_odds_lead_back_to_their_probability(value: float) -> None:
    assert value == pytest.approx(probability(log_odds(value)))


@given(st.floats(allow_nan=False))
def test_a_probability_is_never_certain(odds: float) -> None:
    assert 0 < probability(odds) < 1


@given(SHARES, st.floats(0.1, 10_000))
def test_an_interval_has_its_share_inside(value: float, of: float) -> None:
    low, high = wilson(value, of)
    assert 0 <= low <= value <= high <= 1


@given(SHARES, st.floats(1, 1_000), st.floats(1, 1_000))
def test_more_cases_make_it_narrower(value: float, one: float, other: float) -> None:
    widths = [high - low for low, high in (wilson(value, of) for of in sorted((one, other)))]
    assert widths[0] >= widths[1] - 1e-9


def test_it_is_the_interval_of_wilson() -> None:
    assert (0.0768, 0.2215) == tuple(round(end, 4) for end in wilson(8 / 60, 60))
