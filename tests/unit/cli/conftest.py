"""What tests of diagnosing commands share: reading all rules takes long, so they are kept once for all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autonomous_cicd.rules.kept import our_rules


@pytest.fixture(scope="session")
def kept_rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which our rules are kept."""
    folder = tmp_path_factory.mktemp("rules")
    our_rules(folder)
    return folder


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory, kept_rules: Path) -> Path:
    """Return a state folder of a file of tests, with our rules in its cache."""
    folder = tmp_path_factory.mktemp("state")
    shutil.copytree(kept_rules, folder / "caches")
    return folder
