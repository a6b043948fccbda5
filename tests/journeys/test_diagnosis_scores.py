"""How well logs are diagnosed may rise, but not fall: floors for the sets of labelled logs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks import diagnosis
from benchmarks.log_scores import Scores, labelled, score
from tests.diagnosing import diagnose

ROOT = Path(__file__).parents[2]
DEVELOPMENT = ROOT.parent / "shared" / "logs"

pytestmark = pytest.mark.no_cover  # hundreds of whole logs


def scores(folder: Path) -> Scores:
    return score(labelled(folder), lambda raw: diagnose(raw).failures)


@pytest.mark.parametrize(
    ("folder", "category", "first", "third", "alarms"),
    [
        pytest.param(ROOT / "tests" / "logs" / "grown", 0.98, 0.96, 0.97, 0.0, id="grown"),
        pytest.param(ROOT / "tests" / "logs" / "aside", 0.95, 0.82, 0.89, 0.0, id="aside"),
        pytest.param(DEVELOPMENT, 0.98, 0.98, 0.98, 0.0, id="development"),
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


def test_one_set_is_measured_beside_what_people_do_without_a_tool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The category that is accepted and the one that was chosen are told apart."""
    (tmp_path / "mine/files").mkdir(parents=True)
    (tmp_path / "mine/files/a.log").write_text("ModuleNotFoundError: No module named 'requests'\n")
    label = {
        "file": "a.log",
        "category": "import_error",
        "alt": ["dependency_missing"],
        "key_lines": ["No module"],
    }
    (tmp_path / "mine/labels.jsonl").write_text(json.dumps(label))
    monkeypatch.setenv(diagnosis.VARIABLE, str(tmp_path / "mine"))
    diagnosis.main(quick=True, only="mine")
    heading, _, *rows = [
        [cell.strip() for cell in line.split("|")] for line in capsys.readouterr().out.split("\n")
    ]
    assert ["category", "exactly", "macro-F1"] == heading[3:6]
    assert ["diagnose", "grep, first line", "grep, last line"] == [row[2] for row in rows if len(row) > 1]
    assert ["mine (1 + 0)", "diagnose", "100.0%", "0.0%"] == rows[0][1:5]
    diagnosis.main(quick=True, only="no such set")
    assert "no labelled logs named no such set; there are " in capsys.readouterr().out
