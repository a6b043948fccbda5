"""`init` writes what was asked for and nothing else, and says what is next."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.checkouts import git
from tests.checkouts import project as checkout

from autonomous_cicd.cli import init
from autonomous_cicd.errors import UsageError
from autonomous_cicd.services.setup_files import EXAMPLE, FAILURE, IGNORE, MAINTENANCE, SETTINGS
from autonomous_cicd.settings.load import problems
from autonomous_cicd.workflows.file import read_workflow

CI = "name: Tests\non: push\njobs: {test: {runs-on: ubuntu-latest, steps: [{run: python -m unittest}]}}\n"
RELEASE = (
    "name: Release\non: {push: {tags: [v*]}}\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: 'true'}]}}\n"
)
FILES = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n[tool.pytest.ini_options]\n',
    "test_shop.py": "def test_it():\n    pass\n",
    ".github/workflows/ci.yml": CI,
    ".github/workflows/release.yml": RELEASE,
}
Call = Callable[..., Any]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return checkout(tmp_path / "shop", FILES)


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Return what calls the command and returns what it printed, as JSON or text."""

    def call(path: Path, *words: str) -> Any:
        parser = argparse.ArgumentParser()
        home = str(tmp_path / "home")
        parser.set_defaults(
            environment={"HOME": home, "PATH": os.environ["PATH"], "AUTONOMOUS_CICD_STATE_DIR": home}
        )
        init.configure(parser)
        assert 0 == init.execute(parser.parse_args([str(path), *words]))
        printed = capsys.readouterr().out
        return json.loads(printed) if "--json" in words else printed

    return call


def states(report: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["state"] for one in report["files"]}


def test_the_report_says_what_the_project_is_and_what_was_written(root: Path, say: Call) -> None:
    report = say(root, "--github", "--json")
    assert ("shop", ["python"], ["pytest"]) == (report["project"], report["kinds"], report["tested_by"])
    assert ("workflow", ["test"]) == (report["source"], report["tasks"])
    assert dict.fromkeys((SETTINGS, EXAMPLE, FAILURE, MAINTENANCE), "new") == states(report)
    assert ["Tests"] == report["workflows"]
    assert [".github/workflows/release.yml"] == [item["what"] for item in report["left_out"]]
    assert ["GitHub token", "webhook secret", "agent"] == [one["name"] for one in report["not_set_up"]]
    assert (True, []) == (report["healthy"], report["missing"])
    assert () == problems(root, environment={})
    events = read_workflow((root / FAILURE).read_text(), path=FAILURE).events
    assert {"workflow_run": {"workflows": ["Tests"], "types": ["completed"]}} == events
    assert not (root / IGNORE).exists()
    assert not (root / ".env").exists()


def test_a_second_run_changes_nothing(root: Path, say: Call) -> None:
    say(root, "--github", "--scripts", "--yes")
    git(root, "add", "--all")
    report = say(root, "--github", "--scripts", "--yes", "--json")
    assert {"unchanged"} == set(states(report).values())
    assert "" == git(root, "diff")
    assert ".env" in (root / IGNORE).read_text().splitlines()


def test_what_would_be_written_is_shown_and_not_written(root: Path, say: Call) -> None:
    printed = say(root, "--github", "--dry-run")
    assert "" == git(root, "status", "--short")
    assert "  +++ b/.github/workflows/autonomous-failure-analysis.yml\n" in printed
    assert "  +  # autonomy: observe\n" in printed
    assert printed.endswith("nothing was written\n")
    assert say(root, "--dry-run", "--json")["dry_run"]
    assert "" == git(root, "status", "--short")


def test_a_file_that_differs_is_kept_and_the_difference_shown(root: Path, say: Call) -> None:
    own = "autonomous_cicd: {log_level: debug}\n"
    (root / SETTINGS).write_text(own)
    printed = say(root)
    assert own == (root / SETTINGS).read_text()
    assert f"{SETTINGS} is there, and stays as it is. --force would change it like this:" in printed
    assert f"  -{own}" in printed
    assert "replaced" == states(say(root, "--force", "--json"))[SETTINGS]
    assert "autonomy: observe" in (root / SETTINGS).read_text()


def test_what_a_person_reads(root: Path, say: Call) -> None:
    printed = say(root, "--github")
    assert printed.startswith("shop: python\n  tested by pytest\n  1 task from its workflow files: test\n")
    assert "\n4 files written\n" in printed
    assert "the workflows count as soon as they are on main\n" in printed
    assert "-> set GITHUB_TOKEN" in printed
    assert "nothing had to be written" in say(root, "--github")


def test_without_a_workflow_that_checks_changes_there_is_nothing_to_listen_to(
    tmp_path: Path, say: Call
) -> None:
    root = checkout(tmp_path / "shop", {name: text for name, text in FILES.items() if CI != text})
    report = say(root, "--github", "--json")
    assert dict.fromkeys((SETTINGS, EXAMPLE, MAINTENANCE), "new") == states(report)
    assert any("write one in .github/workflows" in line for line in report["next"])


def test_a_project_in_which_nothing_is_found_is_set_up_all_the_same(tmp_path: Path, say: Call) -> None:
    report = say(checkout(tmp_path / "empty", {"README.md": "Hello\n"}), "--json")
    assert report["note"].startswith("found nothing to run in ")
    assert any("pipeline: tasks:" in line for line in report["next"])


def test_what_git_ignores_is_told(root: Path, say: Call) -> None:
    (root / IGNORE).write_text(".env*\n")
    report = say(root, "--yes", "--json")
    assert (
        "git ignores .env.example: `git add -f .env.example` takes it into a commit all the same"
        in report["next"]
    )
    assert IGNORE not in states(report)


def test_a_plain_folder_needs_no_git(tmp_path: Path, say: Call) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "go.mod").write_text("module plain\n\ngo 1.22\n")
    report = say(tmp_path / "plain", "--yes", "--json")
    assert [SETTINGS, EXAMPLE] == list(states(report))


def test_workflows_are_not_written_where_github_never_reads_them(
    root: Path, tmp_path: Path, say: Call
) -> None:
    """Neither in a folder inside a repository, though it may be empty, nor where there is no repository."""
    for path, problem, hint in (
        (root / "empty", "is a folder inside a repository", f"`autonomous-cicd init {root} --github`"),
        (tmp_path / "plain", "is in no git repository", "`git init` makes one"),
    ):
        path.mkdir()
        with pytest.raises(UsageError, match=problem) as caught:
            say(path, "--github")
        assert caught.value.hint.startswith(hint)
        assert [] == list(path.iterdir())


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--scripts"], "--scripts is about what workflows call"),
        (["src", "--github"], "is a folder inside a repository, and workflows belong at its top"),
        (["missing"], "does not exist"),
        (["pyproject.toml"], "is not a folder"),
    ],
)
def test_what_cannot_be_done_is_refused(root: Path, say: Call, words: list[str], problem: str) -> None:
    (root / "src").mkdir()
    (root / "src/a.py").write_text("")
    path = root / words[0] if not words[0].startswith("-") else root
    with pytest.raises(UsageError, match=problem) as caught:
        say(path, *[word for word in words if word.startswith("-")])
    assert caught.value.hint
    assert "?? src/" == git(root, "status", "--short")
