"""A plan as JSON: everything that the plan says, and nothing that JSON cannot hold."""

from __future__ import annotations

import json

from tests.worlds import task

from autonomous_cicd.domain.pipeline import Command, Pipeline, Skipped, Source, Stage, Task
from autonomous_cicd.domain.project import Complexity, Component, Project, ProjectKind, Tool, ToolRole
from autonomous_cicd.domain.workflow import Job, JobPlan, Step, Workflow
from autonomous_cicd.services.describe import describe
from autonomous_cicd.services.plan import Planned

COMPONENT = Component(
    path=".",
    kinds=frozenset({ProjectKind.PYTHON}),
    name="shop",
    tools=(Tool(name="pytest", role=ToolRole.TEST_RUNNER, evidence="pyproject.toml"),),
    manifests=("pyproject.toml",),
    lock_files=("uv.lock",),
    interpreter=">=3.11",
    versions=("3.11",),
    dependencies=2,
)
PROJECT = Project(
    path="/projects/shop",
    name="shop",
    components=(COMPONENT,),
    complexity=Complexity(files=1, lines=2, languages={"Python": 2}, dependencies=2, tests=1),
    workflows=(".github/workflows/ci.yml",),
)
STEPS = (
    Step(name="Test", run="pytest", line=7),
    Step(name="Send", uses="codecov/codecov-action@v5", line=8),
)


def test_a_plan_is_described_whole() -> None:
    own = task(
        "a", commands=(Command(argv=("x", "y"), cwd="d", env={"A": "1"}),), inputs=("i",), seconds=1.23456
    )
    plan = JobPlan(
        workflow=Workflow(path=".github/workflows/ci.yml"),
        job=Job(id="test", steps=STEPS),
        event="push",
        matrix={"python": "3.12"},
    )
    tasks = (own, Task(name="j", stage=Stage.WORKFLOW, job=plan, needs=("a",), reason="ci.yml"))
    pipeline = Pipeline(
        id="p", source=Source.CONFIG, tasks=tasks, skipped=(Skipped("s", "why"),), problems=("bad",)
    )
    found = describe(Planned(project=PROJECT, pipeline=pipeline))
    assert found == json.loads(json.dumps(found))
    assert {
        "name": "shop",
        "path": "/projects/shop",
        "kinds": ["python"],
        "components": [
            {
                "path": ".",
                "name": "shop",
                "kinds": ["python"],
                "manifests": ["pyproject.toml"],
                "lock_files": ["uv.lock"],
                "interpreter": ">=3.11",
                "versions": ["3.11"],
                "dependencies": 2,
                "tools": [{"name": "pytest", "role": "test_runner", "evidence": "pyproject.toml"}],
            }
        ],
        "workflows": [".github/workflows/ci.yml"],
        "complexity": {
            "level": "small",
            "files": 1,
            "lines": 2,
            "estimated": False,
            "languages": {"Python": 2},
            "dependencies": 2,
            "tests": 1,
        },
    } == found["project"]
    assert {
        "id": "p",
        "source": "config",
        "strategy": "adaptive",
        "tasks": [
            {
                "name": "a",
                "stage": "custom",
                "needs": [],
                "commands": [{"argv": ["x", "y"], "cwd": "d", "env": {"A": "1"}}],
                "inputs": ["i"],
                "outputs": [],
                "environment": "",
                "optional": False,
                "seconds": 1.235,
                "reason": "",
            },
            {
                "name": "j",
                "stage": "workflow",
                "needs": ["a"],
                "commands": [],
                "inputs": [],
                "outputs": [],
                "environment": "",
                "optional": False,
                "seconds": 0.0,
                "reason": "ci.yml",
                "job": {
                    "workflow": ".github/workflows/ci.yml",
                    "id": "test",
                    "matrix": {"python": "3.12"},
                    "event": "push",
                    "steps": [
                        {"name": "Test", "run": "pytest", "uses": None, "line": 7},
                        {"name": "Send", "run": None, "uses": "codecov/codecov-action@v5", "line": 8},
                    ],
                    "skipped": [
                        {
                            "what": "Send",
                            "reason": "codecov/codecov-action sends results to a service outside",
                        }
                    ],
                },
            },
        ],
        "skipped": [{"what": "s", "reason": "why"}],
        "problems": ["bad"],
    } == found["pipeline"]
