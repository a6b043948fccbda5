"""Backtest: whether forecasts would have been better in the past than the plain share of failures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from autonomous_cicd.domain.forecast import Forecast, Model, Past
from autonomous_cicd.values import dataclass

__all__ = ["FEWEST", "FEWEST_FAILURES", "FIRST", "Backtest", "Replay", "replay", "together"]

FIRST = 5
"""Runs from which is only learned."""
FEWEST = 15
"""Runs that have to be forecast before it is known whether that is any good."""
FEWEST_FAILURES = 3
SURE = 1.28
"""Standard errors by which forecasts must have been better: chance does that one time of ten."""
SURER = 1.96
"""The same for a task alone, when all together are not better: of many tasks one has luck."""

Told = tuple[Forecast, bool]
"""What was forecast, and whether the task failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """Runs of the past, each forecast from those before it."""

    runs: int = 0
    """Runs that were forecast."""
    brier: float = 0.0
    """Mean square of by how much the forecasts missed: 0 is always right, 0.25 is always one half."""
    base_brier: float = 0.0
    """The same of the share of failures of each task so far."""
    gain: float = 0.0
    """By how many standard errors the forecasts missed by less."""
    forecasts: tuple[Told, ...] = field(default=())

    @property
    def failures(self) -> int:
        """Results that were failures."""
        return sum(failed for _, failed in self.forecasts)

    @property
    def rate(self) -> float:
        """The share of results that were failures: the base rate."""
        return self.failures / max(1, len(self.forecasts))

    @property
    def enough(self) -> bool:
        """Whether anything can be said of it."""
        return self.runs >= FEWEST and self.failures >= FEWEST_FAILURES

    @property
    def better(self) -> bool:
        """Whether the forecasts missed by less, and not only by chance."""
        return self.enough and self.gain > SURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What was learned from the past, and how good it would have been there."""

    model: Model
    whole: Backtest
    tasks: Mapping[str, Backtest]

    @property
    def told(self) -> frozenset[str]:
        """The tasks of which a forecast is worth telling.

        Its own forecasts were better, and more surely so when those of all tasks together were not.
        """
        sure = SURE if self.whole.better else SURER
        return frozenset(name for name, test in self.tasks.items() if test.enough and test.gain > sure)


def replay(pasts: Sequence[Past]) -> Replay:
    """Forecast each run from those before it, oldest first."""
    model = Model()
    runs: list[list[Told]] = []
    for number, past in enumerate(pasts):
        if number >= FIRST:
            known = sorted(past.tasks.keys() & set(model.tasks))
            said = [model.forecast(task, past.touched, same=past.same) for task in known]
            runs.append([(one, past.tasks[one.task].failed) for one in said])
        model.learn(past)
    tasks: dict[str, list[list[Told]]] = {}
    for run in runs:
        for told in run:
            tasks.setdefault(told[0].task, []).append([told])
    return Replay(
        model=model, whole=_judged(runs), tasks={task: _judged(mine) for task, mine in tasks.items()}
    )


def together(tests: Sequence[Backtest]) -> Backtest:
    """Return several tasks' tests as one; their gain is not known."""
    told = tuple(one for test in tests for one in test.forecasts)
    return replace(_judged([told]), runs=max((test.runs for test in tests), default=0))


def _judged(runs: Sequence[Sequence[Told]]) -> Backtest:
    forecasts = tuple(told for run in runs for told in run)
    count = max(1, len(forecasts))
    return Backtest(
        runs=len(runs),
        brier=math.fsum(_missed(one.probability, how) for one, how in forecasts) / count,
        base_brier=math.fsum(_missed(one.rate, how) for one, how in forecasts) / count,
        gain=_gain(
            [sum(_missed(one.rate, how) - _missed(one.probability, how) for one, how in run) for run in runs]
        ),
        forecasts=forecasts,
    )


def _missed(said: float, failed: bool) -> float:
    return (said - failed) ** 2


def _gain(gains: Sequence[float]) -> float:
    """Return by how many standard errors the mean of these is above zero."""
    if len(gains) < 2:
        return 0.0
    mean = math.fsum(gains) / len(gains)
    variance = math.fsum((one - mean) ** 2 for one in gains) / (len(gains) - 1)
    return mean / math.sqrt(variance / len(gains)) if variance else 0.0
