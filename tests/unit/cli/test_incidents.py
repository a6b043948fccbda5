"""The commands about incidents: what they print and do, and that nothing printed can steer the terminal."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.benches import failure_of
from tests.checkouts import ENV, commit, git, project
from tests.incidents import an_attempt, an_incident
from tests.runs import EVIL

from autonomous_cicd.adapters.database import DatabaseStore
from autonomous_cicd.cli.main import main
from autonomous_cicd.cli.table import table
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.incident import State
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.track import AuditEntry
from autonomous_cicd.domain.verification import Outcome

NOW = 1_700_000_000.0
PATCH = Patch.of([changed_file("a.txt", "a\n", "b\n")])
Say = Callable[..., tuple[int, str]]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = project(tmp_path / "shop")
    monkeypatch.chdir(made)
    return made


@pytest.fixture
def store(tmp_path: Path, root: Path) -> Iterator[DatabaseStore]:
    """Lend a store with a healed, a waiting and a hostile incident."""
    (tmp_path / "state").mkdir(mode=0o700)
    opened = DatabaseStore(tmp_path / "state/store.db", lambda: NOW)
    book = opened.casebook
    book.save(an_incident("aaaaaaaaaaaa", project=str(root)))
    waiting = an_incident("bbbbbbbbbbbb", State.WAITING, project=str(root), patch=PATCH, delivery=None)
    book.save(waiting)
    evil = {
        "task": EVIL,
        "failure": failure_of(f"{EVIL}\n"),
        "hand_over": EVIL,
        "attempts": (an_attempt(Outcome.SAME, summary=EVIL),),
    }
    book.save(an_incident("cccccccccccc", State.ESCALATED, project="/elsewhere", **evil))
    book.note(AuditEntry(at=NOW, actor="a person", what=EVIL, incident="bbbbbbbbbbbb", detail=EVIL))
    book.learn("retry", Category.NETWORK, success=True, seconds=2.0)
    yield opened
    opened.close()


@pytest.fixture
def say(tmp_path: Path, store: DatabaseStore, capsys: pytest.CaptureFixture[str]) -> Say:
    """Return what carries out a command line, and returns its exit code and all that it says."""
    environment = {
        "PATH": ENV["PATH"],
        "HOME": str(tmp_path),
        "AUTONOMOUS_CICD_STATE_DIR": str(tmp_path / "state"),
    }

    def call(*words: str) -> tuple[int, str]:
        code = main(words, environment=environment)
        said = capsys.readouterr()
        assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(said.out + said.err)
        return code, said.out + said.err

    return call


def test_incidents_are_listed_newest_first(say: Say) -> None:
    code, text = say("incidents")
    lines = text.splitlines()
    assert (0, ["incident", "bbbbbbbbbbbb", "aaaaaaaaaaaa"]) == (code, [line.split()[0] for line in lines])
    assert "waiting" in lines[1]
    assert 4 == len(say("incidents", "--all")[1].splitlines())
    assert 2 == len(say("incidents", "--limit", "1")[1].splitlines())
    assert ["bbbbbbbbbbbb", "aaaaaaaaaaaa"] == [
        one["id"] for one in json.loads(say("incidents", "--json")[1])
    ]


def test_those_of_the_repository_at_the_host_are_the_projects_too(
    say: Say, root: Path, store: DatabaseStore
) -> None:
    """Their project is the repository, however the host spells it; that of others is another one."""
    for id, project_there in (("dddddddddddd", "Octo/Shop"), ("eeeeeeeeeeee", "octo/other")):
        store.casebook.save(an_incident(id, project=project_there))
    ours = ["dddddddddddd", "bbbbbbbbbbbb", "aaaaaaaaaaaa"]
    for address, expected in (
        ("https://github.com/octo/shop.git", ours),
        ("git@github.com:octo/shop", ours),
        ("/elsewhere", ours[1:]),
    ):
        git(root, "config", "remote.origin.url", address)
        assert expected == [one["id"] for one in json.loads(say("incidents", "--json")[1])]
        assert len(expected) == json.loads(say("incidents", "--kpis", "--json")[1])["incidents"]
    git(root, "config", "remote.origin.url", "https://github.com/octo/shop.git")
    assert ours[:1] == [one["id"] for one in json.loads(say("incidents", "--json", "--limit", "1")[1])]


def test_those_of_a_folder_that_is_gone_are_still_listed(
    say: Say, store: DatabaseStore, tmp_path: Path
) -> None:
    store.casebook.save(an_incident("dddddddddddd", project=str(tmp_path / "gone")))
    [found] = json.loads(say("incidents", str(tmp_path / "gone"), "--json")[1])
    assert "dddddddddddd" == found["id"]


def test_an_incident_is_shown_whole(say: Say) -> None:
    code, text = say("show", "bbbb")
    assert (0, True) == (code, f"approve bbbbbbbbbbbb --diff {PATCH.id[:12]}" in text)
    assert "# page" in text
    assert PATCH.id == json.loads(say("show", "bbbb", "--json")[1])["diff"]
    assert 0 == say("show", "cccc")[0]
    assert 2 == say("show", "dddd")[0]


def test_what_waits_is_approved_for_that_diff_only(say: Say, root: Path) -> None:
    assert 2 == say("approve", "bbbb", "--diff", "0123")[0]
    code, text = say("approve", "bbbb", "--diff", PATCH.id[:8])
    branch = next(one for one in git(root, "branch", "--format=%(refname:short)").split() if one != "main")
    assert (0, True) == (code, branch in text)
    assert 2 == say("approve", "bbbb")[0]
    assert 2 == say("approve", "aaaa")[0]


def test_what_cannot_be_delivered_still_waits(say: Say, root: Path) -> None:
    (root / "a.txt").write_text("mine\n")
    code, text = say("approve", "bbbb", "--apply")
    assert (1, True) == (code, "it still waits: a.txt has changes that are not committed" in text)
    assert "mine\n" == (root / "a.txt").read_text()
    git(root, "checkout", "-q", "a.txt")
    assert 0 == say("approve", "bbbb", "--apply")[0]
    assert "b\n" == (root / "a.txt").read_text()


def test_a_word_that_is_no_incident_may_be_an_environment(say: Say) -> None:
    code, text = say("approve", "beef")
    assert (2, False) == (code, "there is no incident" in text)


def test_what_waits_is_rejected(say: Say) -> None:
    assert 0 == say("reject", "bbbb", "--why", "not now")[0]
    assert "dismissed" in say("incidents")[1]
    assert 2 == say("reject", "bbbb")[0]
    assert 2 == say("reject", "ffff")[0]


def test_the_trail_says_who_did_what(say: Say) -> None:
    say("reject", "bbbb", "--why", "not now")
    code, text = say("audit")
    assert (0, 2, True) == (
        code,
        len(text.splitlines()),
        "a person: rejected the diff" in text.splitlines()[0],
    )
    assert ["a person"] == [one["actor"] for one in json.loads(say("audit", "--json", "--limit", "1")[1])]


def test_remedies_are_listed_with_their_records(say: Say) -> None:
    code, text = say("remedies")
    (retry,) = [line.split() for line in text.splitlines() if line.startswith("retry ")]
    assert (0, ["retry", "retry", "safe", "network", "1", "1", "2.0", "label"]) == (code, retry)
    found = json.loads(say("remedies", "--json")[1])
    assert {"project_file", "retry", "rollback", "agent"} <= {one["remedy"] for one in found}


def test_the_switch_is_pulled_and_released(say: Say, tmp_path: Path) -> None:
    assert (0, True) == (say("stop")[0], (tmp_path / "state/stopped").exists())
    assert "everything is stopped" in say("approve", "bbbb")[1]
    assert (0, False) == (say("stop", "--off")[0], (tmp_path / "state/stopped").exists())


def test_it_is_told_that_the_switch_holds_where_nothing_can_be_noted(say: Say, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "state/store.db")) as store:
        store.execute("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END")
    code, text = say("stop")
    assert (0, True) == (code, (tmp_path / "state/stopped").exists())
    assert text.startswith("stopped: ") and "it is not on the audit trail: " in text


def test_a_table_is_aligned() -> None:
    rows = [("name", "n"), ("a", "10"), ("long name", "1")]
    assert ["name        n", "a          10", "long name   1"] == table(rows, {"n"})
    assert ["name", "a"] == table([("name",), ("a",)])


def test_how_well_healing_does_is_told_in_numbers(say: Say) -> None:
    say("reject", "bbbb", "--why", "not now")
    code, text = say("incidents", "--kpis")
    known = json.loads(say("incidents", "--kpis", "--json")[1])
    assert (0, True) == (code, f"{known['dismissed']} dismissed" in text)
    assert (1, known["incidents"]) == (
        known["dismissed"],
        known["healed"] + known["handed_over"] + known["waiting"] + known["dismissed"],
    )


def test_what_was_undone_later_is_told(say: Say, root: Path, store: DatabaseStore) -> None:
    """And nothing is claimed as long as nobody knows."""
    name = "a.txt"
    assert "undone later  not known" in say("incidents", "--kpis")[1]
    assert None is json.loads(say("incidents", "--kpis", "--json")[1])["wrong_rate"]
    healed = an_incident("dddddddddddd", project=str(root), patch=PATCH, opened=time.time())
    store.casebook.save(healed.at(time.time(), State.RESOLVED, "healed"))
    for text, subject in (("a\n", "Begin"), ("b\n", "Take it over"), ("a\n", "Undo it")):
        (root / name).write_text(text)
        commit(root, subject)
    assert "undone later  1 (100% of the 1 of which that is known)" in say("incidents", "--kpis")[1]
    known = json.loads(say("incidents", "--kpis", "--json")[1])
    assert (1, 1, 1.0) == (known["undone"], known["looked"], known["wrong_rate"])


def test_a_delivered_change_can_be_called_wrong(say: Say) -> None:
    code, text = say("reject", "aaaa", "--why", "it hides the failure")
    assert (0, True) == (code, "counts as wrongly healed" in text)
