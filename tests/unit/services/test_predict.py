"""What is to be expected of the run to come, from a store and a history."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.runs import EVIL, a_result, a_run

from autonomous_cicd.adapters.memory import MemoryHistory
from autonomous_cicd.adapters.memory_store import MemoryStore
from autonomous_cicd.domain.change import Commit
from autonomous_cicd.domain.run import RunStatus, TaskResult, TaskStatus
from autonomous_cicd.ports import Checkout
from autonomous_cicd.services.predict import Prediction, predict, to_json

ROOT = Path("/project")
FAILED, PASSED = TaskStatus.FAILED, TaskStatus.PASSED


def commits(count: int) -> MemoryHistory:
    """Make a history in which each commit touches one of four files, in turn."""
    files: dict[str, str] = {}
    states = {}
    for number in range(count):
        files = {**files, f"src/{'abcd'[number % 4]}.py": str(number)}
        states[Commit(id=f"{number:040x}")] = files
    return MemoryHistory(states, {**files, "src/c.py": "not committed"})


class Project:
    """A project whose test fails when src/c.py was changed."""

    def __init__(self, runs: int, *, commit: int | None = None) -> None:
        self.store = MemoryStore()
        self.history = commits(runs + 1)
        self.checkout = Checkout(
            root=ROOT, repository=True, commit=f"{runs if commit is None else commit:040x}", branch="main"
        )
        for number in range(runs):
            status = FAILED if number % 4 == 2 else PASSED
            self.add(number, a_result("test", status), a_result("lint"), commit=f"{number:040x}")

    def add(self, started: float, *results: TaskResult, **more: Any) -> None:
        run = a_run(id=f"r{started:09.1f}", started=float(started), project=str(ROOT), **more)
        self.store.save_run(run)
        for result in results:
            self.store.save_task(run.id, result)

    def predict(self, **checkout: Any) -> Prediction:
        return predict(self.store, self.history, replace(self.checkout, **checkout))


def test_what_changes_since_the_last_run_decides() -> None:
    safe, risky = Project(40).predict(), Project(42).predict()
    assert ["test"] == [one.task for one in risky.tasks]
    assert risky.tasks[0].probability > 0.5 > 0.1 > safe.tasks[0].probability
    assert "src/c.py changed: after a change there it failed 10 of 10 times" == risky.tasks[0].reasons[0]
    assert "" == risky.silent


def test_work_that_is_not_committed_counts() -> None:
    project = Project(40)
    clean, dirty = project.predict(), project.predict(dirty=True)
    assert (0, 1) == (clean.uncommitted, dirty.uncommitted)
    assert dirty.tasks[0].probability > 4 * clean.tasks[0].probability


@pytest.mark.parametrize(
    ("runs", "silent"),
    [
        (0, "there is no run yet"),
        (1, "one run is known, and whether it is any good can be told from 20 on"),
        (7, "7 runs are known, and whether it is any good can be told from 20 on"),
    ],
)
def test_with_few_runs_it_is_silent(runs: int, silent: str) -> None:
    found = Project(runs).predict()
    assert (silent, ()) == (found.silent, found.tasks)


def test_where_nothing_fails_there_is_nothing_to_learn() -> None:
    project = Project(0)
    for number in range(30):
        project.add(number, a_result("test", FAILED if number == 20 else PASSED))
    assert "one result of the last 25 runs failed: there is nothing to learn from" == project.predict().silent


def test_where_the_past_was_not_foreseeable_it_is_silent() -> None:
    project = Project(0)
    dice = random.Random(1)
    for number in range(64):
        status = FAILED if dice.random() < 0.2 else PASSED
        project.add(number, a_result("test", status), commit=f"{number:040x}")
    found = project.predict()
    assert found.silent.startswith("in the past it would not have been better than the base rate of ")
    assert (("test",), ()) == (found.names, found.tasks)


def test_flakiness_is_told_even_then() -> None:
    project = Project(0)
    for number in range(6):
        project.add(number, a_result("test", FAILED if number == 3 else PASSED), commit="c")
    found = project.predict()
    assert found.silent
    assert ["test"] == [name for name, _ in found.flaky]
    assert (1, 6) == (found.flaky[0][1].failed, found.flaky[0][1].runs)


@pytest.mark.parametrize("more", [{"dirty": True}, {"commit": ""}])
def test_only_what_was_committed_tells_of_flakiness(more: dict[str, Any]) -> None:
    project = Project(0)
    for number in range(6):
        project.add(number, a_result("test", FAILED if number == 3 else PASSED), **{"commit": "c", **more})
    assert () == project.predict().flaky


def test_what_was_taken_from_the_cache_was_not_executed() -> None:
    project = Project(0)
    for number in range(6):
        result = a_result("test", cached=True) if number != 3 else a_result("test", FAILED)
        project.add(number, result, commit="c")
    assert () == project.predict().flaky


def test_a_folder_without_a_repository_is_learned_from_as_well() -> None:
    project = Project(0)
    for number in range(60):
        project.add(number, a_result("test", FAILED if number % 20 > 10 else PASSED))
    found = project.predict(repository=False, commit="")
    assert ["test"] == [one.task for one in found.tasks]
    assert found.tasks[0].probability > 0.5


def test_commits_that_are_not_there_any_more_are_no_error() -> None:
    project = Project(40)
    project.history = commits(20)
    assert project.predict(commit="e" * 40).names


def test_what_has_no_result_is_left_out() -> None:
    project = Project(30)
    project.add(100, a_result("test", TaskStatus.SKIPPED), commit="a" * 40)
    project.add(101, a_result("test", FAILED), status=RunStatus.RUNNING, commit="a" * 40)
    assert 25 == project.predict().backtest.runs


def test_a_task_that_is_gone_is_not_told() -> None:
    project = Project(30)
    for number in range(30, 36):
        project.add(number, a_result("other"), commit=f"{number:040x}")
    assert ("other",) == project.predict().names


def test_it_is_json() -> None:
    said = to_json(Project(42).predict())
    assert {"commit", "uncommitted", "tasks", "backtest", "silent"} == said.keys()
    tasks: Any = said["tasks"]
    assert ["test", "lint"] == [one["name"] for one in tasks]
    test, lint = tasks
    low, high = test["interval"]
    assert 0 <= low <= test["probability"] <= high <= 1
    assert (None, None, [], None) == tuple(
        lint[key] for key in ("probability", "interval", "reasons", "flaky")
    )
    backtest: Any = said["backtest"]
    assert True is backtest["better"]
    assert backtest["brier"] < backtest["base_brier"]


def test_names_are_harmless_in_json() -> None:
    project = Project(0)
    project.add(1, a_result(EVIL))
    assert "\x1b" not in str(to_json(project.predict()))
