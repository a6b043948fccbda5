"""What all tests share: how patient they are, and what takes long to make."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from tests.warm import Warm

# A busy machine is no failure of what is tested.
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("patient", parent=settings.get_profile("search"), derandomize=True)
settings.load_profile(
    "patient"
)  # the same examples each time; `--hypothesis-profile search` looks for new ones


@pytest.fixture(scope="session")
def pythons(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Keep what the interpreters bring along for the next test, whichever worker runs it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "pythons"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def warm(pythons: Path) -> Warm:
    """Lend a state folder what the interpreters bring along."""

    def lend(state: Path) -> None:
        (state / "caches").mkdir(parents=True)
        (state / "caches/pythons").symlink_to(pythons)

    return lend
