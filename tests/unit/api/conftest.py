"""Projects whose tasks are what a test says, in an environment of their own."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """Return an environment with a state folder of its own."""
    path = os.environ.get("PATH", os.defpath)
    return {"PATH": path, "HOME": str(tmp_path), "AUTONOMOUS_CICD_STATE_DIR": str(tmp_path / "state")}


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """Return what makes a project of tasks by name, and more options."""

    def make(*, name: str = "project", more: Mapping[str, Any] | None = None, **tasks: Any) -> Path:
        root = tmp_path / name
        root.mkdir()
        whole = {"autonomous_cicd": {"pipeline": {"tasks": tasks}, **(more or {})}}
        (root / ".autonomous-cicd.yml").write_text(yaml.safe_dump(whole, sort_keys=False))
        return root

    return make
