"""The commands that look at past runs: what they print, and that nothing of it can steer the terminal."""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from autonomous_cicd.adapters.database import DatabaseStore
from autonomous_cicd.cli import cancel, logs, runs, show
from autonomous_cicd.cli.records import when
from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.domain.run import GateResult, Run, RunStatus, TaskResult, TaskStatus, Verdict
from autonomous_cicd.errors import NotFound, UsageError

NOW = float(int(time.time())) + 3600
"""An hour ahead: however late the tests get to it, no run is taken for dead."""


class Command(Protocol):
    """A module of the command line."""

    def configure(self, parser: argparse.ArgumentParser) -> None: ...

    def execute(self, arguments: argparse.Namespace) -> int: ...


Say = Callable[..., str]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DatabaseStore]:
    monkeypatch.setenv("AUTONOMOUS_CICD_STATE_DIR", str(tmp_path / "state"))
    opened = DatabaseStore(tmp_path / "state" / "store.db", lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture
def say(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """Return what executes a command in the project's folder and returns what it printed."""
    monkeypatch.chdir(project)

    def execute(command: Command, *words: str) -> str:
        parser = argparse.ArgumentParser()
        parser.set_defaults(environment=dict(os.environ))
        command.configure(parser)
        assert 0 == command.execute(parser.parse_args(words))
        return capsys.readouterr().out

    return execute


def fill(store: DatabaseStore, project: Path, run_id: str = "run-1", **more: object) -> Run:
    """Save a run with a task that passed and one that failed."""
    values: dict[str, object] = {"status": RunStatus.FAILED, "started": NOW, "seconds": 12.34, **more}
    run = Run(
        id=run_id,
        project=str(project),
        pipeline="p",
        source="detect",
        branch="main",
        commit="0123456789abcdef",
        **values,  # type: ignore[arg-type]
    )
    store.save_run(run)
    store.save_task(
        run_id, TaskResult(name="lint", status=TaskStatus.PASSED, seconds=0.5, log="lint"), b"fine\n"
    )
    failed = TaskResult(
        name="test",
        status=TaskStatus.FAILED,
        seconds=3.0,
        exit_code=1,
        reason="exit code 1",
        excerpt=("E assert 1 == 2",),
        log="test",
    )
    store.save_task(run_id, failed, b"collected 1 item\nE assert 1 == 2")
    store.flush()
    return run


def test_runs_are_listed_as_a_table_newest_first(store: DatabaseStore, project: Path, say: Say) -> None:
    fill(store, project)
    fill(store, project, "run-2-long", started=NOW + 60, dirty=True, status=RunStatus.RUNNING, seconds=0.0)
    fill(store, project.parent, "elsewhere")
    assert [
        "run         began                branch@commit   status   seconds  passed  failed",
        f"run-2-long  {when(NOW + 60)}  main@01234567*  running      0.0       1       1",
        f"run-1       {when(NOW)}  main@01234567   failed      12.3       1       1",
    ] == say(runs).splitlines()


def test_runs_of_another_folder_of_all_and_only_some(store: DatabaseStore, project: Path, say: Say) -> None:
    fill(store, project)
    fill(store, project.parent, "elsewhere", started=NOW + 1)
    assert ["elsewhere"] == [line.split()[0] for line in say(runs, "..").splitlines()[1:]]
    assert ["elsewhere", "run-1"] == [line.split()[0] for line in say(runs, "--all").splitlines()[1:]]
    assert ["elsewhere"] == [line.split()[0] for line in say(runs, "--all", "--limit", "1").splitlines()[1:]]


def test_runs_as_json(store: DatabaseStore, project: Path, say: Say) -> None:
    fill(store, project)
    expected = {
        "id": "run-1",
        "project": str(project),
        "status": "failed",
        "branch": "main",
        "commit": "0123456789abcdef",
        "dirty": False,
        "started": NOW,
        "seconds": 12.34,
        "tasks": 2,
        "passed": 1,
        "failed": 1,
    }
    assert [expected] == json.loads(say(runs, "--json"))


def test_without_any_run_that_is_said(store: DatabaseStore, project: Path, say: Say) -> None:
    assert f"there is no run yet of {project} (--all lists those of every project)\n" == say(runs)
    assert "there is no run yet\n" == say(runs, "--all")
    assert [] == json.loads(say(runs, "--json"))


def test_a_run_is_shown_whole(store: DatabaseStore, project: Path, say: Say) -> None:
    fill(
        store,
        project,
        dirty=True,
        reason="a gate failed",
        gates=(GateResult(name="coverage", verdict=Verdict.FAILED, value=70.0, threshold=80.0),),
        skipped=tuple(Skipped(f"job {number}", f"system {number}") for number in range(20)),
    )
    text = say(show, "run")
    lines = text.splitlines()
    assert [
        f"run run-1 of {project}",
        f"{when(NOW)}, main at 0123456789ab with uncommitted changes, from detect",
        "",
    ] == lines[:3]
    assert "    E assert 1 == 2" in lines
    assert 20 == text.count(" - system "), "nothing that was left out is left out here"
    assert "coverage" in text
    assert "failed (a gate failed): 1 passed, 1 failed in 12.3 s" == lines[-1]


def test_a_run_is_shown_as_its_report(store: DatabaseStore, project: Path, say: Say) -> None:
    fill(store, project)
    report = json.loads(say(show, "last", "--json"))
    assert ("run-1", "failed", ["lint", "test"]) == (
        report["id"],
        report["status"],
        [task["name"] for task in report["tasks"]],
    )


def test_the_last_run_is_the_project_s_own_if_it_has_one(
    store: DatabaseStore, project: Path, say: Say
) -> None:
    fill(store, project)
    fill(store, project.parent, "elsewhere", started=NOW + 1)
    (project / "part").mkdir()
    assert [
        f"run run-1 of {project}",
        f"run elsewhere of {project.parent}",
        f"run elsewhere of {project.parent}",
    ] == [
        say(show, "last", *where).splitlines()[0]
        for where in ((), ("--project", ".."), ("--project", "part"))
    ]


def test_an_unknown_run_is_refused(store: DatabaseStore, say: Say) -> None:
    for command in (show, logs, cancel):
        with pytest.raises(NotFound, match="there is no run 'other'"):
            say(command, "other")


def test_the_log_of_a_task_is_printed(store: DatabaseStore, project: Path, say: Say) -> None:
    fill(store, project)
    assert "fine\n" == say(logs, "last", "lint") == say(logs, "run-1", "li")


def test_without_a_task_the_logs_of_what_failed_are_printed(
    store: DatabaseStore, project: Path, say: Say
) -> None:
    fill(store, project)
    assert "--- test\ncollected 1 item\nE assert 1 == 2\n" == say(logs, "last")


def test_when_nothing_failed_the_logs_are_listed(store: DatabaseStore, project: Path, say: Say) -> None:
    fill(store, project, status=RunStatus.PASSED)
    store.save_task("run-1", TaskResult(name="test", status=TaskStatus.PASSED))
    store.flush()
    assert "nothing failed in run run-1; these tasks printed something:\n  lint (5 bytes)\n" == say(
        logs, "last"
    )
    store.save_task("run-1", TaskResult(name="lint", status=TaskStatus.PASSED))
    store.flush()
    assert "no task of run run-1 printed anything\n" == say(logs, "last")


def test_an_unknown_task_is_refused_with_the_nearest(store: DatabaseStore, project: Path, say: Say) -> None:
    fill(store, project)
    store.save_task("run-1", TaskResult(name="test 2", status=TaskStatus.PASSED))
    store.flush()
    cases = {
        "tset": ("run run-1 has no task 'tset'", "did you mean 'test'?"),
        "zzz": ("run run-1 has no task 'zzz'", "`autonomous-cicd show run-1` lists them"),
        "": ("run run-1 has no task ''", "`autonomous-cicd show run-1` lists them"),
        "te": ("2 tasks of run run-1 begin with 'te': test, test 2", "give more of the name"),
    }
    for wanted, expected in cases.items():
        with pytest.raises(UsageError) as caught:
            say(logs, "run-1", wanted)
        assert expected == (str(caught.value), caught.value.hint)


EVIL = "\x1b]0;owned\x07\x1b[2J\u202eevil\x9b31m"


def test_nothing_that_a_project_wrote_steers_the_terminal(
    store: DatabaseStore, project: Path, say: Say
) -> None:
    run = Run(
        id="run-1",
        project=str(project),
        pipeline=EVIL,
        source="detect",
        status=RunStatus.FAILED,
        branch=EVIL,
        commit="",
        started=NOW,
        reason=EVIL,
        skipped=(Skipped(EVIL, EVIL),),
        gates=(GateResult(name="coverage", verdict=Verdict.FAILED, detail=EVIL),),
    )
    store.save_run(run)
    task = TaskResult(name=EVIL, status=TaskStatus.FAILED, reason=EVIL, excerpt=(EVIL,), log=EVIL)
    store.save_task("run-1", task, EVIL.encode())
    store.flush()
    for command, *words in (
        (runs,),
        (show, "last"),
        (show, "last", "--json"),
        (logs, "last"),
        (logs, "last", EVIL),
    ):
        text = say(command, *words)
        assert "evil" in text
        assert not set(text) & {"\x1b", "\x07", "\u202e", "\x9b"}
    with pytest.raises(UsageError) as caught:
        say(logs, "last", "evil\x1b[2J")
    assert "\x1b" not in str(caught.value) + caught.value.hint


def test_the_bytes_of_a_log_can_be_had_as_they_are(
    store: DatabaseStore, project: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    fill(store, project)
    store.save_task("run-1", TaskResult(name="raw", status=TaskStatus.PASSED, log="raw"), b"\x1b[31m\xff")
    store.flush()
    parser = argparse.ArgumentParser()
    parser.set_defaults(environment=dict(os.environ))
    logs.configure(parser)
    logs.execute(parser.parse_args(["last", "raw", "--raw", "--project", str(project)]))
    assert b"\x1b[31m\xff" == capfdbinary.readouterr().out


def test_a_run_under_way_is_asked_to_end(store: DatabaseStore, project: Path, say: Say) -> None:
    fill(store, project, status=RunStatus.RUNNING)
    assert "asked run run-1 to end; it does within a few seconds\n" == say(cancel, "last")
    assert store.cancel_requested("run-1")


def test_the_last_run_of_another_project_is_not_ended(store: DatabaseStore, project: Path, say: Say) -> None:
    fill(store, project.parent, status=RunStatus.RUNNING)
    with pytest.raises(UsageError, match="there is no run yet of") as refused:
        say(cancel, "last")
    hint = f"the last run is run-1 of {project.parent}: give its id if that one is meant"
    assert hint == refused.value.hint
    assert not store.cancel_requested("run-1")


def test_a_run_that_ended_cannot_be_cancelled(store: DatabaseStore, project: Path, say: Say) -> None:
    fill(store, project)
    with pytest.raises(UsageError, match="run run-1 is not under way: failed"):
        say(cancel, "last")
