"""Carries out a task that is a job of a workflow file. Loaded only when there is one."""

from __future__ import annotations

from collections.abc import Mapping

from autonomous_cicd.domain.pipeline import Task
from autonomous_cicd.domain.run import TaskResult
from autonomous_cicd.services.carry_out import CarryOut, slug
from autonomous_cicd.services.job import run_job
from autonomous_cicd.services.job_world import JobWorld
from autonomous_cicd.services.task_log import TaskLog

__all__ = ["carry_job"]


async def carry_job(
    shared: CarryOut, task: Task, needs: Mapping[str, TaskResult], log: TaskLog
) -> TaskResult:
    """Carry out the job of a task with what the tasks of its run share."""
    world = JobWorld(
        runner=shared.runner(),
        workspace=shared.workspace,
        checkout=shared.checkout,
        machine=shared.look(),
        folder=shared.folder / "jobs" / slug(task.name),
        artifacts=shared.folder / "artifacts",
        caches=shared.caches,
        pythons=shared.pythons,
        base_env=shared.env(),
        say=log.say,
        on_step=lambda step: shared.observer.task_step(task, step),
        needs=needs,
        clock=shared.clock,
        limits=shared.limits_of(task),
        files=shared.files,
        network=shared.network,
        scratch=shared.scratch / slug(task.name) if shared.scratch else None,
    )
    return await run_job(task, world)
