"""Who is told: the operator says it, and a project's file may only narrow it."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_cicd.domain.diagnosis import Severity
from autonomous_cicd.errors import SettingsError
from autonomous_cicd.settings.load import load
from autonomous_cicd.settings.notifications import NotificationSettings

PREFIX = "AUTONOMOUS_CICD_NOTIFICATIONS_"


def told(folder: Path, project: str, operator: str = "    {}\n", **variables: str) -> NotificationSettings:
    """Return what counts of what a project's file, the operator's own and the environment say."""
    begin = "autonomous_cicd:\n  notifications:\n"
    (folder / ".autonomous-cicd.yml").write_text(begin + project)
    own = folder / "own.yml"
    own.write_text(begin + operator)
    environment = {"HOME": str(folder), "AUTONOMOUS_CICD_CONFIG": str(own)}
    said = {f"{PREFIX}{name}": value for name, value in variables.items()}
    return load(folder, environment={**environment, **said}).notifications


def test_a_project_names_channels_that_the_operator_has(tmp_path: Path) -> None:
    file = "    channels: [slack, discord]\n"
    assert ("slack",) == told(tmp_path, file, "    channels: [slack, email]\n").channels
    assert () == told(tmp_path, file).channels
    assert () == told(tmp_path, "    channels: []\n", "    channels: [slack]\n").channels


def test_a_project_narrows_rules_and_lengthens_times(tmp_path: Path) -> None:
    file = (
        "    window: 60\n    group: 90\n    rules:\n      slack:\n        severity: low\n"
        "        types: [fix_applied, workflow_failed]\n        repositories: ['acme/*']\n"
    )
    own = told(tmp_path, file, "    rules: {slack: {severity: high, types: [fix_applied]}}\n")
    rule = own.rules.slack
    assert (Severity.HIGH, ("fix_applied",), ("acme/*",)) == (rule.severity, rule.types, rule.repositories)
    assert (3600.0, 90.0) == (own.window, own.group)


@pytest.mark.parametrize(
    "file",
    [
        "    quiet_hours: 22:00-06:00\n",
        "    channels: [pigeon]\n",
        "    rules: {slack: {types: [gossip]}}\n",
        "    rules: {slack: {severity: mild}}\n",
        "    rules: {slack: {repositories: ['a b/c']}}\n",
        "    rules: {pigeon: {}}\n",
    ],
)
def test_what_is_wrong_or_not_allowed_is_refused(file: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        told(tmp_path, file)


@pytest.mark.parametrize("hours", ["22-6", "24:00-06:00", "22:00", "night", "22:00-06:60"])
def test_hours_that_are_none(hours: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="hours of the day"):
        told(tmp_path, "    {}\n", QUIET_HOURS=hours)
    assert "22:00-06:00" == told(tmp_path, "    {}\n", QUIET_HOURS=" 22:00-06:00 ").quiet_hours
