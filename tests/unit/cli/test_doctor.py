"""The doctor says how the machine is, and its exit code whether we can work on it."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from autonomous_cicd.cli import doctor


def say(project: Path, environment: Mapping[str, str], *words: str) -> int:
    parser = argparse.ArgumentParser()
    parser.set_defaults(environment=environment)
    doctor.configure(parser)
    return doctor.execute(parser.parse_args([str(project), *words]))


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "HOME": str(tmp_path / "home"),
        "PATH": os.environ["PATH"],
        "AUTONOMOUS_CICD_STATE_DIR": str(tmp_path / "state"),
    }


def test_a_machine_that_can_run_projects(
    tmp_path: Path, environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = say(tmp_path, {**environment, "GITHUB_TOKEN": "ghp_very_secret_value"}, "--json")
    printed = capsys.readouterr().out
    report = json.loads(printed)
    found = {(check["group"], check["name"]): check["state"] for check in report["checks"]}
    assert (0, True) == (code, report["healthy"])
    assert {"ok"} == {
        found[key]
        for key in (
            ("settings", "settings"),
            ("tools", "git"),
            ("interpreters", "python"),
            ("storage", "state folder"),
            ("storage", "store"),
        )
    }
    assert "not checked" == found["credentials", "integrations.github.token"]
    assert found["tools", "sandbox"] in ("ok", "warning")
    assert "ghp_very_secret_value" not in printed


def test_what_a_person_reads(
    tmp_path: Path, environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert 0 == say(tmp_path, environment)
    printed = capsys.readouterr().out
    assert printed.startswith("settings\n  ok")
    assert "-> set LINEAR_API_KEY" in printed
    assert printed.endswith("\nAll that is needed is there.\n")


def test_a_state_folder_that_cannot_be_made_is_missing(
    tmp_path: Path, environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    code = say(tmp_path, {**environment, "AUTONOMOUS_CICD_STATE_DIR": str(tmp_path / "file" / "state")})
    printed = capsys.readouterr().out
    assert 1 == code
    assert "Not a directory" in printed
    assert "move it with AUTONOMOUS_CICD_STATE_DIR" in printed


def test_a_store_that_does_not_answer_is_missing_and_its_password_is_not_shown(
    tmp_path: Path, environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    url = "postgresql://user:very-secret@127.0.0.1:1/none?connect_timeout=1"
    code = say(tmp_path, {**environment, "AUTONOMOUS_CICD_INTEGRATIONS_DATABASE_URL": url}, "--json")
    printed = capsys.readouterr().out
    found = {check["name"]: check for check in json.loads(printed)["checks"]}
    assert (1, "missing") == (code, found["store"]["state"])
    assert found["store"]["detail"].startswith("PostgreSQL: ")
    assert "very-secret" not in printed


def test_settings_that_are_wrong_are_named(
    tmp_path: Path, environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".autonomous-cicd.yml").write_text("autonomous_cicd:\n  pipelin: {}\n")
    assert 1 == say(tmp_path, environment)
    printed = capsys.readouterr().out
    assert "pipelin" in printed
    assert "Something that is needed is missing." in printed


def test_a_sandbox_that_is_asked_for_is_needed(
    tmp_path: Path, environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    say(tmp_path, {**environment, "AUTONOMOUS_CICD_RUNNER": "sandbox"}, "--json")
    found = {check["name"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    assert found["sandbox"]["state"] in ("ok", "missing")
