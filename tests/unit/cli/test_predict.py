"""`predict` as it is printed: it fits a screen, and nothing of it can steer the terminal."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.checkouts import commit, project, write
from tests.runs import EVIL, a_result, a_run

from autonomous_cicd.adapters.database import DatabaseStore
from autonomous_cicd.cli import predict
from autonomous_cicd.domain.run import TaskStatus

MANY = 30


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DatabaseStore]:
    monkeypatch.setenv("AUTONOMOUS_CICD_STATE_DIR", str(tmp_path / "state"))
    opened = DatabaseStore(tmp_path / "state" / "store.db")
    yield opened
    opened.close()


def said(root: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    parser = argparse.ArgumentParser()
    parser.set_defaults(environment=dict(os.environ))
    predict.configure(parser)
    assert 0 == predict.execute(parser.parse_args([str(root), *words]))
    return capsys.readouterr().out


def filled(store: DatabaseStore, root: Path, *, tasks: int = 1, name: str = "test") -> None:
    """Save runs in which tasks break for a while, on the same few commits."""
    commits = [commit(root) for _ in range(8)]
    for number in range(80):
        run = a_run(id=f"r{number:03}", project=str(root), started=1e9 + number, commit=commits[number // 10])
        store.save_run(run)
        for task in range(tasks):
            status = TaskStatus.FAILED if number % 20 > 13 else TaskStatus.PASSED
            store.save_task(run.id, a_result(f"{name} {task}", status))
    store.flush()


def test_without_a_run_it_says_nothing(
    store: DatabaseStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no prediction: there is no run yet\n" == said(project(tmp_path / "p"), capsys)


def test_each_task_is_told_with_its_reasons(
    store: DatabaseStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project(tmp_path / "p")
    filled(store, root)
    write(root, {"new": ""})
    lines = said(root, capsys).splitlines()
    assert lines[0].endswith("and 1 uncommitted file is run now, this is how likely each task fails:")
    assert " test 0  it failed 6 times in a row" in lines[2]
    assert lines[-3].startswith("test 0 is flaky: between ")
    assert lines[-1].startswith("tried on the last 75 runs: Brier score 0.")


def test_it_fits_a_screen_whatever_the_names_are(
    store: DatabaseStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project(tmp_path / "p")
    filled(store, root, tasks=MANY, name=EVIL.replace("\ud800", ""))
    text = said(root, capsys)
    assert "\x1b" not in text and "\u202e" not in text
    lines = text.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 170
    assert [one for one in lines if one.startswith("  and 22 tasks more, each at most ")]


def test_a_script_gets_json(store: DatabaseStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = project(tmp_path / "p")
    filled(store, root)
    found = json.loads(said(root, capsys, "--json"))
    assert ["test 0"] == [one["name"] for one in found["tasks"]]
    assert 80 == found["tasks"][0]["flaky"]["runs"]
    assert found["backtest"]["better"]
