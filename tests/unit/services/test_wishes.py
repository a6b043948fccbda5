"""What the settings mean for a pipeline, its gates and its limits."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from autonomous_cicd.domain.pipeline import Command, Limits, Ordering, Skipped, Stage, Task
from autonomous_cicd.services.gate_wishes import Compliance, GateWishes
from autonomous_cicd.services.wishes import gate_wishes, missing_deployment, pipeline_wishes, task_limits
from autonomous_cicd.settings.load import Settings, load


def settings(**overrides: object) -> Settings:
    given = {name.replace("__", "."): value for name, value in overrides.items()}
    return load(None, environment={"HOME": "/nonexistent"}, overrides=given)


def test_without_settings_the_project_decides() -> None:
    wishes = pipeline_wishes(settings())
    assert ("auto", (), None, (), Ordering.ADAPTIVE, 4, 3600.0) == (
        wishes.source,
        wishes.tasks,
        wishes.deploy,
        wishes.stages,
        wishes.ordering,
        wishes.jobs,
        wishes.seconds,
    )


def test_tasks_are_taken_as_they_are_described() -> None:
    described = {
        "gen": "make gen && touch x",
        "test": {
            "commands": [["pytest", "-q"], "ruff check"],
            "needs": ["gen"],
            "stage": "testing",
            "env": {"A": "1"},
            "directory": "src",
            "inputs": ["src/**"],
            "outputs": ["out/**"],
            "timeout_minutes": 2,
            "workspace": "w",
            "optional": True,
            "cores": 2,
            "memory": "1 GB",
        },
    }
    first, second = pipeline_wishes(settings(pipeline__tasks=described)).tasks
    assert (Command(argv=("sh", "-ec", "make gen && touch x")),) == first.commands
    assert (Stage.CUSTOM, Limits(seconds=1800.0), 0) == (first.stage, first.limits, first.memory)
    expected = Task(
        name="test",
        stage=Stage.TEST,
        commands=(
            Command(argv=("pytest", "-q"), cwd="src"),
            Command(argv=("ruff", "check"), cwd="src"),
        ),
        needs=("gen",),
        env={"A": "1"},
        inputs=("src/**",),
        outputs=("out/**",),
        limits=Limits(seconds=120.0),
        workspace="w",
        optional=True,
        cores=2.0,
        memory=second.memory,
        reason="command line: pipeline.tasks",
    )
    assert expected == second
    assert second.memory >= 10**9


def test_stages_ordering_and_time_are_taken_over() -> None:
    wishes = pipeline_wishes(
        settings(
            pipeline__stages=["lint", "testing"],
            pipeline__strategy="parallel",
            pipeline__max_concurrent_tasks=2,
            pipeline__timeout_minutes=5,
        )
    )
    assert ((Stage.LINT, Stage.TEST), Ordering.PARALLEL, 2, 300.0) == (
        wishes.stages,
        wishes.ordering,
        wishes.jobs,
        wishes.seconds,
    )


def test_without_parallel_processing_one_task_runs_after_the_other() -> None:
    assert (
        Ordering.SEQUENTIAL == pipeline_wishes(settings(pipeline__enable_parallel_processing=False)).ordering
    )


@pytest.mark.parametrize(("approval", "expected"), [(True, "staging"), (False, "")])
def test_a_deployment_needs_an_approval_unless_the_operator_says_otherwise(
    approval: bool, expected: str
) -> None:
    deploy = pipeline_wishes(
        settings(deploy__command="make deploy", deploy__environment="staging", deploy__approval=approval)
    ).deploy
    assert deploy is not None
    assert ("deploy (staging)", Stage.DEPLOY, expected) == (deploy.name, deploy.stage, deploy.approval)
    assert (Command(argv=("make", "deploy")),) == deploy.commands


def test_a_deployment_that_is_asked_for_and_not_described_is_told() -> None:
    reason = "no deployment is configured under `deploy: command:`"
    assert (Skipped("deploy", reason),) == missing_deployment(settings(pipeline__stages=["deploy"]))
    assert () == missing_deployment(settings(pipeline__stages=["deploy"], deploy__command="x"))
    assert () == missing_deployment(settings())


@pytest.mark.parametrize(
    ("overrides", "memory"),
    [
        ({}, None),
        ({"pipeline.task_memory": 100}, 100),
        ({"pipeline.resource_limits.memory": 50}, 50),
        ({"pipeline.task_memory": 100, "pipeline.resource_limits.memory": 50}, 50),
    ],
)
def test_no_task_may_use_more_memory_than_the_whole_run(
    overrides: Mapping[str, object], memory: int | None
) -> None:
    found = task_limits(load(None, environment={"HOME": "/nonexistent"}, overrides=overrides))
    assert Limits(seconds=1800.0, memory=memory) == found


def test_gates_are_judged_only_when_they_are_asked_for() -> None:
    assert not gate_wishes(settings()).any
    asked = settings(
        quality_gates__test_coverage=80,
        quality_gates__code_quality="B",
        quality_gates__security_scan=True,
        quality_gates__performance_benchmark=True,
        monitoring__regression_percent=30,
        quality_gates__compliance__required_files=["LICENSE"],
    )
    expected = GateWishes(
        test_coverage=80.0,
        code_quality="B",
        security_scan=True,
        performance_benchmark=True,
        regression_percent=30.0,
        compliance=Compliance(required_files=("LICENSE",)),
    )
    assert expected == gate_wishes(asked)
