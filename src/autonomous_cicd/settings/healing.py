"""Options of finding out what is wrong and of healing it."""

from __future__ import annotations

from autonomous_cicd.settings.kinds import Choice, Flag, Number, Text, Whole
from autonomous_cicd.settings.narrow import both, highest, lowest
from autonomous_cicd.settings.section import Change, Section, option, section
from autonomous_cicd.settings.words import Priority, UpdateStrategy

__all__ = [
    "AnalysisSettings",
    "CircuitBreakerSettings",
    "CircuitBreakers",
    "DependencySettings",
    "ErrorDetection",
    "MonitoringSettings",
    "SelfHealing",
    "Thresholds",
]

_PERCENT = Number(0, 100)


class ErrorDetection(Section):
    """How failures are found and understood."""

    enable_learning: bool = option(
        default=True, kind=Flag(), help="Whether closed incidents teach which remedies help."
    )
    confidence_threshold: float = option(
        default=0.8, kind=Number(0, 1), help="Confidence below which an agent is asked what the cause is."
    )
    pattern_matching: bool = option(
        default=True, kind=Flag(), help="Whether logs are searched for known patterns."
    )


class SelfHealing(Section):
    """How far healing may go."""

    enabled: bool = option(
        default=True,
        kind=Flag(),
        help="Whether anything is healed at all.",
        aliases=("enable_self_healing",),
        narrow=both,
    )
    max_healing_attempts: int = option(
        default=3, kind=Whole(0, 100), help="Attempts for one incident.", narrow=lowest
    )
    enable_aggressive_healing: bool = option(
        default=False, kind=Flag(), help="Whether remedies of higher risk are tried.", narrow=both
    )
    enable_rollback: bool = option(
        default=True, kind=Flag(), help="Whether a guilty change may be proposed to be undone.", narrow=both
    )
    auto_apply_fixes: bool = option(
        default=True,
        kind=Flag(),
        help="Whether maintenance delivers the fixes that it proved, as far as `autonomy` allows.",
        aliases=("auto_apply_fixes",),
        narrow=both,
    )
    confidence_threshold: float = option(
        default=0.75,
        kind=Number(0, 1),
        help="Confidence from which a fix may be delivered without asking.",
        aliases=("AUTO_FIX_CONFIDENCE_THRESHOLD",),
        narrow=highest,
    )
    time_budget: float = option(
        default=300.0,
        kind=Number(0, 86_400),
        help="Seconds after which, once a fix is proven, no further workflow file is run; it is told which.",
    )
    max_fixes_per_day: int = option(
        default=10,
        kind=Whole(0, 1000),
        help="Fixes delivered in a day.",
        aliases=("MAX_AUTO_FIXES_PER_DAY", "max_auto_fixes_per_day"),
        narrow=lowest,
    )
    max_pull_requests_per_hour: int = option(
        default=2, kind=Whole(0, 100), help="Pull requests opened in an hour.", narrow=lowest
    )
    max_open_pull_requests: int = option(
        default=5, kind=Whole(0, 100), help="Pull requests of ours that are open at once.", narrow=lowest
    )


class DependencySettings(Section):
    """Which dependencies are updated."""

    strategy: UpdateStrategy = option(
        default=UpdateStrategy.SMART,
        kind=Choice(UpdateStrategy),
        help="Which updates are proposed.",
        aliases=("UPDATE_STRATEGY", "update_strategy"),
    )
    security_priority: Priority = option(
        default=Priority.HIGH,
        kind=Choice(Priority),
        help="How urgent security updates are.",
        aliases=("SECURITY_PRIORITY",),
    )


class Thresholds(Section):
    """Measurements from which an alert is given."""

    cpu_percent: float = option(default=80.0, kind=_PERCENT, help="Use of the processors.")
    memory_percent: float = option(default=80.0, kind=_PERCENT, help="Use of the memory.")
    disk_percent: float = option(default=90.0, kind=_PERCENT, help="Use of the disk.")
    response_seconds: float = option(default=30.0, kind=Number(0, 3600), help="Answer time of a service.")
    flow_failure_percent: float = option(default=10.0, kind=_PERCENT, help="Share of failed flow runs.")
    success_rate: float = option(
        default=0.85, kind=Number(0, 1), help="Share of passed runs below which an alert is given."
    )
    resource_utilization: float = option(
        default=0.9, kind=Number(0, 1), help="Share of the machine in use above which an alert is given."
    )
    active_workflows: int = option(
        default=10, kind=Whole(1, 100_000), help="Workflows under way from which on the system is unhealthy."
    )


class MonitoringSettings(Section):
    """What is watched, and how closely."""

    regression_percent: float = option(
        default=20.0,
        kind=Number(0, 10_000),
        help="Percent by which something may become slower; the performance gate uses it too.",
        aliases=("PERFORMANCE_REGRESSION_THRESHOLD", "PERFORMANCE_THRESHOLD", "performance_threshold"),
        narrow=lowest,
    )
    auto_optimize: bool = option(
        default=True,
        kind=Flag(),
        help="Whether speed-ups are proposed unasked.",
        aliases=("AUTO_OPTIMIZE",),
    )
    baseline_branch: str = option(
        default="",
        kind=Text("the name of a branch", r"(?!-)[^\s~^:?*\[\\]{0,200}"),
        help="Branch whose measurements are the baseline; empty: the default branch.",
    )
    monitoring_interval: float = option(
        default=60.0, kind=Number(1, 86_400), help="Seconds between two looks of the control loop."
    )
    polling_interval: float = option(
        default=30.0, kind=Number(1, 86_400), help="Seconds between two looks at a run at the code host."
    )
    thresholds: Thresholds = section(default=Thresholds, help="Measurements from which an alert is given.")


class AnalysisSettings(Section):
    """What the code checks complain about."""

    max_file_lines: int = option(
        default=500, kind=Whole(1, 1_000_000), help="Lines from which a file is called large."
    )
    max_parameters: int = option(
        default=7, kind=Whole(1, 1000), help="Parameters from which on a function is called complex."
    )


class CircuitBreakerSettings(Section):
    """When a service that fails is left alone for a while."""

    failure_threshold: int = option(
        default=3, kind=Whole(1, 1000), help="Failures in a row after which it is not called any more."
    )
    recovery_timeout: float = option(
        default=60.0, kind=Number(1, 86_400), help="Seconds until it is tried again."
    )


def _breaker(failures: int, seconds: float) -> dict[str, Change]:
    return {"failure_threshold": Change(failures), "recovery_timeout": Change(seconds)}


class CircuitBreakers(Section):
    """One for each service outside."""

    codegen_api: CircuitBreakerSettings = section(
        default=CircuitBreakerSettings, help="The agent service.", changes=_breaker(5, 60.0)
    )
    github_api: CircuitBreakerSettings = section(
        default=CircuitBreakerSettings, help="The code host.", changes=_breaker(3, 30.0)
    )
    web_eval_agent: CircuitBreakerSettings = section(
        default=CircuitBreakerSettings, help="The judge of web pages.", changes=_breaker(2, 120.0)
    )
    grainchain: CircuitBreakerSettings = section(
        default=CircuitBreakerSettings, help="The remote sandboxes.", changes=_breaker(3, 90.0)
    )
