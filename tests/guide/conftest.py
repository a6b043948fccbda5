"""The sample project on which the guides' examples are run, away from whatever the developer has."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.checkouts import ENV, git

FILES = {
    "pyproject.toml": '[project]\nname = "sample"\nversion = "1.0"\nrequires-python = ">=3.11"\n',
    "sample.py": '"""Sums."""\n\n\ndef add(one: int, two: int) -> int:\n    return one + two\n',
    "test_sample.py": (
        "import unittest\n\nfrom sample import add\n\n\n"
        "class TestAdd(unittest.TestCase):\n"
        "    def test_sum(self):\n        self.assertEqual(3, add(1, 2))\n"
    ),
    "check.py": 'import ast\nimport pathlib\n\nast.parse(pathlib.Path("sample.py").read_text())\n',
    ".autonomous-cicd.yml": """\
autonomous_cicd:
  pipeline:
    tasks:
      lint:
        command: python3 check.py
        stage: parallel_linting
      test:
        command: python3 -m unittest
        stage: parallel_testing
      package:
        command: python3 -m compileall -q sample.py
        stage: build_project
        needs: [lint, test]
""",
}


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a project whose tasks need nothing but Python, in an environment of its own."""
    root = tmp_path / "my-project"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "begin")
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", ENV["PATH"])
    monkeypatch.setenv("AUTONOMOUS_CICD_STATE_DIR", str(tmp_path / "state"))
    return root
