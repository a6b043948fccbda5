"""Options of pipelines: how they are built and run, deployment, quality gates."""

from __future__ import annotations

from autonomous_cicd.domain.pipeline import Ordering, Stage
from autonomous_cicd.settings.forms import Command, Program, Words
from autonomous_cicd.settings.kinds import Choice, Flag, Maybe, Number, Size, Text, Whole
from autonomous_cicd.settings.narrow import both, common, either, highest, lowest, united
from autonomous_cicd.settings.section import Reach, Section, option, section
from autonomous_cicd.settings.tasks import STAGE_SPELLINGS, Tasks, TaskSettings
from autonomous_cicd.settings.words import Grade, PipelineSource

__all__ = ["ComplianceSettings", "DeploySettings", "PipelineSettings", "QualityGates", "ResourceLimits"]

_MEBIBYTE = 1024 * 1024


class ResourceLimits(Section):
    """What a run may use of the machine."""

    cpu: float | None = option(
        default=None,
        kind=Maybe(Number(0.1, 4096)),
        help="Processors that a run may keep busy; false: all there are.",
        aliases=("resource_constraints.max_cpu",),
        narrow=lowest,
    )
    memory: int | None = option(
        default=None,
        kind=Maybe(Size()),
        help="Memory that the tasks of a run may need together; false: what is free.",
        aliases=("resource_constraints.max_memory",),
        narrow=lowest,
    )
    disk: int | None = option(
        default=None,
        kind=Maybe(Size()),
        help="Disk space that a run may need; false: what is free.",
        aliases=("resource_constraints.max_disk",),
        narrow=lowest,
    )


class PipelineSettings(Section):
    """How a pipeline is built and run."""

    source: PipelineSource = option(
        default=PipelineSource.AUTO,
        kind=Choice(PipelineSource),
        help="Where the pipeline is taken from: the project's own tasks, its workflow files, or detection.",
    )
    tasks: tuple[TaskSettings, ...] = option(
        default=(), kind=Tasks(), help="The project's own pipeline: its tasks by name."
    )
    stages: tuple[str, ...] = option(
        default=(),
        kind=Words("a list of stages", known=tuple(Stage), spellings=STAGE_SPELLINGS),
        help="Stages to keep of what is detected; empty: all of them.",
    )
    strategy: Ordering = option(
        default=Ordering.ADAPTIVE,
        kind=Choice(Ordering),
        help="How much runs side by side: `adaptive` decides by what the machine has free.",
        aliases=("strategy",),
    )
    max_concurrent_tasks: int = option(
        default=4,
        kind=Whole(1, 1024),
        help="Most tasks at once.",
        aliases=("parallel_jobs", "jobs"),
        narrow=lowest,
    )
    timeout_minutes: float = option(
        default=60.0,
        kind=Number(0.001, 10_000),
        help="Minutes after which a whole run is ended.",
        aliases=("timeout_minutes", "time_constraints.max_duration/60"),
        narrow=lowest,
    )
    default_timeout_minutes: float = option(
        default=30.0,
        kind=Number(0.001, 10_000),
        help="Minutes after which a task is ended that does not say so itself, and the most it may say.",
        aliases=("task_timeout_minutes",),
        narrow=lowest,
    )
    task_memory: int | None = option(
        default=None,
        kind=Maybe(Size()),
        help="Address space that each process of a task may use; false: no limit.",
        narrow=lowest,
    )
    output_limit: int = option(
        default=10 * _MEBIBYTE,
        kind=Size(),
        help="Output of a task that is kept; the rest is counted and dropped.",
        narrow=lowest,
    )
    resource_limits: ResourceLimits = section(
        default=ResourceLimits, help="What a run may use of the machine."
    )
    cache: bool = option(
        default=True,
        kind=Flag(),
        help="Whether the outcome of a task with unchanged inputs is taken from the cache.",
        aliases=("enable_caching",),
    )
    split_tests: bool = option(
        default=True,
        kind=Flag(),
        help="Whether a test suite is split over workers where that was measured to pay.",
    )
    network: bool = option(
        default=True,
        kind=Flag(),
        help="Whether tasks in the sandbox reach the network.",
        narrow=both,
    )
    environment: tuple[str, ...] = option(
        default=(),
        kind=Words("a list of names of variables", pattern=r"[A-Za-z_][A-Za-z0-9_]*"),
        help="Variables of the operator's environment that tasks may see besides the usual harmless ones.",
        reach=Reach.OPERATOR,
    )
    enable_optimization: bool = option(
        default=True, kind=Flag(), help="Whether recorded durations decide the order of tasks."
    )
    enable_parallel_processing: bool = option(
        default=True, kind=Flag(), help="Whether independent tasks run side by side."
    )
    enable_dynamic_scheduling: bool = option(
        default=True, kind=Flag(), help="Whether free memory and load are measured before a task begins."
    )
    enable_resource_optimization: bool = option(
        default=True, kind=Flag(), help="Whether the known needs of tasks decide which run together."
    )


class DeploySettings(Section):
    """The deployment, which runs when everything else passed."""

    command: Command | None = option(
        default=None, kind=Maybe(Program()), help="What deploys the project; false: nothing is deployed."
    )
    environment: str = option(
        default="production",
        kind=Text("a name", r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}"),
        help="Name of the environment that it deploys to.",
    )
    approval: bool = option(
        default=True,
        kind=Flag(),
        help="Whether a person must have approved the commit for this environment.",
        narrow=either,
    )


class ComplianceSettings(Section):
    """What the compliance gate looks for."""

    allowed_licences: tuple[str, ...] = option(
        default=(),
        kind=Words("a list of licences"),
        help="Licences that dependencies may have; empty: all that are not denied.",
        aliases=("allowed_licenses",),
        narrow=common,
    )
    denied_licences: tuple[str, ...] = option(
        default=(),
        kind=Words("a list of licences"),
        help="Licences that no dependency may have.",
        aliases=("denied_licenses",),
        narrow=united,
    )
    required_files: tuple[str, ...] = option(
        default=(),
        kind=Words("a list of files"),
        help="Files that the project must have, such as LICENSE.",
        narrow=united,
    )


class QualityGates(Section):
    """What must hold for a run to be green. A gate is judged only when it is asked for here."""

    test_coverage: float | None = option(
        default=None,
        kind=Maybe(Number(0, 100)),
        help="Percent of the lines that tests must reach (the guides' example: 80.0).",
        narrow=highest,
    )
    code_quality: Grade | None = option(
        default=None,
        kind=Maybe(Choice(Grade)),
        help="The worst grade of the code that passes (the guides' example: A).",
        narrow=lowest,
    )
    security_scan: bool = option(
        default=False,
        kind=Flag(),
        help="Whether the project's security scan must have passed (the guides' example: true).",
        narrow=either,
    )
    performance_benchmark: bool = option(
        default=False,
        kind=Flag(),
        help="Whether nothing may have become slower than `monitoring.regression_percent` allows.",
        narrow=either,
    )
    compliance: ComplianceSettings = section(
        default=ComplianceSettings, help="Licences and required files; judged when any is named."
    )
