"""What all tests share: how patient they are, and our rules, which take long to read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from autonomous_cicd.rules.kept import our_rules

# A busy machine is no failure of what is tested.
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("patient", parent=settings.get_profile("search"), derandomize=True)
settings.load_profile(
    "patient"
)  # the same examples each time; `--hypothesis-profile search` looks for new ones


@pytest.fixture(scope="session")
def kept_rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which our rules are kept; copied to `caches` of a state folder, they are found."""
    folder = tmp_path_factory.mktemp("rules")
    our_rules(folder)
    return folder
