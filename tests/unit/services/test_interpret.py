"""Workflow files become tasks, and whatever is left out has a reason."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from autonomous_cicd.adapters.memory import MemoryFiles
from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.domain.pipeline import Pipeline, Source, Stage, Task
from autonomous_cicd.domain.workflow import JobPlan
from autonomous_cicd.errors import DocumentError, UsageError
from autonomous_cicd.ports import Checkout
from autonomous_cicd.services.interpret import Interpretation, interpret

ROOT = Path(__file__).parents[3]
CASES = yaml.safe_load((ROOT / "tests/cases/workflow/plans.yml").read_text(encoding="utf-8"))
REAL = ROOT / ".." / "shared/contracts/workflows"
KNOWN = frozenset({"actions/checkout", "actions/setup-python", "actions/setup-node", "pre-commit/action"})

MACHINE = Machine(
    interpreters=(
        Interpreter(language="python", version="3.11.2", path="/usr/bin/python3.11"),
        Interpreter(language="python", version="3.12.1", path="/usr/bin/python3.12"),
        Interpreter(language="node", version="20.1.0", path="/usr/bin/node"),
    )
)
CHECKOUT = Checkout(
    root=Path("/home/me/demo"),
    repository=True,
    commit="a" * 40,
    branch="topic",
    default_branch="main",
    remote="https://github.com/octo/demo.git",
)


def refused(uses: str) -> str:
    name = uses.partition("@")[0].lower()
    return "" if name in KNOWN else f"uses {name}, which has no substitute here"


def planned(files: dict[str, str], only: str = "", event: str = "") -> Interpretation:
    return interpret(
        MemoryFiles(files),
        checkout=CHECKOUT,
        machine=MACHINE,
        only=only,
        event=event,
        refused=refused,
    )


@pytest.mark.parametrize(
    ("event", "names"),
    [("", ["a"]), ("push", ["a"]), ("schedule", ["a", "b"]), ("release", ["a"])],
)
def test_a_file_that_is_named_answers_what_it_is_asked_for(event: str, names: list[str]) -> None:
    text = """\
on: {push: , schedule: [{cron: "0 2 * * *"}]}
jobs:
  a: {runs-on: ubuntu-latest, steps: [{run: make}]}
  b: {runs-on: ubuntu-latest, if: github.event_name == 'schedule', steps: [{run: make}]}
"""
    found = planned({".github/workflows/ci.yml": text}, "ci.yml", event)
    assert names == [task.name for task in found.tasks]


def job(text: str) -> Task:
    """Return the only task of a workflow with one job, given as the job's lines in flow style."""
    found = planned({".github/workflows/ci.yml": f"on: push\njobs:\n  a: {text}"})
    assert found.skipped == ()
    return found.tasks[0]


def plan_of(task: Task) -> JobPlan:
    assert task.job is not None
    return task.job


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_plans(case: dict[str, Any]) -> None:
    found = planned(case["files"], case.get("only", ""))
    assert case["tasks"] == {task.name: list(task.needs) for task in found.tasks}
    reasons = {skipped.what: skipped.reason for skipped in found.skipped}
    assert sorted(case["skipped"]) == sorted(reasons)
    for what, reason in case["skipped"].items():
        assert reason in reasons[what]
    assert found.problems == ()
    Pipeline(id="x", source=Source.WORKFLOW, tasks=found.tasks)


def test_a_task_says_what_it_is() -> None:
    task = job("{runs-on: ubuntu-latest, steps: [{run: a}]}")
    assert task.stage is Stage.WORKFLOW
    assert task.commands == ()
    assert task.reason == ".github/workflows/ci.yml:3"
    assert task.limits.seconds == 360 * 60
    assert task.workspace == "job-1-a"
    assert (task.optional, task.approval) == (False, "")
    plan = plan_of(task)
    assert (plan.event, plan.index, plan.total, plan.deferred) == ("push", 0, 1, False)


@pytest.mark.parametrize(
    ("minutes", "seconds"),
    [("5", 300), ("0.5", 30), ("'${{ 2 }}'", 120), ("'${{ needs.x }}'", 21600), ("x", 21600), ("-1", 21600)],
)
def test_time_limits(minutes: str, seconds: float) -> None:
    task = job(f"{{runs-on: ubuntu-latest, timeout-minutes: {minutes}, steps: [{{run: a}}]}}")
    assert seconds == task.limits.seconds


@pytest.mark.parametrize(
    ("value", "optional"),
    [("true", True), ("false", False), ("'${{ github.ref != 1 }}'", True), ("'false'", False),
     ("'${{ needs.x }}'", False), ("", False)],
)  # fmt: skip
def test_jobs_that_may_fail(value: str, optional: bool) -> None:
    task = job(f"{{runs-on: ubuntu-latest, continue-on-error: {value}, steps: [{{run: a}}]}}")
    assert task.optional is optional


@pytest.mark.parametrize(
    ("environment", "approval"),
    [("pypi", "pypi"), ("{name: prod, url: x}", "prod"), ("'${{ github.ref_name }}'", "topic"), ("", ""),
     ("'${{ needs.x }}'", "${{ needs.x }}"), ("'${{ fromJSON(1) }}x'", "1x"), ("{url: x}", ""),
     ("'${{ fromJSON(vars.x) }}'", "${{ fromJSON(vars.x) }}")],
)  # fmt: skip
def test_deployment_environments_need_approval(environment: str, approval: str) -> None:
    task = job(f"{{runs-on: ubuntu-latest, environment: {environment}, steps: [{{run: a}}]}}")
    assert approval == task.approval


def test_each_combination_knows_its_place() -> None:
    text = "{runs-on: ubuntu-latest, strategy: {matrix: {x: [1, 2], include: [{y: 3}]}}, steps: [{run: a}]}"
    found = planned({".github/workflows/ci.yml": f"on: push\njobs:\n  a: {text}"})
    plans = [plan_of(task) for task in found.tasks]
    assert [plan.matrix for plan in plans] == [{"x": 1, "y": 3}, {"x": 2, "y": 3}]
    assert [(plan.index, plan.total) for plan in plans] == [(0, 2), (1, 2)]
    assert [task.workspace for task in found.tasks] == ["job-1-a-1", "job-2-a-2"]


def _case(name: str) -> dict[str, str]:
    files: dict[str, str] = next(case["files"] for case in CASES if case["name"] == name)
    return files


def test_a_deferred_matrix_is_marked() -> None:
    found = planned(_case("a matrix that another job makes"))
    assert [plan_of(task).deferred for task in found.tasks] == [False, True]
    assert plan_of(found.tasks[1]).needs == {"list": ("list",)}


def test_a_called_job_knows_its_caller() -> None:
    found = planned(_case("calls of other workflows"))
    plans = {task.name: plan_of(task) for task in found.tasks}
    called = plans["Call (ubuntu-latest) / d"]
    assert called.inputs == {"os": "ubuntu-latest", "deep": True, "level": 2, "rest": "for octo/demo"}
    assert called.late == ("word",)
    assert called.prefix == "call"
    assert called.caller is not None
    assert called.caller.matrix == {"os": "ubuntu-latest"}
    assert called.caller.needs == {"first": ("first",)}
    deepest = plans["Call (ubuntu-latest) / e / deepest"]
    assert deepest.prefix == "e"
    assert deepest.caller is not None
    assert called.caller == deepest.caller.caller


def test_a_job_that_needs_a_call_knows_what_was_called() -> None:
    found = planned(_case("calls of other workflows"))
    last = plan_of(found.tasks[-1])
    call = last.calls["call"]
    assert call.workflow.path == ".github/workflows/called.yml"
    assert call.jobs["d"] == ("Call (windows-latest) / d",)
    assert call.jobs["a"] == ()
    assert call.calls["e"].jobs == {"deepest": ("Call (windows-latest) / e / deepest",)}
    assert last.absent["call"].startswith("runs on Windows")


def test_needs_left_out_here_are_told_from_those_the_host_leaves_out() -> None:
    text = """
on: push
jobs:
  off: {runs-on: ubuntu-latest, if: false, steps: [{run: a}]}
  after-off: {runs-on: ubuntu-latest, needs: off, steps: [{run: a}]}
  mac: {runs-on: macos-latest, steps: [{run: a}]}
  both:
    runs-on: ${{ matrix.os }}
    strategy: {matrix: {os: [macos-latest, ubuntu-latest]}}
    steps: [{run: a}]
  all:
    needs: [off, after-off, mac, both]
    if: always()
    runs-on: ubuntu-latest
    steps: [{run: a}]
"""
    plan = plan_of(planned({".github/workflows/ci.yml": text}).tasks[-1])
    assert plan.needs == {"off": (), "after-off": (), "mac": (), "both": ("both (ubuntu-latest)",)}
    assert sorted(plan.absent) == ["both", "mac"]


def test_names_are_made_harmless() -> None:
    text = 'on: push\njobs: {a: {name: "one\\n\\e[31mtwo", runs-on: ubuntu-latest, steps: [{run: a}]}}'
    name = planned({".github/workflows/ci.yml": text}).tasks[0].name
    assert name.isprintable()
    assert "one" in name


def test_broken_files_are_reported_and_the_others_planned() -> None:
    good = "on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: a}]}}"
    found = planned({".github/workflows/a.yml": "on: push\njobs:", ".github/workflows/b.yml": good})
    assert [task.name for task in found.tasks] == ["a"]
    assert [(problem.file, problem.line) for problem in found.problems] == [(".github/workflows/a.yml", 2)]


def test_what_the_host_refuses_is_reported_and_the_jobs_planned() -> None:
    text = """on: push
jobs:
  a:
    runs-on: ubuntu-20.04
    steps:
      - uses: actions/upload-artifact@v3
        with: {path: dist}
      - run: echo "::set-output name=a::b"
"""
    found = planned({".github/workflows/ci.yml": text})
    assert ["a"] == [task.name for task in found.tasks]
    assert [4, 6, 8] == [problem.line for problem in found.problems]


def test_a_workflow_that_is_given_up_is_left_out_beside_a_living_one() -> None:
    dead = """on: push
jobs:
  old:
    runs-on: ubuntu-18.04
    steps:
      - uses: actions/cache@v1
        with: {path: x, key: y}
      - run: make
"""
    living = "on: push\njobs: {new: {runs-on: ubuntu-latest, steps: [{run: make}]}}"
    found = planned({".github/workflows/a.yml": dead, ".github/workflows/b.yml": living})
    assert (["new"], ()) == ([task.name for task in found.tasks], found.problems)
    assert [".github/workflows/a.yml"] == [one.what for one in found.skipped]
    assert 2 == len(planned({".github/workflows/a.yml": dead}).problems)
    once = dead.replace("ubuntu-18.04", "ubuntu-latest")
    found = planned({".github/workflows/a.yml": once, ".github/workflows/b.yml": living})
    assert (2, 1) == (len(found.tasks), len(found.problems))


def test_a_file_that_cannot_be_read_is_reported() -> None:
    """Empty, too large, a link out of the project: all that comes back is nothing."""
    found = planned({".github/workflows/a.yml": ""})
    assert [str(problem) for problem in found.problems] == [
        ".github/workflows/a.yml: is empty, too large, or a link out of the project"
    ]


def test_a_broken_called_file_is_reported() -> None:
    good = "on: push\njobs: {a: {uses: ./.github/workflows/b.yml}}"
    found = planned({".github/workflows/a.yml": good, ".github/workflows/b.yml": "on: workflow_call\njobs:"})
    assert found.tasks == ()
    assert {problem.file for problem in found.problems} == {".github/workflows/b.yml"}
    assert [skipped.what for skipped in found.skipped] == ["a"]


def test_a_broken_file_that_is_named_is_refused() -> None:
    with pytest.raises(DocumentError):
        planned({".github/workflows/a.yml": "on: push\njobs:"}, only="a.yml")


@pytest.mark.parametrize(
    ("only", "message", "hint"),
    [
        ("ci.yaml", "no workflow file 'ci.yaml'", "did you mean 'ci.yml'?"),
        ("zzz", "no workflow file 'zzz'", "the files are .github/workflows/ci.yml"),
        ("ci.yml:tset", "has no job 'tset'", "did you mean 'test'?"),
        ("ci:zzz", "has no job 'zzz'", "its jobs are test"),
    ],
)
def test_a_wrong_name_is_refused(only: str, message: str, hint: str) -> None:
    files = {".github/workflows/ci.yml": "on: push\njobs: {test: {runs-on: x, steps: [{run: a}]}}"}
    with pytest.raises(UsageError, match=message) as caught:
        planned(files, only=only)
    assert hint == caught.value.hint


def test_calls_cannot_explode() -> None:
    """Workflows that call one another twice each would become thousands of jobs."""
    names = [f"w{number}" for number in range(9)]
    files = {}
    for number, name in enumerate(names):
        calls = "".join(f"  {job}: {{uses: ./.github/workflows/w{number + 1}.yml}}\n" for job in "abcd")
        files[f".github/workflows/{name}.yml"] = f"on: [push, workflow_call]\njobs:\n{calls}"
    last = "on: workflow_call\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: a}]}}"
    files[".github/workflows/w9.yml"] = last
    with pytest.raises(UsageError, match="more than 2000 jobs"):
        planned(files, only="w0.yml")


def test_calls_cannot_be_endlessly_deep() -> None:
    files = {
        f".github/workflows/w{number}.yml": (
            f"on: [push, workflow_call]\njobs: {{a: {{uses: ./.github/workflows/w{number + 1}.yml}}}}"
        )
        for number in range(15)
    }
    found = planned(files, only="w0.yml")
    assert found.tasks == ()
    assert "too deep" in found.skipped[0].reason


WORDS = st.sampled_from(
    (
        *("a", "b", "", "push", "ubuntu-latest", "${{ matrix.a }}", "${{ needs.a.outputs.x }}", "always()"),
        *("${{ fromJSON('') }}", "${{ fromJSON('[1]') }}", "a/b@v1", "actions/setup-python@v5", "./w.yml"),
    )
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["a", "b", "include", "exclude", "image", "labels"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
STEPS = st.lists(
    st.fixed_dictionaries({"run": WORDS}, optional={"if": WORDS, "env": VALUES})
    | st.fixed_dictionaries({"uses": WORDS}, optional={"with": VALUES}),
    max_size=3,
)
COMMON = {
    "if": WORDS,
    "name": WORDS,
    "needs": st.sampled_from([["a"], "b", []]),
    "strategy": st.fixed_dictionaries({"matrix": VALUES}),
}
REST = {"container": VALUES, "services": VALUES, "environment": VALUES, "continue-on-error": WORDS}
JOBS = st.fixed_dictionaries(
    {"runs-on": VALUES, "steps": STEPS}, optional={**COMMON, **REST, "timeout-minutes": WORDS}
) | st.fixed_dictionaries({"uses": WORDS}, optional={**COMMON, "with": VALUES})


@given(st.fixed_dictionaries({"a": JOBS}, optional={"b": JOBS}), st.sampled_from(["push", "workflow_call"]))
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_a_workflow_it_is_planned_or_refused(jobs: dict[str, Any], event: str) -> None:
    text = json.dumps({"on": ["push", event], "jobs": jobs})
    found = planned({".github/workflows/a.yml": text})
    assert found.tasks or found.skipped or found.problems
    Pipeline(id="x", source=Source.WORKFLOW, tasks=found.tasks)


@pytest.mark.skipif(not REAL.exists(), reason="the collection of real workflow files is not here")
def test_every_real_workflow_is_interpreted() -> None:
    for path in sorted(REAL.glob("*.y*ml")):
        found = planned({".github/workflows/ci.yml": path.read_text(encoding="utf-8")}, only="ci.yml")
        assert found.tasks or found.skipped
        assert all("was not found" in str(one) or "deprecated" in str(one) for one in found.problems)
        Pipeline(id="x", source=Source.WORKFLOW, tasks=found.tasks)


def test_a_node_that_npm_can_fetch_is_no_reason_to_leave_a_job_out() -> None:
    steps = "[{uses: actions/setup-node@v4, with: {node-version: %s}}, {run: a}]"
    text = f"on: push\njobs: {{a: {{runs-on: ubuntu-latest, steps: {steps}}}}}"
    machine = replace(MACHINE, programs={"npm": "/usr/bin/npm"})
    found = {
        version: interpret(
            MemoryFiles({".github/workflows/ci.yml": text % version}),
            checkout=CHECKOUT,
            machine=machine,
            refused=refused,
        )
        for version in ("22", "99")
    }
    assert ((), 1) == (found["22"].skipped, len(found["22"].tasks))
    assert ["needs Node.js 99, which is not on this machine: install it"] == [
        one.reason for one in found["99"].skipped
    ]


ONE_JOB = """
on: push
jobs:
  test: {runs-on: ubuntu-latest, steps: [{run: make}]}
  live:
    runs-on: RUNNER
    continue-on-error: MAY_FAIL
    steps: [{uses: actions/checkout@v4}, {run: "SCRIPT", env: {KEY: "${{ secrets.KEY }}"}}]
"""


@pytest.mark.parametrize(
    ("script", "runner", "may_fail", "check"),
    [
        ("pytest", "ubuntu-latest", "false", True),
        ("twine upload x", "ubuntu-latest", "false", False),
        ("pytest", "windows-latest", "false", False),
        ("pytest", "ubuntu-latest", "true", False),
    ],
)
def test_of_a_job_that_is_left_out_is_known_whether_it_checks(
    script: str, runner: str, may_fail: str, check: bool
) -> None:
    text = ONE_JOB.replace("SCRIPT", script).replace("RUNNER", runner).replace("MAY_FAIL", may_fail)
    (left_out,) = planned({".github/workflows/ci.yml": text}).skipped
    assert ("live", check) == (left_out.what, left_out.check)
