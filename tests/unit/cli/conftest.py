"""What tests of diagnosing commands share: a state folder in which our rules are kept already."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory, kept_rules: Path) -> Path:
    """Return a state folder of a file of tests, with our rules in its cache."""
    folder = tmp_path_factory.mktemp("state")
    shutil.copytree(kept_rules, folder / "caches")
    return folder
