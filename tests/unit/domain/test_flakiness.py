"""How often a task fails although nothing was different: an interval, and only from what tells it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.flakiness import flakiness


def test_passing_and_failing_on_the_same_commit_is_flaky() -> None:
    found = flakiness([("a", True), ("b", False), ("b", True), ("b", False), ("c", False), ("c", False)])
    assert found
    assert (1, 5, 1) == (found.failed, found.runs, found.commits)
    low, high = found.between
    assert 0.04 < low < 0.2 < high < 0.6


def test_a_commit_that_always_failed_was_broken() -> None:
    assert flakiness([("a", True), ("a", True), ("b", False)]) is None


def test_a_commit_that_was_run_once_tells_nothing() -> None:
    assert flakiness([("a", True), ("b", False), ("c", True)]) is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans())))
def test_its_interval_has_what_was_seen_inside(seen: list[tuple[str, bool]]) -> None:
    found = flakiness(seen)
    if found:
        assert 0 <= found.between[0] <= found.failed / found.runs <= found.between[1] <= 1
