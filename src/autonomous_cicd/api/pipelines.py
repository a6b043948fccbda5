"""The guides' classes for pipelines: create one, execute it, or let it run and look after it."""

from __future__ import annotations

import asyncio
import copy
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from autonomous_cicd.api.opened import Opened, open_pipeline
from autonomous_cicd.api.orchestration import Orchestration, Progress
from autonomous_cicd.api.views import CreatedPipeline, PipelineResult, TaskGraph
from autonomous_cicd.errors import UsageError

__all__ = ["AutonomousPipelineManager", "TaskOrchestrator"]


class AutonomousPipelineManager:
    """Finds out how a project is built and tested, and runs that."""

    def __init__(
        self,
        enable_optimization: bool | None = None,
        enable_parallel_processing: bool | None = None,
        *,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Take settings that hold for all pipelines; None: as the project and the operator say.

        `environment` takes the place of the one that this process was started with.
        """
        self._settings = {
            "enable_optimization": enable_optimization,
            "enable_parallel_processing": enable_parallel_processing,
        }
        self._environment = dict(os.environ if environment is None else environment)
        self._opened: dict[str, Opened] = {}

    async def create_pipeline(
        self, project_path: str | Path = ".", config_override: Mapping[str, object] | None = None
    ) -> CreatedPipeline:
        """Find out what a project is and what is to be run. Executes nothing of it.

        Raises SettingsError for a key or a value of `config_override` that is not known.
        """
        config = copy.deepcopy({**self._settings, **(config_override or {})})
        opened = await _open(project_path, self._environment, config)
        self._opened[opened.id] = opened
        return CreatedPipeline.of(opened.planned, config)

    async def execute_pipeline(self, pipeline_id: str) -> PipelineResult:
        """Run a pipeline that was created here, on private copies of its project as it is now."""
        if pipeline_id not in self._opened:
            known = ", ".join(self._opened) or "none yet"
            raise UsageError(f"there is no pipeline {pipeline_id!r}", hint=f"created are: {known}")
        opened = self._opened[pipeline_id]
        return PipelineResult(await opened.execute(Progress(opened.planned.pipeline.tasks)))


class TaskOrchestrator:
    """Runs pipelines in the background and knows how far each of them is.

    Use it as `async with`, or `close` it: nothing that it started is left running then.
    """

    def __init__(
        self,
        max_concurrent_tasks: int | None = None,
        enable_dynamic_scheduling: bool | None = None,
        enable_resource_optimization: bool | None = None,
        *,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Take settings that narrow those of all pipelines; None: as they are.

        `environment` takes the place of the one that this process was started with.
        """
        self._settings = {
            "max_concurrent_tasks": max_concurrent_tasks,
            "enable_dynamic_scheduling": enable_dynamic_scheduling,
            "enable_resource_optimization": enable_resource_optimization,
        }
        self._environment = dict(os.environ if environment is None else environment)
        self._orchestrations: dict[str, Orchestration] = {}

    async def orchestrate_pipeline(
        self, pipeline_execution: CreatedPipeline, requirements: Mapping[str, object] | None = None
    ) -> TaskGraph:
        """Begin to execute a pipeline; return its graph at once.

        `requirements` narrow what the pipeline was created with. Raises SettingsError for one that is not
        known, UsageError when the pipeline is being executed already.
        """
        required = {type(self).__name__: self._settings, "requirements": requirements or {}}
        pipeline = pipeline_execution
        opened = await _open(pipeline.project.path, self._environment, pipeline.config, required)
        if pipeline.id in self._orchestrations and not self._orchestrations[pipeline.id].done:
            raise UsageError(f"{pipeline.id} is being executed", hint="wait for it, or cancel it")
        self._orchestrations[pipeline.id] = Orchestration(opened)
        return TaskGraph.of(pipeline.id, opened.planned.pipeline)

    def get_orchestration_status(self, pipeline_id: str) -> dict[str, Any]:
        """Return how far a pipeline is, what its tasks are doing and what they use, at this moment."""
        return self._orchestration(pipeline_id).status

    async def wait(self, pipeline_id: str) -> PipelineResult:
        """Wait until a pipeline ended. Whoever is cancelled in here leaves it running."""
        return PipelineResult(await self._orchestration(pipeline_id).wait())

    async def cancel(self, pipeline_id: str) -> PipelineResult:
        """End a pipeline in order; nothing of it runs any more afterwards."""
        orchestration = self._orchestration(pipeline_id)
        await orchestration.end()
        return PipelineResult(await orchestration.wait())

    async def close(self) -> None:
        """End all that is still being executed."""
        await asyncio.gather(*(one.end() for one in self._orchestrations.values()))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    def _orchestration(self, pipeline_id: str) -> Orchestration:
        if pipeline_id not in self._orchestrations:
            known = ", ".join(self._orchestrations) or "none yet"
            raise UsageError(f"{pipeline_id!r} was not orchestrated here", hint=f"orchestrated are: {known}")
        return self._orchestrations[pipeline_id]


async def _open(
    path: str | Path,
    environment: Mapping[str, str],
    config: Mapping[str, object],
    required: Mapping[str, Mapping[str, object]] | None = None,
) -> Opened:
    """Plan in a thread: reading a project takes longer than an event loop may stand still."""
    return await asyncio.to_thread(
        open_pipeline, Path(path), environment=environment, config=config, requirements=required
    )
