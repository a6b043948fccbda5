from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from autonomous_cicd.cli import config
from autonomous_cicd.errors import SettingsError, UsageError
from autonomous_cicd.settings.tree import declared


def run(*words: str, **environment: str) -> int:
    parser = argparse.ArgumentParser()
    config.configure(parser)
    parser.set_defaults(environment={"HOME": "/home/me", **environment})
    return config.execute(parser.parse_args(words))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    text = "autonomous_cicd:\n  pipeline:\n    jobs: 8\n    strategy: parallel\n    tasks: {a: x}\n"
    (tmp_path / ".autonomous-cicd.yml").write_text(text)
    return tmp_path


def test_show_prints_every_option_with_its_value_and_source(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 0 == run("show", str(project), GITHUB_TOKEN="hunter2")
    printed = capsys.readouterr().out
    lines = printed.splitlines()
    assert list(declared()) == [line.split()[0] for line in lines[: len(declared())]]
    assert ["pipeline.strategy", "parallel", ".autonomous-cicd.yml:4"] == _line(lines, "pipeline.strategy")
    assert ["integrations.github.token", "***", "GITHUB_TOKEN"] == _line(lines, "integrations.github.token")
    assert ["prefect.workspace", "-", "default"] == _line(lines, "prefect.workspace")
    assert "hunter2" not in printed
    assert "note: .autonomous-cicd.yml:3: pipeline.max_concurrent_tasks: 8 is not" in printed


def _line(lines: list[str], path: str) -> list[str]:
    return next(line.split() for line in lines if line.startswith(f"{path} "))


def test_the_columns_are_aligned_and_fit_a_screen(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("show", str(project), "--set", f"deploy.command={'x' * 500}")
    lines = capsys.readouterr().out.splitlines()[: len(declared())]
    starts = {line.rindex("default") for line in lines if line.endswith("default")}
    assert 1 == len(starts)
    assert max(map(len, lines)) <= 160


def test_show_can_leave_out_what_is_default(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("show", str(project), "--changed", "--set", "log_level=debug")
    names = [line.split()[0] for line in capsys.readouterr().out.split("\n\n")[0].splitlines()]
    assert ["log_level", "pipeline.tasks", "pipeline.strategy", "pipeline.max_concurrent_tasks"] == names


def test_show_prints_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run("show", str(project), "--json", LINEAR_API_KEY="hunter2")
    found = json.loads(capsys.readouterr().out)
    assert {"value": "parallel", "source": ".autonomous-cicd.yml:4"} == found["options"]["pipeline.strategy"]
    assert "***" == found["options"]["integrations.linear.api_key"]["value"]
    assert {"a": {"command": "x"}} == found["options"]["pipeline.tasks"]["value"]
    assert 1 == len(found["notes"])


def test_hostile_values_are_printed_harmlessly(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'autonomous_cicd: {pipeline: {tasks: {a: "\\e[2J\\u202e"}}}\n'
    (project / ".autonomous-cicd.yml").write_text(text)
    run("show", str(project))
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "\u202e" not in printed


def test_check_says_that_all_is_well(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run("check", str(project))
    assert "the settings are valid\n" == capsys.readouterr().out


def test_check_lists_every_problem(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = project / ".autonomous-cicd.yml"
    file.write_text("autonomous_cicd:\n  pipelin: {}\n  deploy: 3\n")
    assert 2 == run("check", str(project))
    assert [
        ".autonomous-cicd.yml:2: unknown key 'pipelin' (did you mean 'pipeline'?)",
        ".autonomous-cicd.yml:3: deploy: expected a mapping, got 3",
    ] == capsys.readouterr().err.splitlines()
    assert 2 == run("check", str(file))


def test_show_refuses_wrong_settings(project: Path) -> None:
    (project / ".autonomous-cicd.yml").write_text("autonomous_cicd: 3\n")
    with pytest.raises(SettingsError):
        run("show", str(project))


def test_schema_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run("schema")
    assert "autonomous_cicd" in json.loads(capsys.readouterr().out)["properties"]


@pytest.mark.parametrize("words", [("show", "/absent"), ("check", "/absent"), ("show", "--set", "jobs")])
def test_what_cannot_be_done_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        run(*words)
