"""Settings -> what a pipeline and its gates shall be like."""

from __future__ import annotations

from collections.abc import Sequence

from autonomous_cicd.domain.pipeline import Command, Limits, Ordering, Skipped, Stage, Task
from autonomous_cicd.services.gate_wishes import Compliance, GateWishes
from autonomous_cicd.services.plan import Wishes, command
from autonomous_cicd.settings.load import Settings
from autonomous_cicd.settings.tasks import TaskSettings

__all__ = ["gate_wishes", "pipeline_wishes", "task_limits"]


def pipeline_wishes(settings: Settings) -> Wishes:
    """Return what the settings say about a pipeline."""
    pipeline = settings.pipeline
    alone = not pipeline.enable_parallel_processing
    return Wishes(
        source=pipeline.source.value,
        tasks=tuple(_task(task, settings) for task in pipeline.tasks),
        deploy=_deployment(settings),
        stages=tuple(Stage(stage) for stage in pipeline.stages),
        ordering=Ordering.SEQUENTIAL if alone else pipeline.strategy,
        jobs=pipeline.max_concurrent_tasks,
        seconds=60 * pipeline.timeout_minutes,
    )


def gate_wishes(settings: Settings) -> GateWishes:
    """Return which gates the settings ask for."""
    gates = settings.quality_gates
    rules = gates.compliance
    named = rules.allowed_licences or rules.denied_licences or rules.required_files
    return GateWishes(
        test_coverage=gates.test_coverage,
        code_quality=gates.code_quality.value if gates.code_quality else None,
        security_scan=gates.security_scan,
        performance_benchmark=gates.performance_benchmark,
        regression_percent=settings.monitoring.regression_percent,
        compliance=Compliance(
            allowed_licences=rules.allowed_licences,
            denied_licences=rules.denied_licences,
            required_files=rules.required_files,
        )
        if named
        else None,
    )


def task_limits(settings: Settings) -> Limits:
    """Return the most that any task may have."""
    pipeline = settings.pipeline
    sizes = [size for size in (pipeline.task_memory, pipeline.resource_limits.memory) if size]
    return Limits(
        seconds=60 * pipeline.default_timeout_minutes,
        memory=min(sizes, default=None),
        output=pipeline.output_limit,
    )


def missing_deployment(settings: Settings) -> Sequence[Skipped]:
    """Return the deployment that was asked for as a stage, when none is configured."""
    if Stage.DEPLOY.value in settings.pipeline.stages and settings.deploy.command is None:
        return (Skipped(Stage.DEPLOY.value, "no deployment is configured under `deploy: command:`"),)
    return ()


def _task(task: TaskSettings, settings: Settings) -> Task:
    minutes = task.timeout_minutes or settings.pipeline.default_timeout_minutes
    return Task(
        name=task.name,
        stage=task.stage,
        commands=tuple(command(call, cwd=task.directory) for call in task.calls),
        needs=task.needs,
        env=task.env,
        workspace=task.workspace,
        inputs=task.inputs,
        outputs=task.outputs,
        limits=Limits(seconds=60 * minutes),
        optional=task.optional,
        cores=task.cores,
        memory=task.memory or 0,
        reason=settings.source("pipeline.tasks"),
    )


def _deployment(settings: Settings) -> Task | None:
    deploy = settings.deploy
    if deploy.command is None:
        return None
    words: Command = command(deploy.command)
    return Task(
        name=f"deploy ({deploy.environment})",
        stage=Stage.DEPLOY,
        commands=(words,),
        approval=deploy.environment if deploy.approval else "",
        reason=settings.source("deploy.command"),
    )
