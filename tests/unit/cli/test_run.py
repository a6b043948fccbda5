"""The command line of `run` and `approve`: what is asked for, refused, printed and written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.checkouts import project

from autonomous_cicd.cli.main import main

Call = Callable[..., int]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    tasks = {"a": "echo out", "b": {"command": "exit 3", "optional": True}}
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/.autonomous-cicd.yml").write_text(
        json.dumps({"autonomous_cicd": {"pipeline": {"tasks": tasks}}})
    )
    return tmp_path / "shop"


@pytest.fixture
def call(tmp_path: Path) -> Call:
    def execute(*words: str | Path, **environment: str) -> int:
        known = {
            "HOME": str(tmp_path),
            "PATH": "/usr/bin:/bin",
            "AUTONOMOUS_CICD_STATE_DIR": str(tmp_path / "state"),
        }
        return main([str(word) for word in words], environment={**known, **environment})

    return execute


Said = pytest.CaptureFixture[str]


def test_a_green_run(call: Call, root: Path, capsys: Said) -> None:
    assert 0 == call("run", root)
    said = capsys.readouterr()
    assert ("passed", "") == (said.out.splitlines()[-1].partition(":")[0], said.err)


def test_a_red_run(call: Call, root: Path) -> None:
    (root / ".autonomous-cicd.yml").write_text(
        '{"autonomous_cicd": {"pipeline": {"tasks": {"a": "exit 1"}}}}'
    )
    assert 1 == call("run", root)


@pytest.mark.parametrize("words", [("--json",), ("--json", "-"), ("--report", "-"), ("--format", "json")])
def test_the_report_alone_is_printed(call: Call, root: Path, capsys: Said, words: tuple[str, ...]) -> None:
    assert 0 == call("run", root, *words)
    report = json.loads(capsys.readouterr().out)
    assert ["passed", "failed"] == [task["status"] for task in report["tasks"]]


def test_reports_are_written(call: Call, root: Path, tmp_path: Path, capsys: Said) -> None:
    files = [tmp_path / name for name in ("a.json", "b.json", "c.xml")]
    assert 0 == call("run", root, "--json", files[0], "--report", files[1], "--junit", files[2])
    assert files[0].read_text() == files[1].read_text()
    assert files[2].read_text().startswith("<?xml")
    assert "begins" in capsys.readouterr().out


def test_a_page(call: Call, root: Path, capsys: Said) -> None:
    assert 0 == call("run", root, "--format", "markdown")
    assert capsys.readouterr().out.startswith("## ")


def test_inside_github_actions(call: Call, root: Path, tmp_path: Path, capsys: Said) -> None:
    assert 0 == call("run", root, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(tmp_path / "page"))
    out = capsys.readouterr().out
    assert "::group::" in out
    assert "::warning title=b::exit code 3" in out
    assert (tmp_path / "page").read_text().startswith("## ")
    assert 0 == call("run", root, "--format", "github")


def test_choices_are_handed_on(call: Call, root: Path, capsys: Said) -> None:
    words = (
        "--only",
        "a",
        "--jobs",
        "1",
        "--no-cache",
        "--source",
        "config",
        "--set",
        "pipeline.strategy=parallel",
    )
    assert 0 == call("run", root, *words, "--runner", "process")
    assert "1 passed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--jobs", "0"), "--jobs must be at least 1"),
        (("--set", "pipeline.strategy"), "is not NAME=VALUE"),
        (("--report", "/nonexistent/x.json"), "/nonexistent/x.json cannot be written"),
        (("--junit", "/"), "/ cannot be written"),
        (("--junit", "-"), "the JUnit report needs a file"),
        (("--junit", "/dev/full"), "/dev/full cannot be written: No space left on device"),
        (("--workflow", "ci.yml", "--source", "detect"), "--workflow ci.yml is not of --source detect"),
        (("--only", "nope"), "no task is named 'nope'"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_run(
    call: Call, root: Path, capsys: Said, words: tuple[str, ...], said: str
) -> None:
    assert 2 == call("run", root, *words)
    assert said in capsys.readouterr().err


def test_an_approval_needs_a_commit(call: Call, root: Path, capsys: Said) -> None:
    assert 2 == call("approve", "production", root)
    assert "commit" in capsys.readouterr().err


def test_an_approval_says_what_was_approved(call: Call, tmp_path: Path, capsys: Said) -> None:
    root = project(tmp_path / "repository")
    own = "autonomous_cicd: {deploy: {command: ship}, pipeline: {tasks: {a: a}}}\n"
    (root / ".autonomous-cicd.yml").write_text(own)
    assert 2 == call("approve", "prodution", root)
    assert "it deploys to: production" in capsys.readouterr().err
    assert 0 == call("approve", "production", root)
    assert capsys.readouterr().out.endswith(" may be deployed to production\n")
