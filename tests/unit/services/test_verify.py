"""What a run with a change proves; the rest is shown with the loop."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tests.runs import a_pipeline, a_result, a_run, a_task
from tests.wards import FakeWard, fails_on

from autonomous_cicd.cases import Ran
from autonomous_cicd.domain.patch import NOTHING
from autonomous_cicd.domain.run import StepResult, TaskStatus
from autonomous_cicd.domain.verification import Counts, Outcome
from autonomous_cicd.services.failing import broken
from autonomous_cicd.services.verify import AGAIN, trial_of, verify


def test_a_trial_tells_what_was_executed_and_how_many_tests_there_were() -> None:
    steps = (
        StepResult(name="Test", status=TaskStatus.PASSED, seconds=1.0, exit_code=0, command="pytest"),
        StepResult(name="Checkout", status=TaskStatus.PASSED, seconds=1.0, exit_code=0),
        StepResult(name="Skipped", status=TaskStatus.SKIPPED, seconds=0.0),
    )
    run = a_run(
        a_result("a", steps=steps), a_result("b", TaskStatus.FAILED, exit_code=3), a_result("gone"), id="r1"
    )
    logs = {"a": "== 3 passed, 1 skipped in 1s ==\n", "b": "== 1 failed, 2 passed in 1s ==\n"}
    trial = trial_of(Ran(run=run, pipeline=a_pipeline(a_task("a"), a_task("b")), logs=logs), "as it was")
    assert ("r1", "as it was", False, 12.34) == (trial.run, trial.what, trial.green, trial.seconds)
    assert (("pytest", 0), ("Checkout", 0), ("true", 3), ("gone", None)) == trial.commands
    assert Counts(passed=5, failed=1, skipped=1) == trial.tests


def test_patience_for_something_flaky_ends() -> None:
    """What was seen until then counts."""
    ward = FakeWard({"a": "bad\n"}, {"test": fails_on("a", "never")})
    red = replace(ward.ran(), run=FakeWard({"a": "x"}, {"test": fails_on("a", "x")}).ran().run)
    wrong = next(broken(red, ward.diagnose))
    times = iter(100.0 * number for number in range(50))
    verified = asyncio.run(
        verify(ward, NOTHING, before=red, wrong=wrong, now=lambda: next(times), flaky=True)
    ).verification
    assert (Outcome.GREEN, True) == (verified.outcome, 1 < len(verified.trials) < AGAIN)
    assert "again, unchanged" == verified.trials[0].what
