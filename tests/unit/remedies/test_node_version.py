"""A workflow with a Node that is too old asks for the one of before, or for the least that is needed."""

from __future__ import annotations

import json

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.workflow import JobPlan
from autonomous_cicd.remedies.node_version import NodeVersion
from autonomous_cicd.workflows.file import read_workflow

NAME = ".github/workflows/ci.yml"
WORKFLOW = """on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/setup-node@v4
        with:
          node-version: {}
      - run: npm test
"""
LOG = "node: bad option: --test\n"


def tried(now: str, before: str = "", engines: str = "", subject: str = "Tidy up") -> list[str]:
    files = {NAME: now, "package.json": json.dumps({"engines": {"node": engines}} if engines else {})}
    plan = read_workflow(now, path=NAME)
    patches = (Patch.of([changed_file(NAME, before, now)]),) if before else ()
    past = FakePast(patches, subjects=(subject,))
    job = JobPlan(workflow=plan, job=plan.jobs[0])
    case = case_of(files, LOG, failure_of(LOG), FakeBench(past=past), job=job)
    return [edited(files, one)[NAME] for one in edits(prescribed(NodeVersion(), case))]


@pytest.mark.parametrize(
    ("now", "before", "engines", "expected"),
    [
        ('"14"', '"20"', "", '"20"'),
        ("14.x", "20.x", ">=18", "20.x"),
        ("14", "", ">= 18.12", "18"),
        ("'16.0.0'", "", "^18 || >=20", "'18'"),
        ('"20"', '"14"', "", ""),
        ("20", "", ">=18", ""),
        ("14", "", "", ""),
        ("${{ matrix.node }}", "", ">=18", ""),
    ],
)
def test_the_node_that_is_asked_for(now: str, before: str, engines: str, expected: str) -> None:
    made = tried(WORKFLOW.format(now), WORKFLOW.format(before) if before else "", engines)
    assert ([WORKFLOW.format(expected)] if expected else []) == made


def test_another_node_that_is_meant_stays() -> None:
    assert [] == tried(WORKFLOW.format("14"), WORKFLOW.format("20"), subject="Support Node 14")


def test_what_else_was_changed_stays() -> None:
    now = WORKFLOW.format("14").replace("npm test", "npm test -- --all")
    assert [now.replace("14", "20")] == tried(now, WORKFLOW.format("20"))


@pytest.mark.parametrize(
    ("line", "suited"),
    [
        ("ReferenceError: structuredClone is not defined", True),
        ("SyntaxError: Unexpected token '??='", True),
        ("TypeError: list.toSorted is not a function", True),
        ("npm error code EBADENGINE", True),
        ("ReferenceError: thing is not defined", False),
        ("TypeError: camelcase is not a function", False),
        ("SyntaxError: Unexpected token ')'", False),
    ],
)
def test_what_it_is_for(line: str, suited: bool) -> None:
    assert suited == (NodeVersion().suits(failure_of(f"{line}\n")) > 0)
