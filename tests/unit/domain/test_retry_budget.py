"""RetryBudget: repetitions are a share of the calls."""

from __future__ import annotations

from autonomous_cicd.domain.retry_budget import RetryBudget


def test_a_fifth_of_the_calls_may_be_repetitions() -> None:
    budget, needed, repeated = RetryBudget(), 0, 0
    for _ in range(10_000):
        budget.earn()
        needed += 1
        while budget.spend():  # everything fails
            repeated += 1
    assert 0.2 <= repeated / (needed + repeated) <= 0.2 + 20 / needed


def test_what_is_saved_is_bounded() -> None:
    budget = RetryBudget()
    for _ in range(10_000):
        budget.earn()
    assert 20 == sum(budget.spend() for _ in range(1000))
