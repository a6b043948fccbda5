"""What must hold besides: requirements narrow what all others say, and never widen it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from autonomous_cicd.errors import SettingsError
from autonomous_cicd.settings.load import Settings, load


def settings_of(
    requirements: Mapping[str, Any],
    *,
    project: Path | None = None,
    environment: Mapping[str, str] | None = None,
    **overrides: Any,
) -> Settings:
    env = {"HOME": "/h", **(environment or {})}
    return load(project, environment=env, overrides=overrides, requirements={"requirements": requirements})


COVERAGE = "quality_gates.test_coverage"
SCAN = "quality_gates.security_scan"
ORDER = "pipeline.strategy"
TIME = "time_constraints.max_duration"


@pytest.mark.parametrize(
    ("said", "required", "path", "value", "source"),
    [
        ({}, {"jobs": 8}, "pipeline.max_concurrent_tasks", 8, "requirements: jobs"),
        ({"jobs": 5}, {"jobs": 8}, "pipeline.max_concurrent_tasks", 5, "command line: jobs"),
        ({"jobs": 5}, {"jobs": 3}, "pipeline.max_concurrent_tasks", 3, "requirements: jobs"),
        ({"jobs": 5}, {"jobs": 5}, "pipeline.max_concurrent_tasks", 5, "command line: jobs"),
        ({COVERAGE: 85}, {COVERAGE: 80}, COVERAGE, 85.0, f"command line: {COVERAGE}"),
        ({COVERAGE: 85}, {COVERAGE: 90}, COVERAGE, 90.0, f"requirements: {COVERAGE}"),
        ({SCAN: True}, {SCAN: False}, SCAN, True, f"command line: {SCAN}"),
        ({"strategy": "parallel"}, {ORDER: "sequential"}, ORDER, "sequential", f"requirements: {ORDER}"),
        ({}, {TIME: 1800}, "pipeline.timeout_minutes", 30.0, f"requirements: {TIME}"),
    ],
)
def test_the_stricter_one_counts(
    said: dict[str, Any], required: dict[str, Any], path: str, value: object, source: str
) -> None:
    """An option that has no stricter side is simply set; a default is nobody's word."""
    settings = settings_of(required, **said)
    assert (value, source) == (settings.value(path), settings.source(path))


def test_they_narrow_what_files_and_variables_say(tmp_path: Path) -> None:
    file = tmp_path / ".autonomous-cicd.yml"
    file.write_text("autonomous_cicd:\n  quality_gates:\n    test_coverage: 95\n")
    env = {"AUTONOMOUS_CICD_PIPELINE_TIMEOUT_MINUTES": "10"}
    required = {"quality_gates": {"test_coverage": 90}, "timeout_minutes": 20}
    settings = settings_of(required, project=tmp_path, environment=env)
    assert (95.0, 10.0) == (settings.quality_gates.test_coverage, settings.pipeline.timeout_minutes)


def test_they_do_not_allow_a_project_more(tmp_path: Path) -> None:
    """What a project asks for stays within what the operator allows, whatever a requirement says."""
    (tmp_path / ".autonomous-cicd.yml").write_text(
        "autonomous_cicd:\n  pipeline:\n    max_concurrent_tasks: 32\n"
    )
    assert 4 == settings_of({"jobs": 64}, project=tmp_path).pipeline.max_concurrent_tasks


def test_all_requirements_hold_together() -> None:
    requirements = {"one": {"jobs": 6, "default_timeout_minutes": 9}, "other": {"parallel_jobs": 3}}
    settings = load(None, environment={"HOME": "/h"}, requirements=requirements)
    assert (3, 9.0) == (settings.pipeline.max_concurrent_tasks, settings.pipeline.default_timeout_minutes)


def test_one_that_is_not_known_is_refused_by_the_name_of_its_source() -> None:
    with pytest.raises(SettingsError, match="requirements: unknown key 'jbos'") as caught:
        settings_of({"jbos": 1})
    assert "did you mean 'jobs'?" == caught.value.hint
