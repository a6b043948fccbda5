"""What a red run tells: also one whose jobs were ended by the host, or whose logs are gone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from tests.diagnosing import diagnoser

from autonomous_cicd.adapters.memory_host import MemoryHost
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.services.host_symptoms import HostSymptoms, host_symptoms

SHOP = "acme/shop"
ENDED = b"working\n##[error]The operation was canceled.\n"
SAID = b"##[error]The job running on runner 1 has exceeded the maximum execution time of 6 minutes.\n"
STEPS = (("Set up job", "success"), ("Run make", "cancelled"))
NO_JOB = "the host did not start a single job of this workflow"
STOPPED = "the job was stopped before its end, as when its time is over"
"""What a job says whose time is over stands beside its log; a person's cancelling makes no run fail."""
TOO_LONG = "job 'test' of ci.yml ran longer than it may"


def told(conclusion: str, jobs: Sequence[dict[str, Any]]) -> HostSymptoms:
    host = MemoryHost()
    host.add_repository(SHOP)
    run = host.add_run(SHOP, conclusion=conclusion)
    for job in jobs:
        host.add_job(run, **job)
    return asyncio.run(host_symptoms(host, SimpleNamespace(diagnoser=diagnoser()), run))


def cancelled(log: bytes | None, **more: Any) -> dict[str, Any]:
    return {"conclusion": "cancelled", "log": log, "steps": STEPS, **more}


@pytest.mark.parametrize(
    ("conclusion", "log", "category", "cause"),
    [
        ("timed_out", ENDED, Category.RESOURCE_TIMEOUT, TOO_LONG),
        ("timed_out", b"", Category.RESOURCE_TIMEOUT, TOO_LONG),
        ("timed_out", SAID + ENDED, Category.RESOURCE_TIMEOUT, "it ran longer than it may"),
        ("failure", SAID + ENDED, Category.RESOURCE_TIMEOUT, "it ran longer than it may"),
        ("failure", ENDED, Category.RESOURCE_TIMEOUT, STOPPED),
        ("failure", None, Category.UNKNOWN, "job 'test' of ci.yml was cancelled, and its log is gone"),
    ],
)
def test_a_job_that_the_host_ended_is_read_from_its_log(
    conclusion: str, log: bytes | None, category: Category, cause: str
) -> None:
    [sick] = told(conclusion, [cancelled(log)]).sick
    assert ("test", category, cause) == (sick.job.name, sick.failure.category, sick.failure.cause)
    assert "Run make" == sick.failure.place.step


def test_what_was_cancelled_besides_a_failed_job_is_not_the_cause() -> None:
    [sick] = told(
        "failure", [cancelled(ENDED, name="lint"), {"name": "unit", "log": b"make: error 1\n"}]
    ).sick
    assert "unit" == sick.job.name


@pytest.mark.parametrize(
    "jobs",
    [
        [],
        [{"conclusion": "skipped", "log": None}],
        [{"conclusion": "cancelled", "log": None}],
    ],
)
def test_that_no_job_was_started_is_said_only_when_none_was(jobs: Sequence[dict[str, Any]]) -> None:
    [sick] = told("failure", jobs).sick
    assert (NO_JOB, f".github/workflows/ci.yml: {NO_JOB}") == (sick.failure.cause, sick.failure.message)
    [sick] = told("failure", [*jobs, {"name": "green", "conclusion": "success"}]).sick
    assert "the run is red, and none of its jobs failed" == sick.failure.cause


def test_lost_logs_of_two_jobs_are_two_causes() -> None:
    """Those of a matrix that differ in numbers only are one."""
    names = ("lint", "test (3.11)", "test (3.12)")
    found = told("failure", [{"name": name, "log": None} for name in names])
    assert [["lint"], ["test (3.11)", "test (3.12)"]] == [
        [sick.job.name for sick in each] for each in found.causes()
    ]
    assert "job 'lint' of ci.yml failed, and its log is gone" == found.sick[0].failure.message
    assert 3 == len(found.notes)


def test_a_job_that_says_nothing_is_named_with_its_step() -> None:
    [sick] = told("failure", [{"steps": (("Run make", "failure"),), "log": b""}]).sick
    assert "job 'test' of ci.yml failed at 'Run make'" == sick.failure.cause
