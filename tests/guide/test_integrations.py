"""Guide 5: "GitHub Actions Integration". Quoted; only the import and where GitHub is differ."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.hosts.clocks import HurriedClock
from tests.hosts.github import FakeGitHub

from autonomous_cicd import AutonomousPipelineManager
from autonomous_cicd.errors import NotFound, UsageError
from autonomous_cicd.integrations import GitHubActionsIntegration, TriggerResult

WORKFLOW = """\
name: Autonomous
on:
  workflow_dispatch:
    inputs:
      enable_self_healing:
        type: boolean
"""


class Turning(HurriedClock):
    """Lets something happen whenever somebody sleeps."""

    def __init__(self, then: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self.then = then

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        self.then()


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGitHub]:
    """Lend a GitHub with a repository, the one that the environment names."""
    with FakeGitHub(tmp_path) as host:
        host.add_repository("owner/repo", {".github/workflows/autonomous-cicd.yml": WORKFLOW})
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("AUTONOMOUS_CICD_STATE_DIR", str(tmp_path / "state"))
        monkeypatch.setenv("GITHUB_API_URL", host.url)
        monkeypatch.setenv("GITHUB_TOKEN", host.token)
        monkeypatch.setenv("GITHUB_REPOSITORY", "owner/repo")
        yield host


# fmt: off


async def test_trigger_a_workflow(github: FakeGitHub) -> None:
    github_integration = GitHubActionsIntegration(
        github_token=os.getenv("GITHUB_TOKEN"),
        repository=os.getenv("GITHUB_REPOSITORY")
    )

    # Trigger a workflow
    result = await github_integration.trigger_workflow(
        workflow_file="autonomous-cicd.yml",
        ref="main",
        inputs={"enable_self_healing": True}
    )

    # fmt: on
    (run,) = github.repository("owner/repo").runs.values()
    assert (True, run.id, "queued") == (result.success, result.run_id, result.run and result.run.status)
    assert {"enable_self_healing": "true"} == run.inputs
    # fmt: off


async def test_monitor_workflows(github: FakeGitHub, sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = await AutonomousPipelineManager().create_pipeline(project_path=sample)
    going = github.add_run(
        "owner/repo", workflow="autonomous-cicd.yml", status="in_progress", conclusion=None,
    )
    github.add_run("owner/repo", workflow="autonomous-cicd.yml", conclusion="success")
    github_integration = GitHubActionsIntegration(clock=Turning(lambda: github.finish(going)))

    # Get workflow runs
    runs = await github_integration.get_workflow_runs(
        workflow_file="autonomous-cicd.yml",
        status="in_progress"
    )
    assert [going.id] == [run.id for run in runs]

    # Monitor specific run
    going.commit = head_of(sample)
    monitoring_result = await github_integration.monitor_pipeline_execution(
        pipeline_execution=pipeline,
        polling_interval=30
    )

    # fmt: on
    assert ("completed", True) == (monitoring_result.status, monitoring_result.success)
    assert [going.id] == [run.id for run in monitoring_result.runs]


def head_of(project: Path) -> str:
    from_git = (project / ".git/refs/heads/main").read_text()
    return from_git.strip()


async def test_a_red_run_says_which_jobs(github: FakeGitHub) -> None:
    run = github.add_run("owner/repo")
    github.add_job(run, "test")
    github.add_job(run, "lint", conclusion="success")
    for what in (run.id, str(run.id)):
        result = await GitHubActionsIntegration().monitor_pipeline_execution(what)
        assert ("completed", False, ["test"]) == (
            result.status,
            result.success,
            [one.name for one in result.failed_jobs],
        )


async def test_a_run_that_takes_longer_than_one_waits(github: FakeGitHub) -> None:
    run = github.add_run("owner/repo", status="in_progress", conclusion=None)
    clock = Turning()
    integration = GitHubActionsIntegration(clock=clock)
    result = await integration.monitor_pipeline_execution(run.id, 30, max_seconds=100)
    assert ("in_progress", False) == (result.status, result.success)
    assert 99 < sum(clock.slept) < 101


async def test_a_commit_that_nobody_runs(github: FakeGitHub) -> None:
    clock = Turning()
    result = await GitHubActionsIntegration(clock=clock).monitor_pipeline_execution("c" * 40)
    assert ("not_found", False, ()) == (result.status, result.success, result.failed_jobs)
    assert sum(clock.slept) < 100


async def test_a_run_that_does_not_appear(github: FakeGitHub) -> None:
    repository = github.repository("owner/repo")
    integration = GitHubActionsIntegration(clock=Turning(repository.runs.clear))
    github.override = lambda asked, path: repository.runs.clear() if asked.method == "GET" else None
    result = await integration.trigger_workflow("autonomous-cicd.yml")
    assert (True, 0, "") == (result.success, result.run_id, result.url)
    with pytest.raises(UsageError, match="is not known"):
        await integration.monitor_pipeline_execution(TriggerResult())


async def test_what_is_wrong_is_said(github: FakeGitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFound):
        await GitHubActionsIntegration().trigger_workflow("missing.yml")
    state = Path(os.environ["AUTONOMOUS_CICD_STATE_DIR"])
    state.mkdir(exist_ok=True)
    (state / "stopped").touch()
    with pytest.raises(UsageError, match="stopped"):
        await GitHubActionsIntegration().trigger_workflow("autonomous-cicd.yml")
    monkeypatch.delenv("GITHUB_REPOSITORY")
    with pytest.raises(UsageError, match="no repository"):
        await GitHubActionsIntegration().get_workflow_runs()
