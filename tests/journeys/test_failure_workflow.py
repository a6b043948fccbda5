"""The workflow that `init --github` writes, carried out step by step against a code host."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.checkouts import project
from tests.hosts.github import FakeGitHub
from tests.hosts.shop import FILES, LOG, SHOP
from tests.hosts.state import Account, Run

from autonomous_cicd import __version__
from autonomous_cicd.documents import read_yaml
from autonomous_cicd.services.setup_files import SETTINGS, failure_workflow, settings_file

pytestmark = pytest.mark.slow

READER, WRITER = "ghs_readsOnly0123456789abcdefghijklmnopqr", "ghs_mayWrite0123456789abcdefghijklmnopqrs"


@dataclass
class Actions:
    """What carries out the jobs of the workflow: only their scripts, and only with what a step is given."""

    host: FakeGitHub
    folder: Path
    autonomy: str
    workflow: Any = None
    outputs: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        text = failure_workflow(["CI"], __version__)
        assert 1 == text.count("AUTONOMOUS_CICD_AUTONOMY: observe\n")
        self.workflow = read_yaml(text.replace("AUTONOMY: observe\n", f"AUTONOMY: {self.autonomy}\n")).value
        program = self.folder / "bin/autonomous-cicd"
        program.parent.mkdir()
        (self.folder / "temp").mkdir()
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m autonomous_cicd "$@"\n')
        program.chmod(0o755)
        (program.parent / "python").symlink_to(sys.executable)

    def job(self, name: str, run: Run, token: str) -> str:
        """Carry out the scripts of a job in a fresh machine; return what they print."""
        checkout = project(self.folder / f"{name}-checkout", {SETTINGS: settings_file(None), **FILES})
        values = {
            "github.event.workflow_run.head_repository.full_name": run.head_repository,
            "github.event.workflow_run.id": str(run.id),
            "github.token": token,
            **{f"steps.phase.outputs.{key}": value for key, value in self.outputs.items()},
        }
        printed = ""
        for step in self.workflow["jobs"][name]["steps"]:
            if "run" in step and step["name"] != "Install":
                printed += self._step(step, values, checkout)
                values |= {f"steps.phase.outputs.{key}": value for key, value in self.outputs.items()}
        return printed

    def _step(self, step: Mapping[str, Any], values: Mapping[str, str], checkout: Path) -> str:
        outputs = self.folder / "outputs"
        outputs.write_text("")
        given = {
            name: re.sub(r"\$\{\{ (.*?) \}\}", lambda match: values[match[1]], str(value))
            for name, value in {**self.workflow["env"], **step.get("env", {})}.items()
        }
        env = {
            "PATH": f"{self.folder}/bin:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.host.url,
            "GITHUB_REPOSITORY": SHOP,
            "GITHUB_OUTPUT": str(outputs),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "RUNNER_TEMP": str(self.folder / "temp"),
            "AUTONOMOUS_CICD_STATE_DIR": str(checkout.with_suffix(".state")),
            **given,
        }
        words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(
            words, cwd=checkout, env=env, capture_output=True, text=True, timeout=120, check=False
        )
        assert 0 == done.returncode, done.stdout + done.stderr
        self.outputs |= dict(line.split("=", 1) for line in outputs.read_text().splitlines())
        return done.stdout + done.stderr

    @property
    def summary(self) -> Path:
        """What is shown of the run."""
        return self.folder / "summary.md"

    @property
    def writes(self) -> list[str]:
        """What was changed at the host."""
        return [f"{one.method} {one.path}" for one in self.host.requests if one.method != "GET"]


@pytest.fixture
def actions(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Actions]:
    with FakeGitHub(tmp_path, checked=True) as host:
        host.add_repository(SHOP, FILES)
        host.grant(READER, Account("github-actions[bot]", "actions", writes=False))
        host.grant(WRITER, Account("github-actions[bot]", "actions"))
        yield Actions(host, tmp_path, getattr(request, "param", "observe"))


def red(host: FakeGitHub, **more: Any) -> Run:
    run = host.add_run(SHOP, **more)
    host.add_job(run, "test", log=LOG)
    return run


def test_at_first_it_only_explains(actions: Actions) -> None:
    printed = actions.job("find", red(actions.host), READER)
    assert {"mode": "analyze"} == actions.outputs
    assert "Permission denied" in printed
    assert "Permission denied" in actions.summary.read_text()
    assert {"    "} == {line[:4] for line in actions.summary.read_text().splitlines()}
    assert [] == [line for line in printed.splitlines() if line.lstrip().startswith("::")]
    assert [] == actions.writes


@pytest.mark.parametrize("actions", ["propose"], indirect=True)
def test_then_one_job_proves_a_fix_and_another_one_delivers_it(actions: Actions) -> None:
    run = red(actions.host)
    actions.job("find", run, READER)
    assert {"mode": "analyze-and-fix", "deliver": "true"} == actions.outputs
    assert [] == actions.writes
    assert ["case.json"] == os.listdir(actions.folder / "temp/proposal")
    actions.job("deliver", run, WRITER)
    [pull] = actions.host.pulls(SHOP)
    assert "100755" == actions.host.repository(SHOP).ask("ls-tree", pull.head, "check.sh").split()[0]


@pytest.mark.parametrize("actions", ["propose"], indirect=True)
def test_what_a_fork_brings_is_explained_and_not_delivered(actions: Actions) -> None:
    actions.host.add_repository("eve/shop", fork_of=SHOP)
    trap = actions.folder / "executed"
    fork = actions.host.repository("eve/shop")
    commit = fork.commit({"check.sh": f"#!/bin/sh\ntouch {trap}\nexit 1\n"}, branch="nice")
    actions.job(
        "find",
        red(
            actions.host,
            commit=commit,
            branch="nice",
            head_repository="eve/shop",
            event="pull_request",
            actor="eve",
        ),
        READER,
    )
    assert {"mode": "analyze"} == actions.outputs
    assert [] == actions.writes
    assert not trap.exists()
