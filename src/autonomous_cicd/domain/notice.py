"""Notice: something that people are told about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from autonomous_cicd.domain.diagnosis import Severity
from autonomous_cicd.values import dataclass

__all__ = ["Held", "Notice", "NotificationChannel", "NotificationType"]


class NotificationType(StrEnum):
    """Of what kind a notice is."""

    WORKFLOW_COMPLETED = "workflow_completed"
    WORKFLOW_FAILED = "workflow_failed"
    FIX_APPLIED = "fix_applied"
    SECURITY_UPDATE = "security_update"
    PERFORMANCE_REGRESSION = "performance_regression"
    CRITICAL_ALERT = "critical_alert"


class NotificationChannel(StrEnum):
    """Where a notice goes."""

    SLACK = "slack"
    EMAIL = "email"
    TEAMS = "teams"
    DISCORD = "discord"
    WEBHOOK = "webhook"
    GITHUB = "github"
    LINEAR = "linear"


_SEVERITIES = {
    NotificationType.WORKFLOW_COMPLETED: Severity.LOW,
    NotificationType.WORKFLOW_FAILED: Severity.MEDIUM,
    NotificationType.FIX_APPLIED: Severity.LOW,
    NotificationType.SECURITY_UPDATE: Severity.HIGH,
    NotificationType.PERFORMANCE_REGRESSION: Severity.MEDIUM,
    NotificationType.CRITICAL_ALERT: Severity.CRITICAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that people are told about. Its texts may come from strangers."""

    type: NotificationType
    message: str
    """In one plain sentence."""
    title: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    """Facts below the message, by name."""
    url: str = ""
    """Where more is to be read; of our own making, never from a payload."""
    key: str = ""
    """The same for what is the same: a repetition within the window is not sent."""
    repository: str = ""
    severity: Severity | None = None
    """How much it matters; None: as much as is usual for its kind."""
    others: tuple[Notice, ...] = ()
    """What is told in the same message."""

    @property
    def weight(self) -> Severity:
        """How much it matters."""
        return self.severity or _SEVERITIES[self.type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A notice that waits to be sent to a channel."""

    position: int
    channel: str
    notice: Notice
    tries: int = 0
    """How often it was tried, this time included."""
