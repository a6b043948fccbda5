"""Notice: something that people are told about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from autonomous_cicd.values import dataclass

__all__ = ["Notice", "NotificationChannel", "NotificationType"]


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
