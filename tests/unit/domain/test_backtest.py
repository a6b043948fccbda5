"""Whether forecasts would have been better in the past: told when they were, silent when it was chance."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.backtest import FEWEST, FEWEST_FAILURES, FIRST, replay, together
from autonomous_cicd.domain.forecast import Ended, Past


def by_files(length: int, seed: int) -> list[Past]:
    """Return runs of a task that fails when one of five files changes, and of one that fails by chance."""
    dice = random.Random(seed)
    files = [f"src/{dice.randrange(5)}.py" for _ in range(length)]
    return [
        Past(
            tasks={"test": Ended(file == "src/3.py"), "flaky": Ended(dice.random() < 0.3)},
            touched=frozenset({file}),
        )
        for file in files
    ]


def by_chance(length: int, seed: int) -> list[Past]:
    dice = random.Random(seed)
    return [
        Past(
            tasks={f"task {n}": Ended(dice.random() < 0.2) for n in range(4)},
            touched=frozenset({f"src/{dice.randrange(5)}.py"}),
        )
        for _ in range(length)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_what_can_be_foreseen_is_told(seed: int) -> None:
    found = replay(by_files(100, seed))
    assert {"test"} == found.told
    test = found.tasks["test"]
    assert test.brier < test.base_brier * 0.8
    assert 95 == test.runs


def test_chance_is_not_taken_for_knowledge() -> None:
    assert sum(bool(replay(by_chance(60, seed)).told) for seed in range(20)) <= 1


@given(st.integers(0, FIRST + FEWEST - 1))
def test_few_runs_are_not_enough(length: int) -> None:
    assert frozenset() == replay(by_files(length, 1)).told


def test_few_failures_are_not_enough() -> None:
    pasts = [Past(tasks={"test": Ended(number in (50, 51))}) for number in range(100)]
    found = replay(pasts)
    assert FEWEST_FAILURES > found.whole.failures
    assert not found.whole.better
    assert frozenset() == found.told


def test_a_run_is_forecast_from_those_before_it_only() -> None:
    pasts = by_files(60, 3)
    turned = [Past(tasks={"test": Ended(not pasts[-1].tasks["test"].failed)}, touched=pasts[-1].touched)]
    one, other = replay(pasts).tasks["test"], replay([*pasts[:-1], *turned]).tasks["test"]
    assert [said for said, _ in one.forecasts] == [said for said, _ in other.forecasts]


def test_tests_of_several_tasks_are_one_together() -> None:
    found = replay(by_files(60, 2))
    whole = together(list(found.tasks.values()))
    assert (found.whole.runs, found.whole.failures) == (whole.runs, whole.failures)
    assert pytest.approx(found.whole.brier) == whole.brier
    assert (0, 0.0) == (together([]).runs, together([]).rate)
