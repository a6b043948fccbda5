"""The tree of all options. A file, the variables, the flags, the schema and the docs follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from autonomous_cicd.domain.decision import Autonomy
from autonomous_cicd.settings.healing import (
    AnalysisSettings,
    CircuitBreakers,
    DependencySettings,
    ErrorDetection,
    MonitoringSettings,
    SelfHealing,
)
from autonomous_cicd.settings.integrations import Integrations, PrefectConfig, Workflows
from autonomous_cicd.settings.kinds import Choice, Folder
from autonomous_cicd.settings.narrow import lowest
from autonomous_cicd.settings.notifications import NotificationSettings
from autonomous_cicd.settings.pipeline import DeploySettings, PipelineSettings, QualityGates
from autonomous_cicd.settings.section import Option, Part, Reach, Section, option, section
from autonomous_cicd.settings.server import ServerSettings
from autonomous_cicd.settings.words import LogLevel, RunnerName

__all__ = ["PREFIX", "Tree", "declared", "parts", "variable"]

PREFIX = "AUTONOMOUS_CICD_"
"""Beginning of the names of our own variables."""


class Tree(Section):
    """All options."""

    autonomy: Autonomy = option(
        default=Autonomy.OBSERVE,
        kind=Choice(Autonomy),
        help="What is done unasked: diagnose and report, propose changes, or also act. Read by the healing.",
        narrow=lowest,
    )
    log_level: LogLevel = option(
        default=LogLevel.WARNING,
        kind=Choice(LogLevel, {"warn": "warning", "notset": "debug", "fatal": "critical"}),
        help="From which severity on our own log lines are written.",
        aliases=("LOG_LEVEL",),
    )
    state_dir: Path = option(
        default=Path(),
        kind=Folder(),
        help="Folder for the store, the cache and the private copies "
        "(default: `$XDG_STATE_HOME/autonomous-cicd`, else `~/.local/state/autonomous-cicd`).",
        reach=Reach.OPERATOR,
    )
    runner: RunnerName = option(
        default=RunnerName.PROCESS,
        kind=Choice(RunnerName),
        help="How project code is executed: with limits, or in a bubblewrap sandbox as well.",
        reach=Reach.OPERATOR,
    )
    pipeline: PipelineSettings = section(default=PipelineSettings, help="How a pipeline is built and run.")
    deploy: DeploySettings = section(default=DeploySettings, help="The deployment at its end.")
    quality_gates: QualityGates = section(
        default=QualityGates, help="What must hold for a run to be green; nothing unless asked for."
    )
    error_detection: ErrorDetection = section(
        default=ErrorDetection, help="How failures are understood. Read by the diagnosis."
    )
    self_healing: SelfHealing = section(
        default=SelfHealing, help="How far healing may go. Read by the healing."
    )
    dependencies: DependencySettings = section(
        default=DependencySettings, help="Which dependencies are updated. Read by the updates."
    )
    monitoring: MonitoringSettings = section(
        default=MonitoringSettings, help="What is watched. Read by the watch, and by the performance gate."
    )
    analysis: AnalysisSettings = section(
        default=AnalysisSettings, help="What code checks complain about. Read by the analysis."
    )
    circuit_breakers: CircuitBreakers = section(
        default=CircuitBreakers, help="When a failing service is left alone. Read by its guards."
    )
    workflows: Workflows = section(default=Workflows, help="What runs in time. Read by the engine.")
    integrations: Integrations = section(
        default=Integrations, help="The services outside. Read by their adapters."
    )
    notifications: NotificationSettings = section(
        default=NotificationSettings, help="Who is told. Read by the delivery."
    )
    server: ServerSettings = section(
        default=ServerSettings, help="The server: where it listens, and who may ask it. Read by `serve`."
    )
    prefect: PrefectConfig = section(
        default=PrefectConfig, help="Prefect, if it is used. Read by the engine."
    )


@cache
def declared() -> Mapping[str, Option]:
    """Return every option by its dotted path, in the order of the tree."""
    found = dict(Tree.options)
    for path, part in parts().items():
        found |= {f"{path}.{name}": one for name, one in part.options().items()}
    return found


@cache
def parts() -> Mapping[str, Part]:
    """Return every section by its dotted path, each before those inside it."""
    return dict(_parts(Tree, ""))


def _parts(cls: type[Section], prefix: str) -> list[tuple[str, Part]]:
    found: list[tuple[str, Part]] = []
    for name, part in cls.parts.items():
        found += [(prefix + name, part), *_parts(part.cls, f"{prefix}{name}.")]
    return found


def variable(path: str) -> str:
    """Return the name of an option's own variable."""
    return PREFIX + path.upper().replace(".", "_")
