"""What the classes of the guides return: small frozen views of pipelines, runs and graphs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Self

from autonomous_cicd.domain.pipeline import Pipeline, Skipped, Stage, Task, critical_path
from autonomous_cicd.domain.project import Project
from autonomous_cicd.domain.run import GateResult, Run, RunStatus, TaskResult
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.services.plan import Planned
from autonomous_cicd.services.report import everything_skipped, to_json
from autonomous_cicd.values import dataclass

__all__ = ["CreatedPipeline", "PipelineResult", "TaskGraph", "TaskNode"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedPipeline:
    """A pipeline that was created and can be executed."""

    id: str
    project: Project
    """Its `path`, its `kinds`, its `complexity`."""
    source: str
    """Where it was taken from: `config`, `workflow` or `detect`."""
    tasks: tuple[Task, ...]
    skipped: tuple[Skipped, ...]
    """What was left out of it, and why."""
    problems: tuple[str, ...]
    """Why the code host would refuse a part of it; with any, an execution of it fails."""
    config: Mapping[str, object] = field(repr=False)
    """The configuration it was created with."""
    status: str = "created"

    @classmethod
    def of(cls, planned: Planned, config: Mapping[str, object]) -> Self:
        """Return the view of a plan."""
        pipeline = planned.pipeline
        return cls(
            id=pipeline.id,
            project=planned.project,
            source=pipeline.source.value,
            tasks=pipeline.tasks,
            skipped=pipeline.skipped,
            problems=pipeline.problems,
            config=config,
        )

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages of its tasks, each once, in their order."""
        return tuple(dict.fromkeys(task.stage for task in self.tasks))


@dataclass(frozen=True, slots=True)
class PipelineResult:
    """A pipeline that was executed."""

    run: Run
    """Everything that is known about it."""

    @property
    def id(self) -> str:
        """Id of the run, for `autonomous-cicd show`."""
        return self.run.id

    @property
    def status(self) -> str:
        """`passed`, `failed` or `cancelled`."""
        return self.run.status.value

    @property
    def success(self) -> bool:
        """Whether it passed."""
        return self.run.status is RunStatus.PASSED

    @property
    def reason(self) -> str:
        """Why it ended so, where the tasks and the gates do not say it."""
        return self.run.reason

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.run.seconds

    @property
    def tasks(self) -> tuple[TaskResult, ...]:
        """What became of each task."""
        return self.run.tasks

    @property
    def gates(self) -> tuple[GateResult, ...]:
        """What each quality gate measured, and its verdict."""
        return self.run.gates

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Whatever was left out, of the pipeline and inside its tasks, and why."""
        return everything_skipped(self.run)

    @property
    def report(self) -> dict[str, Json]:
        """The report that `autonomous-cicd run --json` writes."""
        return to_json(self.run)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskNode:
    """One task of a graph."""

    name: str
    stage: Stage
    needs: tuple[str, ...]
    """Names of the tasks that must have passed before."""
    seconds: float
    """How long it is expected to take; 0 when nothing is known."""
    critical: bool
    """Whether the whole takes longer when this one does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskGraph:
    """The tasks of a pipeline with what each of them needs."""

    id: str
    """Id of the pipeline."""
    nodes: tuple[TaskNode, ...]
    critical_path: tuple[str, ...]
    """Names of the tasks of the longest chain."""
    skipped: tuple[Skipped, ...]

    @classmethod
    def of(cls, name: str, pipeline: Pipeline) -> Self:
        """Return the view of a pipeline that goes by this id."""
        chain = tuple(task.name for task in critical_path(pipeline.tasks))
        nodes = tuple(_node(task, critical=task.name in chain) for task in pipeline.tasks)
        return cls(id=name, nodes=nodes, critical_path=chain, skipped=pipeline.skipped)

    @property
    def seconds(self) -> float:
        """The least time that it is expected to take, however much runs side by side."""
        return sum(node.seconds for node in self.nodes if node.critical)


def _node(task: Task, *, critical: bool) -> TaskNode:
    return TaskNode(
        name=task.name, stage=task.stage, needs=task.needs, seconds=task.seconds, critical=critical
    )
