"""The guides' classes: what they honour, what they refuse by name, and that nothing is left running."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from autonomous_cicd.api.pipelines import AutonomousPipelineManager, TaskOrchestrator
from autonomous_cicd.api.views import CreatedPipeline
from autonomous_cicd.domain.pipeline import Stage
from autonomous_cicd.domain.project import ProjectKind
from autonomous_cicd.errors import SettingsError, UsageError

Make = Callable[..., Path]
WAITS = "while [ ! -e {0}/go ]; do sleep 0.02; done"


@pytest.fixture
def manager(environment: Mapping[str, str]) -> AutonomousPipelineManager:
    return AutonomousPipelineManager(environment=environment)


@pytest.fixture
async def orchestrator(environment: Mapping[str, str]) -> AsyncIterator[TaskOrchestrator]:
    async with TaskOrchestrator(environment=environment) as made:
        yield made


async def until(true: Callable[[], bool]) -> None:
    """Wait until something is true, for as long as a busy machine may take."""
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.01)


async def test_a_created_pipeline_says_what_the_project_is(
    manager: AutonomousPipelineManager, project: Make
) -> None:
    root = project(lint={"command": "true", "stage": "lint"}, other="true")
    (root / "module.py").write_text("x = 1\n")
    pipeline = await manager.create_pipeline(root)
    assert (str(root), frozenset({ProjectKind.PYTHON})) == (pipeline.project.path, pipeline.project.kinds)
    assert ("small", "config", "created") == (
        pipeline.project.complexity.level,
        pipeline.source,
        pipeline.status,
    )
    assert (Stage.LINT, Stage.CUSTOM) == pipeline.stages
    assert ["lint", "other"] == [task.name for task in pipeline.tasks]


async def test_a_pipeline_is_frozen_and_keeps_its_configuration_to_itself(
    manager: AutonomousPipelineManager, project: Make
) -> None:
    gates = {"test_coverage": 80.0}
    config = {"quality_gates": gates, "github_token": "ghp_secret"}
    pipeline = await manager.create_pipeline(project(t="true"), config)
    gates["test_coverage"] = 0.0
    assert {"test_coverage": 80.0} == pipeline.config["quality_gates"]
    assert "ghp_secret" not in repr(pipeline)
    with pytest.raises(AttributeError):
        pipeline.id = "other"  # type: ignore[misc]


async def test_the_same_pipeline_has_the_same_id_and_another_one_another(
    manager: AutonomousPipelineManager, project: Make
) -> None:
    first, other = project(t="true"), project(name="second", t="true")
    ids = [
        (await manager.create_pipeline(root, config)).id
        for root, config in ((first, None), (first, {}), (first, {"jobs": 2}), (other, None))
    ]
    assert ids[0] == ids[1]
    assert 3 == len(set(ids))


async def test_a_red_pipeline_is_a_value(manager: AutonomousPipelineManager, project: Make) -> None:
    """What failed can be read from the result; nothing is raised."""
    pipeline = await manager.create_pipeline(
        project(t="echo so && false", after={"command": "true", "needs": ["t"]})
    )
    result = await manager.execute_pipeline(pipeline.id)
    assert ("failed", False, "") == (result.status, result.success, result.reason)
    assert ["failed", "skipped"] == [task.status for task in result.tasks]
    assert [("after", "t failed")] == [(item.what, item.reason) for item in result.skipped]
    assert (result.id, "failed") == (result.report["id"], result.report["status"])
    assert pipeline.id == result.report["pipeline"]["id"]  # type: ignore[index,call-overload]
    assert result.seconds > 0


async def test_a_pipeline_is_executed_on_the_project_as_it_is_now(
    manager: AutonomousPipelineManager, project: Make
) -> None:
    root = project(t="test -e late")
    pipeline = await manager.create_pipeline(root)
    assert not (await manager.execute_pipeline(pipeline.id)).success
    (root / "late").write_text("")
    assert (await manager.execute_pipeline(pipeline.id)).success


async def test_an_unknown_pipeline_is_refused_with_the_known_ones(
    manager: AutonomousPipelineManager, project: Make
) -> None:
    with pytest.raises(UsageError, match="there is no pipeline 'x'") as caught:
        await manager.execute_pipeline("x")
    assert "created are: none yet" == caught.value.hint
    pipeline = await manager.create_pipeline(project(t="true"))
    with pytest.raises(UsageError) as caught:
        await manager.execute_pipeline("x")
    assert f"created are: {pipeline.id}" == caught.value.hint


@pytest.mark.parametrize(
    ("config", "message", "hint"),
    [
        ({"timout_minutes": 1}, "config_override: unknown key 'timout_minutes'", "'timeout_minutes'?"),
        ({"quality_gates": {"test_covrage": 1}}, "unknown key 'quality_gates.test_covrage'", "test_coverage"),
        ({"resource_limits": {"cpus": 1}}, "unknown key 'pipeline.resource_limits.cpus'", "'cpu'"),
        ({"strategy": "fast"}, "strategy: expected one of sequential, parallel, adaptive", ""),
        ({"stages": ["testin"]}, "testin", "did you mean 'testing'?"),
        ({"parallel_jobs": 0}, "expected a whole number from 1", ""),
        ({3: 4}, "unknown key '3'", ""),
    ],
)  # fmt: skip
async def test_configuration_that_is_not_known_is_refused_by_name(
    manager: AutonomousPipelineManager, project: Make, config: dict[str, Any], message: str, hint: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        await manager.create_pipeline(project(t="true"), config)
    assert message in str(caught.value)
    assert hint in caught.value.hint


async def test_a_folder_that_is_not_there_is_refused(
    manager: AutonomousPipelineManager, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        await manager.create_pipeline(tmp_path / "nowhere")


async def test_the_constructor_speaks_for_all_pipelines(
    environment: Mapping[str, str], project: Make
) -> None:
    """Without parallel processing one task at a time runs; what a pipeline says itself comes first."""
    root = project(a="true", b="true")
    manager = AutonomousPipelineManager(False, False, environment=environment)
    said = {"enable_optimization": False, "enable_parallel_processing": False}
    assert said == (await manager.create_pipeline(root)).config
    own = await manager.create_pipeline(root, {"enable_parallel_processing": True})
    assert {**said, "enable_parallel_processing": True} == own.config
    orderings = [opened.planned.pipeline.ordering for opened in manager._opened.values()]
    assert ["sequential", "adaptive"] == orderings


async def test_a_time_limit_ends_a_pipeline(
    manager: AutonomousPipelineManager, project: Make, tmp_path: Path
) -> None:
    pipeline = await manager.create_pipeline(project(t=WAITS.format(tmp_path)), {"timeout_minutes": 0.01})
    result = await manager.execute_pipeline(pipeline.id)
    assert "failed" == result.status
    assert "it took longer than 0.6 s" in result.reason


async def test_whoever_is_cancelled_leaves_nothing_running(
    manager: AutonomousPipelineManager, project: Make, tmp_path: Path
) -> None:
    root = project(t=f"touch {tmp_path}/begun; {WAITS.format(tmp_path)}; touch {tmp_path}/ended")
    pipeline = await manager.create_pipeline(root)
    running = asyncio.create_task(manager.execute_pipeline(pipeline.id))
    await until((tmp_path / "begun").exists)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    (tmp_path / "go").touch()
    assert not (tmp_path / "ended").exists()


async def orchestrated(
    manager: AutonomousPipelineManager, orchestrator: TaskOrchestrator, root: Path
) -> CreatedPipeline:
    pipeline = await manager.create_pipeline(root)
    await orchestrator.orchestrate_pipeline(pipeline)
    return pipeline


async def test_the_graph_is_there_at_once_and_the_status_is_live(
    manager: AutonomousPipelineManager, orchestrator: TaskOrchestrator, project: Make, tmp_path: Path
) -> None:
    root = project(first=WAITS.format(tmp_path), then={"command": "true", "needs": ["first"]}, side="true")
    pipeline = await manager.create_pipeline(root)
    graph = await orchestrator.orchestrate_pipeline(pipeline, {"parallel_jobs": 3})
    assert (pipeline.id, ("first", "then")) == (graph.id, graph.critical_path)
    assert [("first", (), True), ("then", ("first",), True), ("side", (), False)] == [
        (node.name, node.needs, node.critical) for node in graph.nodes
    ]

    def status() -> dict[str, Any]:
        return orchestrator.get_orchestration_status(pipeline.id)

    await until(lambda: status()["tasks"]["passed"] == 1)
    await until(lambda: status()["resource_usage"]["memory_bytes"] > 0)
    await until(lambda: status()["resource_usage"]["cpu_percent"] is not None)
    now = status()
    assert ("running", 1 / 3) == (now["status"], now["progress"])
    assert (1, 1) == (now["tasks"]["waiting"], now["tasks"]["running"])
    usage = now["resource_usage"]
    assert (1, 3) == (usage["active_tasks"], usage["max_concurrent_tasks"])
    assert 0 <= usage["cpu_percent"] <= 100
    assert usage["memory_free_bytes"] > 0
    (tmp_path / "go").touch()
    result = await orchestrator.wait(pipeline.id)
    ended = status()
    assert ("passed", 3, 1.0, 0) == (
        result.status,
        ended["tasks"]["passed"],
        ended["progress"],
        ended["resource_usage"]["active_tasks"],
    )
    assert (result.id, "passed") == (ended["run"], ended["status"])


async def test_requirements_narrow_and_never_widen(environment: Mapping[str, str], project: Make) -> None:
    """The stricter one counts of what the pipeline, the orchestrator and the requirements say."""
    root = project(t="true", more={"quality_gates": {"test_coverage": 70}})
    manager = AutonomousPipelineManager(environment=environment)
    pipeline = await manager.create_pipeline(root, {"quality_gates": {"test_coverage": 85}, "jobs": 5})
    async with TaskOrchestrator(4, environment=environment) as orchestrator:
        found = []
        for coverage, jobs in ((90.0, 3), (80.0, 8)):
            required = {"quality_gates": {"test_coverage": coverage}, "parallel_jobs": jobs}
            await orchestrator.orchestrate_pipeline(pipeline, requirements=required)
            result = await orchestrator.wait(pipeline.id)
            usage = orchestrator.get_orchestration_status(pipeline.id)["resource_usage"]
            found.append((result.gates[0].threshold, usage["max_concurrent_tasks"]))
    assert [(90.0, 3), (85.0, 4)] == found


@pytest.mark.parametrize(
    ("requirements", "message", "hint"),
    [
        ({"time_constraint": {"a": 1}}, "requirements: unknown key 'time_constraint'", "time_constraints"),
        ({"resource_constraints": {"max_ram": 1}}, "unknown key 'resource_constraints.max_ram'", "max_"),
        ({"quality_gates": {"coverage": 1}}, "unknown key 'quality_gates.coverage'", "test_coverage"),
        ({"time_constraints": {"max_duration": "soon"}}, "expected a number", ""),
    ],
)  # fmt: skip
async def test_a_requirement_that_is_not_known_is_refused_by_name(
    manager: AutonomousPipelineManager,
    orchestrator: TaskOrchestrator,
    project: Make,
    requirements: dict[str, Any],
    message: str,
    hint: str,
) -> None:
    pipeline = await manager.create_pipeline(project(t="true"))
    with pytest.raises(SettingsError) as caught:
        await orchestrator.orchestrate_pipeline(pipeline, requirements)
    assert message in str(caught.value)
    assert hint in caught.value.hint


async def test_a_cancelled_pipeline_ends_in_order(
    manager: AutonomousPipelineManager, orchestrator: TaskOrchestrator, project: Make, tmp_path: Path
) -> None:
    pipeline = await orchestrated(
        manager, orchestrator, project(t=WAITS.format(tmp_path), u={"command": "true", "needs": ["t"]})
    )
    status = orchestrator.get_orchestration_status
    await until(lambda: status(pipeline.id)["tasks"]["running"] == 1)
    result = await orchestrator.cancel(pipeline.id)
    assert ("cancelled", "interrupted") == (result.status, result.reason)
    assert ("cancelled", 2) == (status(pipeline.id)["status"], status(pipeline.id)["tasks"]["cancelled"])
    assert result == await orchestrator.cancel(pipeline.id)


async def test_a_pipeline_is_not_orchestrated_twice_at_once_but_again_later(
    manager: AutonomousPipelineManager, orchestrator: TaskOrchestrator, project: Make, tmp_path: Path
) -> None:
    pipeline = await orchestrated(manager, orchestrator, project(t=WAITS.format(tmp_path)))
    with pytest.raises(UsageError, match="is being executed"):
        await orchestrator.orchestrate_pipeline(pipeline)
    (tmp_path / "go").touch()
    await orchestrator.wait(pipeline.id)
    await orchestrator.orchestrate_pipeline(pipeline)
    assert (await orchestrator.wait(pipeline.id)).success


async def test_closing_ends_whatever_still_runs(
    manager: AutonomousPipelineManager, environment: Mapping[str, str], project: Make, tmp_path: Path
) -> None:
    root = project(t=f"touch {tmp_path}/begun; {WAITS.format(tmp_path)}; touch {tmp_path}/ended")
    async with TaskOrchestrator(environment=environment) as orchestrator:
        pipeline = await orchestrated(manager, orchestrator, root)
        await until((tmp_path / "begun").exists)
    assert "cancelled" == orchestrator.get_orchestration_status(pipeline.id)["status"]
    (tmp_path / "go").touch()
    assert not (tmp_path / "ended").exists()


def test_the_end_of_the_loop_ends_whatever_still_runs(
    environment: Mapping[str, str], project: Make, tmp_path: Path
) -> None:
    """Nobody waited, and nobody closed."""
    root = project(t=f"touch {tmp_path}/begun; {WAITS.format(tmp_path)}; touch {tmp_path}/ended")
    orchestrator = TaskOrchestrator(environment=environment)

    async def forget() -> str:
        pipeline = await orchestrated(AutonomousPipelineManager(environment=environment), orchestrator, root)
        await until((tmp_path / "begun").exists)
        return pipeline.id

    name = asyncio.run(forget())
    (tmp_path / "go").touch()
    assert "cancelled" == orchestrator.get_orchestration_status(name)["status"]
    assert not (tmp_path / "ended").exists()


async def test_a_waiting_caller_who_gives_up_ends_nothing(
    manager: AutonomousPipelineManager, orchestrator: TaskOrchestrator, project: Make, tmp_path: Path
) -> None:
    pipeline = await orchestrated(manager, orchestrator, project(t=WAITS.format(tmp_path)))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(orchestrator.wait(pipeline.id), 0.01)
    (tmp_path / "go").touch()
    assert (await orchestrator.wait(pipeline.id)).success


async def test_what_was_not_orchestrated_has_no_status(orchestrator: TaskOrchestrator) -> None:
    with pytest.raises(UsageError, match="'x' was not orchestrated here") as caught:
        orchestrator.get_orchestration_status("x")
    assert "orchestrated are: none yet" == caught.value.hint


async def test_an_error_of_the_world_is_raised_to_who_waits(
    manager: AutonomousPipelineManager, orchestrator: TaskOrchestrator, project: Make
) -> None:
    """The project's folder vanished between the plan and the run."""
    root = project(t="true")
    pipeline = await manager.create_pipeline(root)
    await orchestrator.orchestrate_pipeline(pipeline)
    root.rename(root.with_name("gone"))
    with pytest.raises(UsageError):
        await orchestrator.wait(pipeline.id)
    assert "error" == orchestrator.get_orchestration_status(pipeline.id)["status"]
