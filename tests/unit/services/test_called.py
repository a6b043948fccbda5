"""What reusable workflows get and give is found out when the run gets there."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.expression.evaluate import Scope
from autonomous_cicd.domain.workflow import Call, CallPlan, Job, JobPlan, Json, Workflow
from autonomous_cicd.errors import UsageError
from autonomous_cicd.services.called import call_outputs, with_late_inputs
from autonomous_cicd.workflows.file import read_workflow

CALLED = read_workflow(
    """
on:
  workflow_call:
    inputs: {word: {type: string}, level: {type: number, default: 3}, on: {type: boolean}}
    outputs:
      first: {value: "${{ jobs.build.outputs.x }}"}
      all: {value: "${{ jobs.build.outputs.y }}-${{ inputs.level }}-${{ github.ref }}"}
      deep: {value: "${{ jobs.inner.outputs.first }}"}
jobs:
  build: {runs-on: ubuntu-latest, steps: [{run: a}]}
  inner: {uses: ./.github/workflows/called.yml}
""",
    path=".github/workflows/called.yml",
)
MAIN = Workflow(path="ci.yml")


def calling(**inputs: str) -> JobPlan:
    call = Call(uses="./.github/workflows/called.yml", inputs=dict(inputs))
    return JobPlan(workflow=MAIN, job=Job(id="call", call=call))


def scope_of(plan: JobPlan) -> Scope:
    needs: Json = {"first": {"outputs": {"word": "hello"}}}
    return Scope({"needs": needs, "inputs": dict(plan.inputs)})


def test_a_plain_job_has_all_its_inputs() -> None:
    plan = JobPlan(workflow=MAIN, job=Job(id="a"), inputs={"a": 1})
    assert with_late_inputs(plan, scope_of) == plan


def test_late_inputs_are_found_out() -> None:
    caller = calling(word="${{ needs.first.outputs.word }}", on="${{ 'True' }}")
    plan = JobPlan(workflow=CALLED, job=CALLED.jobs[0], caller=caller, late=("word",), inputs={"level": 3})
    found = with_late_inputs(plan, scope_of)
    assert found.inputs == {"word": "hello", "level": 3, "on": True}
    assert found.late == ()


def test_late_inputs_go_through_several_calls() -> None:
    outer = calling(word="${{ needs.first.outputs.word }}")
    call = Call(uses="./.github/workflows/called.yml", inputs={"word": "${{ inputs.word }}!"})
    middle = JobPlan(workflow=CALLED, job=Job(id="x", call=call), caller=outer, late=("word",))
    plan = JobPlan(workflow=CALLED, job=CALLED.jobs[0], caller=middle, late=("word",))
    assert with_late_inputs(plan, scope_of).inputs["word"] == "hello!"


def test_inputs_that_are_known_stay() -> None:
    plan = JobPlan(workflow=CALLED, job=CALLED.jobs[0], caller=calling(word="x"), inputs={"word": "y"})
    assert with_late_inputs(plan, scope_of).inputs == {"word": "y"}


def test_wrong_inputs_are_refused() -> None:
    plan = JobPlan(workflow=CALLED, job=CALLED.jobs[0], caller=calling(nothing="x"), late=("word",))
    with pytest.raises(UsageError, match="has no input 'nothing'"):
        with_late_inputs(plan, scope_of)


def test_outputs_of_a_call_come_from_its_jobs() -> None:
    """Of several tasks of one job the last one that says something counts; an inner call gives its own."""
    inner = CallPlan(workflow=CALLED, jobs={"build": ("inner",)})
    call = CallPlan(
        workflow=CALLED,
        inputs={"level": 4},
        jobs={"build": ("one", "two", "three"), "inner": ("inner",)},
        calls={"inner": inner},
    )
    outputs = {
        "one": {"x": "1", "y": "1"},
        "two": {"x": "", "y": "2"},
        "inner": {"x": "deep"},
    }
    found = call_outputs(call, outputs, {"ref": "r"})
    assert found == {"first": "1", "all": "2-4-r", "deep": "deep"}
