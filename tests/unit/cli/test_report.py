"""`autonomous-cicd report`, against a GitHub of our own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.hosts.github import FakeGitHub

from autonomous_cicd.cli.main import main


@pytest.fixture
def github(tmp_path: Path) -> Iterator[FakeGitHub]:
    with FakeGitHub(tmp_path) as fake:
        fake.add_repository("acme/shop", {"README": "x"})
        fake.add_run("acme/shop")
        yield fake


@pytest.fixture
def environment(github: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    return {
        "HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
        "AUTONOMOUS_CICD_STATE_DIR": str(tmp_path / "state"),
        "GITHUB_TOKEN": github.token,
        "GITHUB_API_URL": github.url,
    }


@pytest.mark.parametrize("kind", ["failure", "security", "weekly"])
def test_there_is_one_issue_for_each_kind(
    kind: str, github: FakeGitHub, environment: Mapping[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """It is opened once, and brought up to date from then on."""
    for _ in range(2):
        assert 0 == main(["report", kind, "--repo", "acme/shop"], environment=environment)
        github.add_run("acme/shop", workflow="other.yml")
    (issue,) = github.issues("acme/shop")
    assert f"autonomous-cicd: {kind} report" == issue.title
    assert f"<!-- autonomous-cicd:report:{kind} -->" in issue.body
    assert f"the {kind} report of acme/shop stands in issue {issue.number}: " in capsys.readouterr().out
    if kind != "security":
        assert "other.yml" in issue.body


def test_it_is_found_among_many(github: FakeGitHub, environment: Mapping[str, str]) -> None:
    main(["report", "weekly", "--repo", "acme/shop"], environment=environment)
    for number in range(130):
        github.add_issue("acme/shop", title=f"cause {number}", labels=["autonomous-cicd"])
    main(["report", "weekly", "--repo", "acme/shop"], environment=environment)
    assert 131 == len(github.issues("acme/shop"))


def test_a_closed_report_stays_closed(
    github: FakeGitHub, environment: Mapping[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["report", "weekly", "--repo", "acme/shop"], environment=environment)
    (issue,) = github.issues("acme/shop")
    issue.state = "closed"
    main(["report", "weekly", "--repo", "acme/shop"], environment=environment)
    assert (1, "closed") == (len(github.issues("acme/shop")), issue.state)
    assert "which is closed" in capsys.readouterr().out


def test_a_dry_run_writes_nothing(
    github: FakeGitHub, environment: Mapping[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert 0 == main(["report", "failure", "--repo", "acme/shop", "--dry-run"], environment=environment)
    assert "**1 red run**" in capsys.readouterr().out
    assert 0 == main(
        ["report", "failure", "--repo", "acme/shop", "--dry-run", "--json"], environment=environment
    )
    told = json.loads(capsys.readouterr().out)
    assert ("failure", None, "") == (told["kind"], told["issue"], told["url"])
    assert [] == github.issues("acme/shop")


@pytest.mark.parametrize("repository", ["", "shop", "../..", "a/b/c"])
def test_a_repository_that_is_none(
    repository: str, environment: Mapping[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--repo", repository] if repository else []
    assert 2 == main(["report", "failure", *words], environment=environment)
    assert "--repo OWNER/NAME" in capsys.readouterr().err


def test_everything_is_stopped(github: FakeGitHub, environment: Mapping[str, str]) -> None:
    main(["stop"], environment=environment)
    assert 2 == main(["report", "failure", "--repo", "acme/shop"], environment=environment)
    assert [] == github.issues("acme/shop")
