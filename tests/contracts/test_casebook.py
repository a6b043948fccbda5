"""Casebook: the same suite over memory, SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.benches import failure_of
from tests.incidents import an_incident

from autonomous_cicd.adapters.database import DatabaseStore
from autonomous_cicd.adapters.memory_store import MemoryStore
from autonomous_cicd.casebook import Casebook
from autonomous_cicd.domain.at_host import AtHost
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.domain.track import AuditEntry, TrackRecord
from autonomous_cicd.errors import NotFound
from autonomous_cicd.ports import Store

NOW = 1_700_000_000.0
DAY = 24 * 3600.0


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    where = "" if request.param == "memory" else tmp_path / "store.db"
    if request.param == "postgres":
        where = request.getfixturevalue("postgres_url")
    opened: Store = DatabaseStore(where, lambda: NOW) if where else MemoryStore()
    yield opened
    opened.close()


@pytest.fixture
def book(store: Store) -> Casebook:
    return store.casebook


def test_nothing_happened_at_first(book: Casebook) -> None:
    assert () == book.incidents()
    assert () == book.audit()
    assert () == book.records()
    assert () == book.open_intents()
    assert 0 == book.done_since("/p", 0.0)
    with pytest.raises(NotFound, match="there is no incident 'last'"):
        book.incident("last")


@pytest.mark.parametrize(
    "incident",
    [
        an_incident(taken="c" * 40, undone="a person"),
        an_incident(state=State.WAITING, delivery=None, attempts=(), hand_over=""),
        Incident(id="00", project="/p", run=""),
        an_incident(at_host=AtHost(repository="o/r", run=7, job="test (3.12)", refused=("a" * 64,), issue=3)),
    ],
)
def test_everything_is_kept(book: Casebook, incident: Incident) -> None:
    book.save(incident)
    assert incident == book.incident(incident.id)
    assert (incident,) == book.incidents("/p")


def test_an_incident_is_replaced_and_keeps_its_place(book: Casebook) -> None:
    first, second = an_incident("aa00", state=State.OPEN), an_incident("ab00", project="/q")
    book.save(first)
    book.save(second)
    book.save(replace(first, state=State.ESCALATED))
    assert ["ab00", "aa00"] == [one.id for one in book.incidents()]
    assert State.ESCALATED is book.incident("aa").state
    assert "ab00" == book.incident("last").id
    assert ["aa00"] == [one.id for one in book.incidents("/p")]
    assert ["ab00"] == [one.id for one in book.incidents(limit=1)]
    assert () == book.incidents(limit=0) == book.incidents(limit=-1)


@pytest.mark.parametrize("id", ["", "a", "b", "%", "_", "aa00x", "AA"])
def test_an_id_must_name_one(book: Casebook, id: str) -> None:
    book.save(an_incident("aa00"))
    book.save(an_incident("ab00"))
    with pytest.raises(NotFound):
        book.incident(id)


def test_hostile_text_does_not_stop_it(book: Casebook) -> None:
    failure = failure_of("error: \x00 \ud800 '; DROP TABLE incidents; --\n")
    book.save(an_incident(task="a\x00b'", failure=failure, project="/p\x00"))
    book.note(AuditEntry(at=NOW, actor="a\x00", what="b\ud800", detail="'"))
    assert (1, 1) == (len(book.incidents()), len(book.audit()))


def test_a_deed_is_done_once(book: Casebook) -> None:
    assert book.intend("k", "/p", "i", NOW)
    assert not book.intend("k", "/p", "i", NOW + 1)
    assert ("k",) == book.open_intents() == book.open_intents("/p")
    assert () == book.open_intents("/q")
    book.confirm("k", NOW + 2)
    assert () == book.open_intents()
    assert not book.intend("k", "/p", "i", NOW + 3)


def test_what_was_not_done_may_be_tried_again(book: Casebook) -> None:
    book.intend("k", "/p", "i", NOW)
    book.withdraw("k")
    assert 0 == book.done_since("/p", NOW - DAY)
    assert book.intend("k", "/p", "i", NOW)
    book.confirm("k", NOW)
    book.withdraw("k")
    assert not book.intend("k", "/p", "i", NOW)
    book.confirm("unknown", NOW)
    book.withdraw("unknown")


def test_what_was_begun_first_is_told_first(book: Casebook) -> None:
    for key, when in (("c", 3.0), ("a", 1.0), ("b", 1.0)):
        book.intend(key, "/p", "i", NOW + when)
    assert ("a", "b", "c") == book.open_intents()


def test_the_deeds_of_a_day_are_counted_by_project(book: Casebook) -> None:
    """One that was begun and never confirmed counts: it may have been done."""
    book.intend("a", "/p", "i", NOW - DAY - 1)
    book.intend("b", "/p", "i", NOW - 1)
    book.intend("c", "/q", "i", NOW - 1)
    book.confirm("b", NOW)
    book.intend("d", "/p", "i", NOW)
    assert (2, 1) == (book.done_since("/p", NOW - DAY), book.done_since("/q", NOW - DAY))


def test_a_clock_that_jumps_back_forgets_no_deed(book: Casebook) -> None:
    for number in range(10):
        book.intend(str(number), "/p", "i", NOW + number)
    assert 10 == book.done_since("/p", NOW - 100 * DAY - DAY)


def test_the_trail_is_only_added_to(book: Casebook) -> None:
    entries = [
        AuditEntry(at=NOW, actor="a", what="b", incident="i", project="/p", detail="d"),
        AuditEntry(at=NOW - 9, actor="c", what="d"),
    ]
    for one in entries:
        book.note(one)
    assert tuple(reversed(entries)) == book.audit()
    assert (entries[1],) == book.audit(1)
    assert () == book.audit(0)


def test_tries_are_counted_by_remedy_and_kind_of_cause(book: Casebook) -> None:
    for remedy, category, success in (
        ("retry", Category.NETWORK, True),
        ("retry", Category.NETWORK, False),
        ("retry", Category.FLAKY_TEST, True),
        ("agent", Category.NETWORK, False),
    ):
        book.learn(remedy, category, success=success, seconds=1.5)
    assert book.records() == (
        TrackRecord(remedy="agent", category=Category.NETWORK, tries=1, seconds=1.5),
        TrackRecord(remedy="retry", category=Category.FLAKY_TEST, tries=1, successes=1, seconds=1.5),
        TrackRecord(remedy="retry", category=Category.NETWORK, tries=2, successes=1, seconds=3.0),
    )


def test_what_was_undone_is_counted_against_its_remedy(book: Casebook) -> None:
    book.undo("retry", Category.NETWORK)  # without a record there is nothing to count it in
    book.learn("retry", Category.NETWORK, success=True, seconds=1.5)
    book.undo("retry", Category.NETWORK)
    book.undo("retry", Category.FLAKY_TEST)
    (record,) = book.records()
    assert (1, 1, 1) == (record.tries, record.successes, record.reverted)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_everything_is_still_there_after_a_restart(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    where = request.getfixturevalue("postgres_url") if kind == "postgres" else tmp_path / "store.db"
    store = DatabaseStore(where, lambda: NOW)
    store.casebook.save(an_incident())
    store.casebook.intend("k", "/p", "i", NOW)
    store.casebook.note(AuditEntry(at=NOW, actor="a", what="b"))
    store.casebook.learn("retry", Category.NETWORK, success=True, seconds=1.0)
    # It is not closed: a process that is killed closes nothing.
    again = DatabaseStore(where, lambda: NOW)
    book = again.casebook
    assert (an_incident(), 1, 1, 1) == (
        book.incident("last"),
        book.done_since("/p", NOW - DAY),
        len(book.audit()),
        len(book.records()),
    )
    assert ("k",) == book.open_intents()
    again.close()
    store.close()
