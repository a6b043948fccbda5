"""The command about flaky tests: nothing is listed unproven, and nothing is changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.benches import failure_of
from tests.checkouts import ENV, git, project
from tests.incidents import an_attempt, an_incident
from tests.runs import EVIL, a_result, a_run

from autonomous_cicd.adapters.database import DatabaseStore
from autonomous_cicd.cli.flaky import say_known
from autonomous_cicd.cli.main import main
from autonomous_cicd.domain.diagnosis import Category, Place
from autonomous_cicd.domain.patch import NOTHING
from autonomous_cicd.domain.quarantine import FILE
from autonomous_cicd.domain.remedy import Strategy
from autonomous_cicd.domain.run import TaskStatus

TEST = "tests/test_a.py::test_b"
FAILURE = replace(
    failure_of("assert 1 == 2\n", Category.TEST_FAILURE), place=Place(file="tests/test_a.py", test="test_b")
)
Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project(tmp_path / "shop")


@pytest.fixture
def say(tmp_path: Path, root: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Return what carries out a command line on a project with a flaky test."""
    environment = {
        "PATH": ENV["PATH"],
        "HOME": str(tmp_path),
        "AUTONOMOUS_CICD_STATE_DIR": str(tmp_path / "state"),
    }
    (tmp_path / "state").mkdir(mode=0o700)
    store = DatabaseStore(tmp_path / "state/store.db", lambda: 1_700_000_000.0)
    retry = an_attempt(strategy=Strategy.RETRY, patch=NOTHING)
    evil = replace(FAILURE, place=Place(test=EVIL))
    for id, failure in (("a" * 12, FAILURE), ("b" * 12, FAILURE), ("c" * 12, evil)):
        store.casebook.save(an_incident(id, project=str(root), failure=failure, attempts=(retry,)))
    store.close()

    def call(*words: str) -> tuple[int, str, str]:
        code = main(("flaky", str(root), *words), environment=environment)
        said = capsys.readouterr()
        assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(said.out + said.err)
        return code, said.out, said.err

    return call


def test_flaky_tests_are_listed_with_how_often(say: Say) -> None:
    code, out, _ = say()
    assert (0, [TEST, "2"]) == (code, out.splitlines()[1].split()[:2])
    found = json.loads(say("--json")[1])[0]
    assert (TEST, 2, "", False) == (found["test"], found["times"], found["owner"], found["quarantined"])


def test_without_any_it_says_so(say: Say, tmp_path: Path, root: Path) -> None:
    (tmp_path / "state/store.db").unlink()
    assert "no test was seen" in say()[1]


def test_a_proposal_is_a_patch_that_nobody_applied(say: Say, root: Path) -> None:
    code, out, _ = say("--propose", "--owner", "Ann")
    assert (0, False) == (code, (root / FILE).exists())
    git(root, "apply", out.rpartition("git apply ")[2].partition("`")[0])
    assert f'- test: "{TEST}"' in (root / FILE).read_text()
    assert "in quarantine until" in say()[1]
    assert json.loads(say("--json")[1])[0]["quarantined"]


@pytest.mark.parametrize("words", [("--propose",), ("--owner", "Ann"), ("--propose", "--owner", " ")])
def test_an_entry_has_an_owner(say: Say, words: tuple[str, ...]) -> None:
    assert 2 == say(*words)[0]


def test_what_is_full_takes_no_more(say: Say, root: Path) -> None:
    entry = "- {test: x, owner: Ann, reason: x, since: 2020-01-01, expires: 2999-01-01}"
    (root / FILE).write_text(f"cap: 1\ntests:\n{entry}\n")
    code, _, err = say("--propose", "--owner", "Ann")
    assert (2, True) == (code, "at most 1 may be" in err)


@pytest.mark.parametrize("text", ["tests: [", "tests: {a: 1}\n", "\udcff", "[]\n"])
def test_a_list_that_cannot_be_read_is_told(say: Say, root: Path, text: str) -> None:
    (root / FILE).write_bytes(text.encode("utf-8", "surrogateescape"))
    code, _, err = say()
    assert (2, True) == (code, FILE in err)


def test_a_run_tells_what_is_known_and_is_red_all_the_same(
    say: Say, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = a_run(a_result("test", TaskStatus.FAILED, failures=(FAILURE,)))
    say_known(run, root)
    assert "" == capsys.readouterr().err
    entry = f"tests:\n- {{test: '{TEST}', owner: Ann, reason: x, since: 2020-01-01, expires: DAY}}\n"
    for day, words in (("2020-02-01", "ended on 2020-02-01"), ("2999-01-01", "until 2999-01-01")):
        (root / FILE).write_text(entry.replace("DAY", day))
        say_known(run, root)
        assert f"quarantined failure: {TEST} ({words}, owner Ann); the run is red" in capsys.readouterr().err
        assert ("quarantine ended" if "ended" in words else "in quarantine until") in say()[1]
    (root / FILE).write_text("tests: {a: 1}\n")
    say_known(run, root)
    assert capsys.readouterr().err.startswith("note: ")
