"""Why a task failed is told where it can be, and what is wrong with telling it ends no run."""

from __future__ import annotations

import pytest
from tests.failures import a_failure

from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.run import TaskResult, TaskStatus
from autonomous_cicd.errors import UsageError
from autonomous_cicd.services.task_failures import TOLD, diagnosed

RED = TaskResult(name="check", status=TaskStatus.FAILED, reason="exit code 1")


def test_what_is_sure_enough_is_told() -> None:
    sure, unsure = a_failure(confidence=TOLD), a_failure(confidence=TOLD - 0.01)
    assert (sure,) == diagnosed(RED, b"", "r1", lambda log, step, failed: (sure, unsure)).failures


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UsageError("own.toml is a link"), "exit code 1 (not diagnosed: own.toml is a link)"),
        (ValueError("odd"), "exit code 1 (not diagnosed: a bug of ours, ValueError('odd'))"),
    ],
)
def test_a_diagnosis_that_goes_wrong_is_said_beside_the_reason(error: Exception, said: str) -> None:
    def diagnose(log: bytes, step: str, failed: bool) -> tuple[Failure, ...]:
        raise error

    found = diagnosed(RED, b"", "r1", diagnose)
    assert (said, ()) == (found.reason, found.failures)
