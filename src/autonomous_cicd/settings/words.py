"""The words that options may have."""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "AgentProtocol",
    "Grade",
    "LogLevel",
    "PipelineSource",
    "Priority",
    "RunnerName",
    "UpdateStrategy",
]


class AgentProtocol(StrEnum):
    """How an agent is spoken to: by its arguments and what it prints, or the Agent Client Protocol."""

    COMMAND = "command"
    ACP = "acp"


class LogLevel(StrEnum):
    """From which severity on our own log lines are written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


class RunnerName(StrEnum):
    """How project code is executed."""

    PROCESS = "process"
    SANDBOX = "sandbox"


class PipelineSource(StrEnum):
    """Where a pipeline is taken from; `auto` takes the first of the others that there is."""

    AUTO = "auto"
    CONFIG = "config"
    WORKFLOW = "workflow"
    DETECT = "detect"


class UpdateStrategy(StrEnum):
    """Which updates of dependencies are made."""

    SECURITY_ONLY = "security-only"
    SMART = "smart"
    ALL = "all"


class Priority(StrEnum):
    """How much something matters."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Grade(StrEnum):
    """Quality of code, the best first."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"
