"""Workflow files and local actions are read as the code host reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from autonomous_cicd.domain.workflow import ActionInput, Call, Step
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.workflows.file import read_action, read_workflow

ROOT = Path(__file__).parents[3]
REAL = ROOT / ".." / "shared/contracts/workflows"
REFUSED = yaml.safe_load((ROOT / "tests/cases/workflow/refused.yml").read_text(encoding="utf-8"))

WHOLE = """\
name: CI
run-name: run of ${{ github.actor }}
on:
  push: {branches: [main]}
  workflow_dispatch:
    inputs:
      level: {type: choice, options: [a, b]}
  workflow_call:
    inputs:
      level: {type: string, required: true}
      other: {type: number, default: 3}
    outputs:
      result: {value: "${{ jobs.test.outputs.x }}"}
permissions: read-all
concurrency: {group: "${{ github.ref }}", cancel-in-progress: true}
env: {ONE: 1, TWO: 2.50, YES: true, NOTHING: }
defaults:
  run: {shell: bash, working-directory: sub}
jobs:
  test:
    name: Test ${{ matrix.python }}
    needs: lint
    if: ${{ !cancelled() }}
    runs-on: [ubuntu-latest]
    strategy:
      fail-fast: false
      max-parallel: 2
      matrix: {python: [3.10, "3.12"]}
    env: {A: "${{ secrets.X }}"}
    defaults: {run: {shell: sh}}
    outputs: {x: "${{ steps.a.outputs.b }}"}
    container: {image: python:3}
    services: {db: {image: postgres}}
    environment: {name: pypi, url: x}
    timeout-minutes: 10
    continue-on-error: ${{ matrix.python == 3.1 }}
    steps:
      - &checkout
        uses: actions/checkout@v4
        with:
      - name: Two
        id: a
        if: false
        run: |
          echo one
          echo ${{ matrix.python }}
        env: {N: 1, B: false}
        shell: python
        working-directory: there
        continue-on-error: true
        timeout-minutes: ${{ 1 }}
  lint:
    runs-on: ubuntu-latest
    strategy:
    with-anchor: &nothing
  call:
    needs: [test, lint, test]
    uses: ./.github/workflows/other.yml
    with: {a: 1}
    secrets: inherit
""".replace("    with-anchor: &nothing\n", "    steps: [*checkout]\n")


def test_a_whole_workflow() -> None:
    workflow = read_workflow(WHOLE, path="w.yml")
    assert workflow.name == "CI"
    assert list(workflow.events) == ["push", "workflow_dispatch", "workflow_call"]
    assert workflow.env == {"ONE": 1, "TWO": 2.5, "YES": True, "NOTHING": None}
    assert workflow.outputs == {"result": "${{ jobs.test.outputs.x }}"}
    assert workflow.inputs == {
        "level": {"type": "string", "required": True},
        "other": {"type": "number", "default": 3},
    }
    assert [job.id for job in workflow.jobs] == ["test", "lint", "call"]


def test_a_whole_job() -> None:
    job = read_workflow(WHOLE, path="w.yml").jobs[0]
    assert job.name == "Test ${{ matrix.python }}"
    assert job.needs == ("lint",)
    assert job.condition == "${{ !cancelled() }}"
    assert job.runs_on == ["ubuntu-latest"]
    assert job.matrix == {"python": [3.1, "3.12"]}
    assert (job.fail_fast, job.max_parallel) == (False, 2)
    assert job.env == {"A": "${{ secrets.X }}"}
    assert (job.shell, job.working_directory) == ("sh", "sub")
    assert job.outputs == {"x": "${{ steps.a.outputs.b }}"}
    assert (job.container, job.services) == ({"image": "python:3"}, {"db": {"image": "postgres"}})
    assert job.environment == {"name": "pypi", "url": "x"}
    assert (job.timeout_minutes, job.continue_on_error) == (10, "${{ matrix.python == 3.1 }}")
    assert job.line == 20


def test_whole_steps() -> None:
    test, lint, call = read_workflow(WHOLE, path="w.yml").jobs
    first, second = test.steps
    assert first == Step(uses="actions/checkout@v4", line=38)
    assert lint.steps == (Step(uses="actions/checkout@v4", line=55),)
    assert second == Step(
        id="a",
        name="Two",
        condition="false",
        run="echo one\necho ${{ matrix.python }}\n",
        env={"N": 1, "B": False},
        shell="python",
        working_directory="there",
        continue_on_error=True,
        timeout_minutes="${{ 1 }}",
        line=41,
    )
    assert call.needs == ("test", "lint")
    assert call.call == Call(uses="./.github/workflows/other.yml", inputs={"a": 1}, secrets="inherit")
    assert call.fail_fast is True


@pytest.mark.parametrize("on", ["push", "[push, pull_request]", "{push: , pull_request: {}}"])
def test_events_have_three_forms(on: str) -> None:
    workflow = read_workflow(f"on: {on}\njobs: {{a: {{runs-on: x}}}}", path="w.yml")
    assert next(iter(workflow.events)) == "push"
    assert workflow.inputs == {}


def test_the_case_of_needs_does_not_count() -> None:
    text = "on: push\njobs: {Build: {runs-on: x}, test: {runs-on: x, needs: [BUILD]}}"
    assert read_workflow(text, path="w.yml").jobs[1].needs == ("Build",)


def test_an_environment_may_be_one_expression() -> None:
    text = "on: push\nenv: ${{ fromJSON(vars.ENV) }}\njobs: {a: {runs-on: x, steps: [{run: , env: }]}}"
    workflow = read_workflow(text, path="w.yml")
    assert workflow.env == {"${{ insert }}": "${{ fromJSON(vars.ENV) }}"}
    assert workflow.jobs[0].steps == (Step(run="", line=3),)


def test_secrets_of_a_call_may_be_a_mapping() -> None:
    text = "on: push\njobs: {a: {uses: ./w.yml, secrets: {a: '${{ secrets.B }}'}}}"
    call = read_workflow(text, path="w.yml").jobs[0].call
    assert call == Call(uses="./w.yml", secrets={"a": "${{ secrets.B }}"})


@pytest.mark.parametrize("key", ["wait: a", "wait-all: true", "cancel: a", "parallel: [{run: x}]"])
def test_steps_of_other_kinds_are_kept_by_name(key: str) -> None:
    text = f"on: push\njobs: {{a: {{runs-on: x, steps: [{{{key}}}, {{run: a, background: true}}]}}}}"
    steps = read_workflow(text, path="w.yml").jobs[0].steps
    assert [key.split(":")[0], "background"] == [step.special for step in steps]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["name"])
def test_what_is_wrong_is_said_with_its_line(case: dict[str, Any]) -> None:
    with pytest.raises(DocumentError) as caught:
        read_workflow(case["text"], path="w.yml")
    assert case["reason"] in caught.value.reason
    assert case["line"] == caught.value.line
    assert case["hint"] in caught.value.hint
    assert str(caught.value).startswith("w.yml:")


ACTION = """\
name: Greet
description: greets
author: someone
inputs:
  Who: {description: whom, required: true, default: World}
  how: {required: "false"}
outputs:
  text: {description: what, value: "${{ steps.a.outputs.text }}"}
runs:
  using: Composite
  steps:
    - {id: a, run: echo, shell: bash}
    - {uses: ./other}
"""


def test_a_composite_action() -> None:
    action = read_action(ACTION, path="a/action.yml")
    assert (action.name, action.using) == ("Greet", "composite")
    assert action.inputs == {
        "who": ActionInput(default="World", required=True),
        "how": ActionInput(),
    }
    assert action.outputs == {"text": "${{ steps.a.outputs.text }}"}
    assert [step.run or step.uses for step in action.steps] == ["echo", "./other"]


def test_other_actions() -> None:
    action = read_action("runs: {using: node20, main: index.js}", path="action.yml")
    assert (action.using, action.main, action.steps) == ("node20", "index.js", ())
    assert read_action("runs: {using: docker, image: Dockerfile}", path="a.yml").using == "docker"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name: x", "runs is missing"),
        ("runs: {main: x}", "runs has no `using`"),
        ("runs: {using: composite, step: []}", "unknown key 'step'"),
        ("runs: {using: composite, steps: [{run: x}]}", "has no `shell`"),
        ("runs: [1]", "runs must be a mapping"),
    ],
)
def test_a_wrong_action_is_refused(text: str, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        read_action(text, path="action.yml")


def _real() -> list[str]:
    index = REAL / "index.jsonl"
    lines = index.read_text(encoding="utf-8").splitlines() if index.exists() else []
    return [json.loads(line)["file"] for line in lines]


@pytest.mark.skipif(not REAL.exists(), reason="the collection of real workflow files is not here")
def test_every_real_workflow_is_read() -> None:
    names = _real()
    assert len(names) == 125
    for name in names:
        assert read_workflow((REAL / name).read_text(encoding="utf-8"), path=name).jobs


KEYS = st.sampled_from(
    ["on", "jobs", "a", "b", "runs-on", "uses", "steps", "run", "needs", "if", "strategy", "matrix", "env"]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.sampled_from(["a", "b", "${{ x", "push", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES | st.fixed_dictionaries({"on": st.just("push"), "jobs": st.dictionaries(KEYS, VALUES)}))
@settings(max_examples=200, deadline=None)
def test_nothing_but_document_errors_comes_out(value: Any) -> None:
    for read in (read_workflow, read_action):
        try:
            read(json.dumps(value), path="w.yml")
        except DocumentError as error:
            assert error.file == "w.yml"
