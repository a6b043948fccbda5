"""How well logs are diagnosed may rise, but not fall: floors for the sets of labelled logs."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.log_scores import Scores, labelled, score
from tests.diagnosing import diagnose

ROOT = Path(__file__).parents[2]
DEVELOPMENT = ROOT.parent / "shared" / "logs"


def scores(folder: Path) -> Scores:
    return score(labelled(folder), lambda raw: diagnose(raw).failures)


@pytest.mark.parametrize(
    ("folder", "category", "first", "third", "alarms"),
    [
        pytest.param(ROOT / "tests" / "logs" / "grown", 0.94, 0.90, 0.92, 0.07, id="grown"),
        pytest.param(ROOT / "tests" / "logs" / "aside", 0.87, 0.74, 0.80, 0.07, id="aside"),
        pytest.param(DEVELOPMENT, 0.95, 0.95, 0.95, 0.0, id="development"),
    ],
)
def test_floors(folder: Path, category: float, first: float, third: float, alarms: float) -> None:
    if not folder.is_dir():
        pytest.skip(f"the set {folder.name} of labelled logs is not there")
    found = scores(folder)
    assert category <= found.lenient / found.failing
    assert first <= found.first / found.failing
    assert third <= found.third / found.failing
    assert alarms >= found.alarms / max(1, found.passing)
    assert found.calibration_error < 0.1
