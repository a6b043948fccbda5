"""What `plan` prints for a person."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from pathlib import Path

import pytest

from autonomous_cicd.cli import plan

WORKFLOW = """
on: push
jobs:
  test:
    runs-on: ${{ matrix.os }}
    strategy:
      matrix:
        os: [ubuntu-latest, windows-latest]
        n: [1, 2, 3, 4, 5, 6]
    steps:
      - run: make test
      - {name: Send, uses: codecov/codecov-action@v5}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / ".github/workflows").mkdir(parents=True)
    (folder / ".github/workflows/ci.yml").write_text(WORKFLOW)
    for words in (
        ("init", "-q"),
        ("add", "."),
        ("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm1"),
    ):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return folder


def printed(project: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    parser = argparse.ArgumentParser()
    home = str(project.parent / "home")
    parser.set_defaults(
        environment={"HOME": home, "PATH": os.environ["PATH"], "AUTONOMOUS_CICD_STATE_DIR": home}
    )
    plan.configure(parser)
    assert 0 == plan.execute(parser.parse_args([str(project), *words]))
    return capsys.readouterr().out


def test_steps_that_will_be_left_out_are_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(project, capsys).splitlines()
    at = lines.index("  test (ubuntu-latest, 1)")
    assert [
        "    2 steps, .github/workflows/ci.yml:4",
        "    1 of them left out: Send (codecov/codecov-action sends results to a service outside)",
    ] == lines[at + 1 : at + 3]


def test_what_is_left_out_for_the_same_reason_stands_together(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = printed(project, capsys).splitlines()
    names = ", ".join(f"test (windows-latest, {number})" for number in range(1, 6))
    assert (
        f"  {names} and 1 more: runs on Windows (windows-latest), and this is Linux"
        == lines[lines.index("left out:") + 1]
    )


def test_as_json_everything_is_there(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline = json.loads(printed(project, capsys, "--json"))["pipeline"]
    assert (6, 6) == (len(pipeline["tasks"]), len(pipeline["skipped"]))
    assert ["Send"] == [item["what"] for item in pipeline["tasks"][0]["job"]["skipped"]]


def test_of_many_components_those_with_checks_are_shown(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(30):
        folder = project / f"packages/p{number:02}"
        folder.mkdir(parents=True)
        scripts = {"lint": "eslint ."} if number == 29 else {}
        (folder / "package.json").write_text(json.dumps({"name": f"p{number}", "scripts": scripts}))
        (folder / "index.js").write_text("1\n")
    lines = printed(project, capsys).splitlines()
    assert 15 == sum(line.startswith("  packages/") for line in lines)
    assert 1 == sum(line.startswith("  packages/p29: ") for line in lines)
    assert "  and 15 more components: --json has them all" in lines
