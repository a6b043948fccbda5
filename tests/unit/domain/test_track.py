"""How often a remedy helped, and what it earns by that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.track import TrackRecord, stage_of


def record(tries: int, successes: int, reverted: int = 0) -> TrackRecord:
    return TrackRecord(
        remedy="r", category=Category.NETWORK, tries=tries, successes=successes, reverted=reverted
    )


@pytest.mark.parametrize(
    ("tries", "successes", "reverted", "stage"),
    [
        (0, 0, 0, "label"),
        (2, 2, 0, "label"),
        (3, 2, 0, "suggest"),
        (3, 1, 0, "label"),
        (10, 8, 0, "propose"),
        (10, 8, 1, "suggest"),
        (30, 27, 0, "act"),
        (30, 26, 0, "propose"),
        (1000, 0, 0, "label"),
    ],
)
def test_a_stage_is_earned_by_the_record(tries: int, successes: int, reverted: int, stage: str) -> None:
    assert stage == stage_of(record(tries, successes, reverted))


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_a_chance_is_one_and_what_was_reverted_lowers_it(more: int, successes: int, reverted: int) -> None:
    kept = record(successes + more, successes)
    undone = record(successes + more, successes, reverted)
    assert 0 < undone.rate <= kept.rate < 1
    assert all(value > 0 for value in undone.parameters)
