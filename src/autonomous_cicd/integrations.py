"""The services outside, under the names of the guides."""

from __future__ import annotations

from autonomous_cicd.api.integrations import GitHubActionsIntegration, MonitoringResult, TriggerResult

__all__ = ["GitHubActionsIntegration", "MonitoringResult", "TriggerResult"]
