"""Guide 5: "Basic Usage", "Pipeline Management" and "Task Orchestration".

Quoted; only the import, the project's path, and the end of the orchestration differ.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_cicd import AutonomousPipelineManager, TaskOrchestrator
from autonomous_cicd.domain.pipeline import Skipped, Stage

# fmt: off


async def test_basic_usage(
    sample: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pipeline is created for the folder that we are in, executed, and told."""
    monkeypatch.chdir(sample)

    # Initialize the autonomous CI/CD system
    pipeline_manager = AutonomousPipelineManager(
        enable_optimization=True,
        enable_parallel_processing=True
    )

    # Create an optimized pipeline for your project
    pipeline = await pipeline_manager.create_pipeline(
        project_path=Path("."),
        config_override={
            "timeout_minutes": 45,
            "parallel_jobs": 6,
            "quality_gates": {
                "test_coverage": 85.0,
                "security_scan": True,
                "performance_benchmark": True
            }
        }
    )

    # Execute the pipeline with monitoring
    result = await pipeline_manager.execute_pipeline(pipeline.id)
    print(f"Pipeline completed with status: {result.status}")

    assert "Pipeline completed with status: passed\n" == capsys.readouterr().out
    assert [("lint", "passed"), ("test", "passed"), ("package", "passed")] == [
        (task.name, task.status) for task in result.tasks
    ]
    assert [("test_coverage", 85.0), ("security_scan", 0), ("performance_benchmark", 20.0)] == [
        (gate.name, gate.threshold) for gate in result.gates
    ]
    assert {"not_measured"} == {gate.verdict for gate in result.gates}


async def test_advanced_pipeline_configuration(sample: Path) -> None:
    """Stages of the project are kept, and what there is nothing of says so."""
    pipeline_manager = AutonomousPipelineManager()

    # Advanced pipeline configuration
    pipeline = await pipeline_manager.create_pipeline(
        project_path=sample,
        config_override={
            "strategy": "adaptive",
            "stages": [
                "setup_environment",
                "install_dependencies",
                "parallel_linting",
                "parallel_testing",
                "security_scan",
                "build_project",
                "deploy"
            ],
            "resource_limits": {
                "cpu": "4",
                "memory": "8Gi",
                "disk": "20Gi"
            }
        }
    )

    assert (Stage.LINT, Stage.TEST, Stage.BUILD) == pipeline.stages
    nothing = "the project has nothing of this stage"
    assert (
        Skipped("setup_environment", nothing),
        Skipped("install_dependencies", nothing),
        Skipped("security_scan", nothing),
        Skipped("deploy", "no deployment is configured under `deploy: command:`"),
    ) == pipeline.skipped
    result = await pipeline_manager.execute_pipeline(pipeline.id)
    assert ("passed", pipeline.skipped) == (result.status, result.skipped)


async def test_task_orchestration(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pipeline runs on its own while its status can be asked for."""
    pipeline = await AutonomousPipelineManager().create_pipeline(project_path=sample)

    # Initialize task orchestrator
    orchestrator = TaskOrchestrator(
        max_concurrent_tasks=6,
        enable_dynamic_scheduling=True,
        enable_resource_optimization=True
    )

    # Orchestrate pipeline execution
    task_graph = await orchestrator.orchestrate_pipeline(
        pipeline_execution=pipeline,
        requirements={
            "quality_gates": {"test_coverage": 90.0},
            "resource_constraints": {"max_memory": "8Gi"},
            "time_constraints": {"max_duration": 1800}
        }
    )

    # Monitor execution
    status = orchestrator.get_orchestration_status(pipeline.id)
    print(f"Active tasks: {status['resource_usage']['active_tasks']}")

    assert "Active tasks: 0\n" == capsys.readouterr().out
    assert "running" == status["status"]
    assert ["lint", "test", "package"] == [node.name for node in task_graph.nodes]
    assert ("test", "package") == task_graph.critical_path
    result = await orchestrator.wait(pipeline.id)
    assert [("test_coverage", 90.0)] == [(gate.name, gate.threshold) for gate in result.gates]
    status = orchestrator.get_orchestration_status(pipeline.id)
    assert ("passed", 3, 1.0) == (status["status"], status["tasks"]["passed"], status["progress"])
