"""A Linux machine stands for hosted Linux runners, and says which others it cannot stand for."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.runners import runner_refusal
from autonomous_cicd.domain.workflow import Json

LINUX = Machine(system="Linux", architecture="X64")
ARM = Machine(system="Linux", architecture="ARM64")


@pytest.mark.parametrize(
    "runs_on",
    [
        "ubuntu-latest",
        "Ubuntu-22.04",
        "ubuntu-slim",
        "ubuntu-24.04-16core",
        "blacksmith-4vcpu-ubuntu-2204",
        "depot-ubuntu-24.04",
        ["ubuntu-latest"],
        ["linux", "x64"],
        {"labels": "ubuntu-latest"},
        {"group": "", "labels": ["ubuntu-20.04"]},
    ],
)
def test_linux_runners(runs_on: Json) -> None:
    assert runner_refusal(runs_on, LINUX) == ""


@pytest.mark.parametrize(
    ("runs_on", "reason"),
    [
        ("windows-latest", "runs on Windows (windows-latest)"),
        ("macos-15", "runs on macOS"),
        (["macos-14-xlarge"], "runs on macOS"),
        ("ubuntu-24.04-arm", "ARM64 processor"),
        (["linux", "arm64"], "ARM64 processor"),
        ("self-hosted", "of the project's own"),
        (["self-hosted", "linux", "x64"], "of the project's own (self-hosted, linux, x64)"),
        ({"group": "big", "labels": "ubuntu-latest"}, "runner group 'big'"),
        ("linux.2xlarge", "'linux.2xlarge', which is no hosted Linux runner"),
        ("kubuntu", "'kubuntu'"),
        ("", "names no runner"),
        ([], "names no runner"),
        ({}, "names no runner"),
    ],
)
def test_other_runners(runs_on: Json, reason: str) -> None:
    assert reason in runner_refusal(runs_on, LINUX)


def test_other_machines() -> None:
    assert runner_refusal("ubuntu-24.04-arm", ARM) == ""
    assert runner_refusal("ubuntu-latest", ARM) == ""
    assert runner_refusal("macos-latest", Machine(system="macOS")) == ""
    assert "runs on Linux" in runner_refusal("ubuntu-latest", Machine(system="macOS"))
