"""What is wrong with a run, each thing with its cause, what comes first first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.benches import failure_of
from tests.runs import a_pipeline, a_result, a_run, a_task

from autonomous_cicd.cases import Ran
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.domain.run import GateResult, Run, RunStatus, TaskStatus, Verdict
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.services.failing import broken, unchecked

KNOWN = failure_of("ModuleNotFoundError: x\n", Category.DEPENDENCY_MISSING)


def diagnose(log: str, step: str) -> tuple[Failure, ...]:
    """Know what contains the word."""
    return (KNOWN,) if "ModuleNotFound" in log else ()


def failed(name: str, started: float = 0.0, **more: Any) -> Any:
    return a_result(name, TaskStatus.FAILED, started=started, **more)


def ran(run: Run, *problems: str, **more: Any) -> Ran:
    pipeline = replace(a_pipeline(*(a_task(task.name) for task in run.tasks)), problems=problems)
    return Ran(run=run, pipeline=more.pop("pipeline", pipeline), **more)


def found(one: Ran) -> list[tuple[str, str, str]]:
    return [(each.task, each.failure.category.value, each.failure.message) for each in broken(one, diagnose)]


@pytest.mark.parametrize("status", [RunStatus.PASSED, RunStatus.CANCELLED, RunStatus.LOST])
def test_only_what_failed_is_wrong(status: RunStatus) -> None:
    assert [] == found(ran(a_run(failed("a"), status=status)))


def test_what_failed_first_comes_first_and_optional_tasks_do_not_matter() -> None:
    run = a_run(
        failed("late", 2.0), failed("early", 1.0), failed("optional", 0.0, optional=True), a_result("fine")
    )
    logs = {"early": "ModuleNotFoundError: x"}
    assert [("early", "dependency_missing", KNOWN.message), ("late", "unknown", "it failed")] == found(
        ran(run, logs=logs)
    )


def test_what_a_task_says_of_its_failure_is_believed() -> None:
    run = a_run(failed("a", failures=(KNOWN,)), failed("b", 1.0, reason="took longer than 5 s"))
    assert [("a", "dependency_missing", KNOWN.message), ("b", "unknown", "took longer than 5 s")] == found(
        ran(run)
    )


def test_a_gate_that_failed_is_wrong_too() -> None:
    def gate(name: str, verdict: Verdict) -> GateResult:
        return GateResult(name=name, verdict=verdict, value=70.0, threshold=80.0)

    gates = (
        gate("test_coverage", Verdict.FAILED),
        gate("security_scan", Verdict.FAILED),
        gate("compliance", Verdict.NOT_MEASURED),
    )
    run = a_run(a_result("a"), gates=gates, status=RunStatus.FAILED)
    assert [("test_coverage", "coverage_gate"), ("security_scan", "security_gate")] == [
        (task, category) for task, category, _ in found(ran(run))
    ]


def test_a_file_that_nothing_could_be_planned_of() -> None:
    error = DocumentError("no mapping", file=".github/workflows/ci.yml", line=3)
    one = Ran(run=a_run(status=RunStatus.FAILED), pipeline=None, refusal=error)
    (each,) = broken(one, diagnose)
    assert (".github/workflows/ci.yml", Category.CONFIGURATION) == (each.task, each.failure.category)
    assert (".github/workflows/ci.yml", 3) == (each.failure.place.file, each.failure.place.line)


def test_a_workflow_file_that_its_host_would_refuse() -> None:
    problem = ".github/workflows/ci.yml:7: job `a` needs `b`, which is not there"
    run = a_run(a_result("a"), status=RunStatus.FAILED, reason=problem)
    (each,) = broken(ran(run, problem), diagnose)
    assert (".github/workflows/ci.yml", problem, 7) == (
        each.task,
        each.failure.message,
        each.failure.place.line,
    )
    (other,) = broken(ran(run, "jobs form a circle"), diagnose)
    assert "the pipeline" == other.task


def test_when_nothing_could_be_checked_that_is_wrong() -> None:
    unchecked = a_result("a", TaskStatus.NOT_CHECKED, reason="python 3.99 is not there")
    assert [("a", "configuration", "python 3.99 is not there")] == found(
        ran(a_run(unchecked, status=RunStatus.FAILED, reason="nothing"), pipeline=None)
    )
    assert [] == found(ran(a_run(unchecked, a_result("b"), status=RunStatus.FAILED), pipeline=None))


def test_a_reason_of_the_run_alone() -> None:
    run = a_run(a_result("a"), status=RunStatus.FAILED, reason="the disk is full")
    assert [("the run", "unknown", "the disk is full")] == found(ran(run))


def test_the_same_cause_has_the_same_fingerprint() -> None:
    run = a_run(failed("a", reason="it broke"))
    first, second = (next(broken(ran(run), diagnose)).failure.fingerprint for _ in range(2))
    assert first == second != next(broken(ran(a_run(failed("a"))), diagnose)).failure.fingerprint


WANTS = Skipped("Live", "needs the secret KEY, which is not here", check=True)
"""A check that was left out."""
PUBLISHES = Skipped("Publish", "needs the secret KEY, which is not here")


def test_a_green_run_may_have_left_a_check_out() -> None:
    run = a_run(
        a_result("test", skipped=(WANTS, PUBLISHES)),
        a_result("optional", skipped=(WANTS,), optional=True),
        skipped=(replace(WANTS, what="live"), PUBLISHES),
    )
    assert [
        ("live", "the job 'live': needs the secret KEY, which is not here"),
        ("test", "the step 'Live' needs the secret KEY, which is not here"),
    ] == [(one.task, one.failure.message) for one in unchecked(run)]
    assert {Category.AUTHENTICATION} == {one.failure.category for one in unchecked(run)}


def test_of_a_red_run_something_else_is_wrong_first() -> None:
    assert [] == list(unchecked(a_run(failed("test", skipped=(WANTS,)))))
    assert [] == list(unchecked(a_run(a_result("test", skipped=(PUBLISHES,)))))
