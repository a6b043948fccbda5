"""What tests of diagnosing commands share: a state folder in which our rules are kept already."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.warm import Warm


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory, warm: Warm) -> Path:
    """Return a state folder of a file of tests, with our rules in its cache."""
    folder = tmp_path_factory.mktemp("state")
    warm(folder)
    return folder
