"""Keeps software green by itself: runs a project's pipeline, and heals what breaks."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = [
    "AutonomousPipelineManager",
    "ErrorDetector",
    "GitHubActionsIntegration",
    "NotificationChannel",
    "NotificationType",
    "SelfHealer",
    "TaskOrchestrator",
    "__version__",
    "send_notification",
]

__version__ = "0.1.0"

_HOMES = {
    "AutonomousPipelineManager": "api.pipelines",
    "ErrorDetector": "api.detection",
    "GitHubActionsIntegration": "api.integrations",
    "NotificationChannel": "domain.notice",
    "NotificationType": "domain.notice",
    "SelfHealer": "api.healing",
    "TaskOrchestrator": "api.pipelines",
    "send_notification": "api.notifications",
}
"""Module of each public name: it is loaded when the name is first asked for."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
