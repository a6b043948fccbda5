"""The package itself: its public names, loaded when they are first asked for."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import autonomous_cicd
from autonomous_cicd.api import pipelines

HEAVY = ("asyncio", "pydantic", "rich", "yaml", "autonomous_cicd.app", "autonomous_cicd.api")


def test_the_import_loads_nothing_heavy() -> None:
    code = "import sys, json, autonomous_cicd; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=True)
    assert set() == set(HEAVY) & set(json.loads(done.stdout))


def test_every_public_name_is_there() -> None:
    assert set(autonomous_cicd.__all__) == set(dir(autonomous_cicd))
    for name in autonomous_cicd.__all__:
        assert getattr(autonomous_cicd, name)
    assert autonomous_cicd.AutonomousPipelineManager is pipelines.AutonomousPipelineManager


def test_a_name_that_does_not_exist_says_so() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = autonomous_cicd.Nothing
