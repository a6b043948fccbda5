"""The guide to Actions: its example of analysing a failure, as printed."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from tests.checkouts import git, project
from tests.hosts.github import FakeGitHub
from tests.hosts.shop import FILES, LOG, SHOP

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow

EXAMPLE = """
python .github/scripts/autonomous_failure_analyzer.py \
  --workflow-run-id 12345 \
  --mode analyze-and-fix
"""


def test_analyzing_a_specific_failure(tmp_path: Path) -> None:
    script = ".github/scripts/autonomous_failure_analyzer.py"
    root = project(tmp_path / "shop", {**FILES, script: (ROOT / script).read_text()})
    git(root, "remote", "add", "origin", f"https://github.com/{SHOP}.git")
    with FakeGitHub(tmp_path) as host:
        shop = host.add_repository(SHOP, FILES)
        run = host.add_run(SHOP)
        run.id = 12345
        shop.runs = {12345: run}
        host.add_job(run, "test", log=LOG)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "GITHUB_TOKEN": host.token,
            "GITHUB_API_URL": host.url,
            "AUTONOMOUS_CICD_STATE_DIR": str(tmp_path / "state"),
        }
        words = [sys.executable, *shlex.split(EXAMPLE.replace("\\\n", ""))[1:]]
        done = subprocess.run(
            words, cwd=root, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert "Permission denied" in done.stdout
        assert host.pulls(SHOP), done.stdout + done.stderr
        [pull] = host.pulls(SHOP)
        assert ("main", "open") == (pull.base, pull.state)
