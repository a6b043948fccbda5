"""Which run is meant, and what a task usually takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.adapters.lookup import log_missing, median, only_run, task_missing
from autonomous_cicd.errors import NotFound


@pytest.mark.parametrize(
    ("values", "expected"),
    [([3.0], 3.0), ([3.0, 1.0], 2.0), ([9.0, 1.0, 2.0], 2.0), ([4.0, 1.0, 9.0, 2.0], 3.0)],
)
def test_median(values: list[float], expected: float) -> None:
    assert expected == median(values)


@given(st.lists(st.floats(0, 1e9), min_size=1))
def test_as_many_values_lie_below_the_median_as_above(values: list[float]) -> None:
    middle = median(values)
    assert sum(value < middle for value in values) <= len(values) / 2
    assert sum(value > middle for value in values) <= len(values) / 2


@pytest.mark.parametrize(
    ("found", "wanted", "expected"),
    [(["abc"], "a", "abc"), (["ab", "abc"], "ab", "ab"), (["ab"], "ab", "ab")],
)
def test_the_run_that_is_meant(found: list[str], wanted: str, expected: str) -> None:
    assert expected == only_run(found, wanted)


def test_without_any_run_that_is_said() -> None:
    with pytest.raises(NotFound, match="there is no run yet"):
        only_run([], "last")
    with pytest.raises(NotFound, match="there is no run 'x'") as caught:
        only_run([], "x")
    assert caught.value.hint == "`autonomous-cicd runs` lists the newest"


def test_of_many_runs_only_some_are_named() -> None:
    with pytest.raises(NotFound, match="7 runs begin with 'a': a0, a1, a2, a3, a4, …"):
        only_run([f"a{number}" for number in range(7)], "a")


def test_what_is_missing_is_named_with_the_next_step() -> None:
    task, log = task_missing("r1", "x"), log_missing("r1", "x")
    assert ("run r1 has no task 'x'", "`autonomous-cicd show r1` lists them") == (str(task), task.hint)
    assert ("the log of 'x' in run r1 is not kept any more", "run it again") == (str(log), log.hint)
