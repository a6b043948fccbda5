"""Predict: how likely each task of a project is to fail in the run to come, or why that is not said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from autonomous_cicd.domain.backtest import FEWEST, FEWEST_FAILURES, FIRST, Backtest, Replay, replay, together
from autonomous_cicd.domain.checkout import Checkout
from autonomous_cicd.domain.flakiness import Flakiness, flakiness
from autonomous_cicd.domain.forecast import Ended, Forecast, Past
from autonomous_cicd.domain.run import Run, RunStatus, TaskResult, TaskStatus
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.ports import History, Store
from autonomous_cicd.services.failure_report import percent
from autonomous_cicd.values import dataclass

__all__ = ["Prediction", "predict", "to_json"]

LOOKED = 400
"""Runs that are looked at, the newest."""
CURRENT = 5
"""Runs of which at least one has a task that is still the project's."""
_TOLD = (TaskStatus.PASSED, TaskStatus.FAILED, TaskStatus.TIMED_OUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What is to be expected of the run to come."""

    tasks: tuple[Forecast, ...] = ()
    """Those of which it is worth saying, the likeliest to fail first."""
    names: tuple[str, ...] = ()
    """The tasks of the project."""
    flaky: tuple[tuple[str, Flakiness], ...] = ()
    """Tasks that passed and failed on the same commit: that was measured, it is no prediction."""
    backtest: Backtest = Backtest()
    """Of all tasks together."""
    told: Backtest = Backtest()
    """Of those that are told."""
    silent: str = ""
    """Why nothing is predicted."""
    commit: str = ""
    uncommitted: int = 0
    """Files that are not as they were committed."""


def predict(store: Store, history: History, checkout: Checkout) -> Prediction:
    """Return what is to be expected of a run of a checkout, from the recorded runs before it."""
    runs = [run for run in reversed(store.runs(str(checkout.root), LOOKED)) if _has_results(run)]
    pending = history.uncommitted(checkout.root).files if checkout.repository and checkout.dirty else ()
    steps = _steps(runs, checkout)
    pasts = list(_pasts(runs, _touched(history, checkout, steps[:-1])))
    replayed = replay(pasts)
    names = tuple(dict.fromkeys(name for past in pasts[-CURRENT:] for name in past.tasks))
    silent = _silence(len(runs), replayed, names)
    (touched, same), *_ = _touched(history, checkout, steps[-1:])
    touched |= {one.file for one in pending}
    worth = [name for name in names if name in replayed.told and not silent]
    told = [replayed.model.forecast(name, touched, same=same) for name in worth]
    return Prediction(
        tasks=tuple(sorted(told, key=lambda one: -one.probability)),
        names=names,
        flaky=tuple((name, found) for name in names if (found := flakiness(_executions(runs, name)))),
        backtest=replayed.whole,
        told=together([replayed.tasks[name] for name in worth]),
        silent=silent,
        commit=checkout.commit,
        uncommitted=len(pending),
    )


def to_json(prediction: Prediction) -> dict[str, Json]:
    """Return a prediction as values for JSON."""
    told = {one.task: one for one in prediction.tasks}
    flaky = dict(prediction.flaky)
    names = list(dict.fromkeys([*told, *prediction.names]))
    test = prediction.told if prediction.tasks else prediction.backtest
    return {
        "commit": prediction.commit,
        "uncommitted": prediction.uncommitted,
        "tasks": [_task_json(name, told.get(name), flaky.get(name)) for name in names],
        "backtest": {
            "runs": test.runs,
            "failures": test.failures,
            "brier": round(test.brier, 4),
            "base_brier": round(test.base_brier, 4),
            "base_rate": round(test.rate, 4),
            "better": bool(prediction.tasks),
        },
        "silent": prediction.silent,
    }


def _task_json(name: str, told: Forecast | None, flaky: Flakiness | None) -> dict[str, Json]:
    return {
        "name": printable_line(name),
        "probability": round(told.probability, 4) if told else None,
        "interval": [round(end, 4) for end in told.interval] if told else None,
        "reasons": [printable_line(reason) for reason in told.reasons] if told else [],
        "flaky": None
        if flaky is None
        else {
            "low": round(flaky.between[0], 4),
            "high": round(flaky.between[1], 4),
            "failed": flaky.failed,
            "runs": flaky.runs,
            "commits": flaky.commits,
        },
    }


def _silence(runs: int, replayed: Replay, names: Sequence[str]) -> str:
    """Return why nothing is to be predicted; "" when the past says that it is worth it."""
    test = replayed.whole
    if not runs:
        return "there is no run yet"
    if test.runs < FEWEST:
        so_far = "one run is known" if runs == 1 else f"{runs} runs are known"
        return f"{so_far}, and whether it is any good can be told from {FIRST + FEWEST} on"
    if test.failures < FEWEST_FAILURES:
        how_many = ("nothing", "one result", "two results")[test.failures]
        return f"{how_many} of the last {test.runs} runs failed: there is nothing to learn from"
    if not replayed.told.intersection(names):
        return f"in the past it would not have been better than the base rate of {percent(test.rate)}"
    return ""


def _has_results(run: Run) -> bool:
    return run.status is not RunStatus.RUNNING and any(task.status in _TOLD for task in run.tasks)


def _steps(runs: Sequence[Run], checkout: Checkout) -> list[tuple[tuple[str, str], bool]]:
    """Return the commits from run to run and to what is checked out, and whether both were all committed."""
    states = [*((run.commit, run.dirty) for run in runs), (checkout.commit, checkout.dirty)]
    first = ((states[0][0], states[0][0]), False)
    return [first, *(((a, b), not (c or d)) for (a, c), (b, d) in pairwise(states))]


def _touched(
    history: History, checkout: Checkout, steps: Sequence[tuple[tuple[str, str], bool]]
) -> list[tuple[frozenset[str], bool]]:
    """Return for each step the files that differ, and whether it is known that nothing does."""
    pairs = [pair if all(pair) else ("", "") for pair, _ in steps]
    known = checkout.repository and any(all(pair) for pair in pairs)
    found = history.files(checkout.root, pairs) if known else [None] * len(pairs)
    return [
        (files or frozenset(), clean and bool(old) and old == new)
        for files, ((old, new), clean) in zip(found, steps, strict=True)
    ]


def _pasts(runs: Sequence[Run], touched: Iterable[tuple[frozenset[str], bool]]) -> Iterator[Past]:
    for run, (files, same) in zip(runs, touched, strict=True):
        tasks = {task.name: _ended(task) for task in run.tasks if task.status in _TOLD}
        yield Past(tasks=tasks, touched=files, same=same)


def _ended(task: TaskResult) -> Ended:
    causes = frozenset(failure.fingerprint for failure in task.failures[:1])
    return Ended(task.status.bad, causes if task.status.bad else frozenset())


def _executions(runs: Iterable[Run], name: str) -> Iterator[tuple[str, bool]]:
    """Yield commit and outcome of each time that a task was really executed, on what was committed."""
    for run in runs:
        if run.commit and not run.dirty:
            for task in run.tasks:
                if task.name == name and task.status in _TOLD and not task.cached:
                    yield run.commit, task.status.bad
