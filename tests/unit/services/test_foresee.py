"""The steps that will be left out are known before the run."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.domain.workflow import Job, JobPlan, Step, Workflow
from autonomous_cicd.services.foresee import action_refusal, foresee, step_refusal


def refused(uses: str) -> str:
    return "" if uses.startswith("actions/checkout") else f"no {uses}"


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (Step(run="make"), ""),
        (Step(uses="actions/checkout@v4"), ""),
        (Step(uses="./my/action"), ""),
        (Step(uses="../action"), ""),
        (Step(uses="octo/action/path@v1"), "no octo/action/path@v1"),
        (Step(uses="docker://alpine:3"), "needs a container engine"),
        (Step(run="echo ${{ secrets.KEY }}"), "needs the secret KEY, which is not here"),
        (Step(run="sudo rm -r /"), "`sudo rm -r /` would change this machine"),
        (Step(special="wait"), "`wait` steps are not interpreted here"),
    ],
)
def test_why_a_step_is_left_out(step: Step, reason: str) -> None:
    assert reason == step_refusal(step, refused)


def test_steps_that_will_be_left_out_are_listed() -> None:
    steps = (Step(run="make"), Step(uses="octo/action@v1"), Step(name="Install\x1b[0m", run="sudo true"))
    job = Job(id="a", steps=steps)
    found = foresee(JobPlan(workflow=Workflow(path="w.yml"), job=job), refused)
    assert [skipped.reason for skipped in found] == [
        "no octo/action@v1",
        "`sudo true` would change this machine",
    ]
    assert found[0] == Skipped("Run octo/action@v1", found[0].reason)
    assert found[1].what.isprintable()


@pytest.mark.parametrize(
    ("uses", "reason"),
    [
        ("Actions/Checkout@v4", ""),
        ("actions/cache/restore@v4", ""),
        ("codecov/codecov-action@v4", "codecov/codecov-action sends results to a service outside"),
        ("github/codeql-action/init@v3", "github/codeql-action/init is an analysis by a service outside"),
        ("docker/build-push-action@v5", "docker/build-push-action needs a container engine"),
        ("Octo/Nothing@v1", "uses Octo/Nothing, which has no substitute here"),
        ("octo", "uses octo, which has no substitute here"),
    ],
)
def test_the_shelf_of_actions_is_asked(uses: str, reason: str) -> None:
    assert reason == action_refusal(uses)
