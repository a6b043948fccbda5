"""Inbox: the same suite over memory, SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from autonomous_cicd.adapters.connection import Connection
from autonomous_cicd.adapters.database import DatabaseStore
from autonomous_cicd.adapters.memory_store import MemoryStore
from autonomous_cicd.adapters.postgres import PostgresConnection
from autonomous_cicd.adapters.sqlite import SqliteConnection
from autonomous_cicd.adapters.upkeep import DAY, prune
from autonomous_cicd.domain.delivery import Delivered, Lease, Progress, Received
from autonomous_cicd.domain.event import Event
from autonomous_cicd.errors import NotFound, Unavailable
from autonomous_cicd.inbox import Inbox
from autonomous_cicd.ports import Store

NOW = 1_700_000_000.0
FAILED = Event(name="workflow_run", action="completed", repository="Acme/shop", run=7, conclusion="failure")


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return "" if request.param == "memory" else str(tmp_path / "store.db")


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    opened = open_at(place)
    yield opened
    opened.close()


@pytest.fixture
def inbox(store: Store) -> Inbox:
    return store.inbox


def open_at(place: str) -> Store:
    return DatabaseStore(place, lambda: NOW) if place else MemoryStore()


def a_delivery(id: str = "a", key: str = "failure:acme/shop:7", at: float = NOW) -> Received:
    return Received(id=id, event=FAILED, at=at, key=key)


def taken(inbox: Inbox, owner: str = "me", now: float = NOW, seconds: float = 30.0) -> Lease:
    lease = inbox.lease(owner, now, seconds)
    assert lease
    return lease


def ids(found: tuple[Delivered, ...]) -> str:
    return "".join(one.id for one in found)


def test_nothing_came_at_first(inbox: Inbox) -> None:
    assert () == inbox.deliveries()
    assert inbox.lease("me", NOW, 30) is None
    assert 0 == inbox.free("me")
    assert frozenset() == inbox.known(["a"])
    assert dict.fromkeys(Progress, 0) == inbox.counts()
    for id in ("", "a"):
        with pytest.raises(NotFound, match="there is no delivery"):
            inbox.delivery(id)


@pytest.mark.parametrize(
    "event",
    [
        FAILED,
        Event(name="ping"),
        Event(
            name="issues",
            action="closed",
            repository="a/b",
            sender="ann",
            title="half \ud800 a pair, \0 and \u202e",
            text="'; DROP TABLE deliveries; --",
            labels=("autonomous-cicd", "bug"),
            number=3,
            merged=True,
            installation=2**63 - 1,
        ),
    ],
)
def test_everything_is_kept(inbox: Inbox, event: Event) -> None:
    assert 1 == inbox.receive([Received(id="a", event=event, at=NOW, key="k")])
    assert event == inbox.delivery("a").event
    assert event == taken(inbox).event


def test_of_several_with_one_id_the_first_stands(inbox: Inbox) -> None:
    other = Received(id="a", event=Event(name="ping"), at=NOW + 5, key="")
    assert 2 == inbox.receive([a_delivery("a"), other, a_delivery("b")])
    assert 0 == inbox.receive([other])
    assert 1 == inbox.receive([other, a_delivery("c")])
    assert FAILED == inbox.delivery("a").event
    assert Progress.WAITING is inbox.delivery("a").progress
    assert frozenset("abc") == inbox.known(["a", "b", "c", "d"])


def test_many_ids_are_asked_for_at_once(inbox: Inbox) -> None:
    inbox.receive([a_delivery(f"id-{number}") for number in range(0, 1_500, 3)])
    assert 500 == len(inbox.known([f"id-{number}" for number in range(1_500)]))


def test_what_nothing_follows_from_is_recorded_and_left(inbox: Inbox) -> None:
    inbox.receive([a_delivery("a", key="")])
    found = inbox.delivery("a")
    assert (Progress.LEFT, "recorded; nothing follows from it", NOW) == (
        found.progress,
        found.outcome,
        found.ended,
    )
    assert inbox.lease("me", NOW, 30) is None
    assert not inbox.retry("a", NOW)
    assert not inbox.cancel("a", NOW)


def test_the_oldest_that_is_due_is_taken(inbox: Inbox) -> None:
    inbox.receive(
        [a_delivery("b", "1", NOW + 1), a_delivery("a", "2", NOW + 2), a_delivery("c", "3", NOW + 9)]
    )
    assert inbox.lease("me", NOW, 30) is None
    assert "b" == taken(inbox, now=NOW + 5).id
    assert "a" == taken(inbox, now=NOW + 5).id
    assert inbox.lease("me", NOW + 5, 30) is None
    assert {Progress.WORKING: 2, Progress.WAITING: 1} == {key: n for key, n in inbox.counts().items() if n}


def test_of_several_with_one_key_one_is_worked_on(inbox: Inbox) -> None:
    inbox.receive([a_delivery("a"), a_delivery("b", at=NOW + 1), a_delivery("c", "other", NOW + 2)])
    first = taken(inbox, now=NOW + 3)
    assert "c" == taken(inbox, "you", now=NOW + 3).id
    assert inbox.lease("you", NOW + 3, 30) is None
    assert inbox.end(first, Progress.DONE, "healed", NOW + 4)
    assert "b" == taken(inbox, "you", now=NOW + 5).id


def test_what_came_of_it_is_noted(inbox: Inbox) -> None:
    inbox.receive([a_delivery()])
    lease = taken(inbox)
    assert Progress.WORKING is inbox.delivery("a").progress
    assert inbox.end(lease, Progress.FAILED, "the host does not answer", NOW + 3)
    found = inbox.delivery("a")
    assert (Progress.FAILED, "the host does not answer", NOW + 3, 1) == (
        found.progress,
        found.outcome,
        found.ended,
        found.tries,
    )
    assert not inbox.end(lease, Progress.DONE, "again", NOW + 4)
    assert not inbox.beat(lease, NOW + 99)
    assert not inbox.again(lease, NOW, "again")


def test_a_lease_that_has_run_out_is_nobodys(inbox: Inbox) -> None:
    inbox.receive([a_delivery()])
    old = taken(inbox, "dead")
    assert inbox.lease("me", NOW + 29, 30) is None
    new = taken(inbox, "me", NOW + 31)
    assert (old.fence + 1, 2) == (new.fence, new.tries)
    assert not inbox.beat(old, NOW + 99)
    assert not inbox.end(old, Progress.DONE, "too late", NOW + 40)
    assert not inbox.again(old, NOW, "too late")
    assert inbox.end(new, Progress.DONE, "healed", NOW + 41)
    assert "healed" == inbox.delivery("a").outcome


def test_an_older_lease_of_the_same_owner_is_none(inbox: Inbox) -> None:
    inbox.receive([a_delivery()])
    old = taken(inbox)
    new = taken(inbox, now=NOW + 31)
    assert not inbox.end(old, Progress.DONE, "too late", NOW + 40)
    assert inbox.end(new, Progress.DONE, "healed", NOW + 41)


def test_a_key_is_free_again_when_the_lease_has_run_out(inbox: Inbox) -> None:
    inbox.receive([a_delivery("a"), a_delivery("b", at=NOW + 1)])
    taken(inbox, "dead")
    assert "a" == taken(inbox, "me", NOW + 31).id
    assert inbox.lease("you", NOW + 31, 30) is None


def test_a_heartbeat_keeps_a_lease(inbox: Inbox) -> None:
    inbox.receive([a_delivery()])
    lease = taken(inbox)
    assert inbox.beat(lease, NOW + 60)
    assert inbox.lease("you", NOW + 45, 30) is None
    assert "a" == taken(inbox, "you", NOW + 61).id


def test_it_is_worked_on_again_later(inbox: Inbox) -> None:
    inbox.receive([a_delivery()])
    assert inbox.again(taken(inbox), NOW + 60, "rate limited")
    found = inbox.delivery("a")
    assert (Progress.WAITING, NOW + 60, "rate limited") == (found.progress, found.due, found.outcome)
    assert inbox.lease("me", NOW + 59, 30) is None
    assert 2 == taken(inbox, now=NOW + 60).tries


def test_what_an_owner_held_is_given_back(inbox: Inbox) -> None:
    inbox.receive([a_delivery("a", "1"), a_delivery("b", "2"), a_delivery("c", "3")])
    leases = [taken(inbox, "me"), taken(inbox, "you"), taken(inbox, "me")]
    assert 2 == inbox.free("me")
    assert not inbox.beat(leases[0], NOW + 99)
    assert inbox.beat(leases[1], NOW + 99)
    assert {"a", "c"} == {taken(inbox).id, taken(inbox).id}


def test_a_person_has_it_worked_on_again(inbox: Inbox) -> None:
    inbox.receive([a_delivery()])
    assert not inbox.retry("a", NOW)
    lease = taken(inbox)
    assert not inbox.retry("a", NOW)
    inbox.end(lease, Progress.FAILED, "no", NOW + 1)
    assert inbox.retry("a", NOW + 2)
    found = inbox.delivery("a")
    assert (Progress.WAITING, "", 0.0, 0) == (found.progress, found.outcome, found.ended, found.tries)
    assert lease.fence < taken(inbox, now=NOW + 3).fence
    with pytest.raises(NotFound):
        inbox.retry("x", NOW)


def test_a_person_ends_it(inbox: Inbox) -> None:
    inbox.receive([a_delivery("a", "1"), a_delivery("b", "2", NOW + 1)])
    lease = taken(inbox)
    assert inbox.cancel("b", NOW + 2)
    assert Progress.CANCELLED is inbox.delivery("b").progress
    assert not inbox.cancel("b", NOW + 3)
    assert inbox.cancel("a", NOW + 2)
    assert not inbox.beat(lease, NOW + 60)
    assert inbox.end(lease, Progress.CANCELLED, "a person ended it", NOW + 4)
    assert inbox.lease("me", NOW + 99, 30) is None
    assert inbox.retry("a", NOW + 100)
    assert inbox.beat(taken(inbox, now=NOW + 100), NOW + 200)


@pytest.mark.parametrize("how", ["freed", "given back", "run out"])
def test_what_was_to_be_ended_is_not_begun_again(inbox: Inbox, how: str) -> None:
    inbox.receive([a_delivery()])
    lease = taken(inbox)
    inbox.cancel("a", NOW)
    if how == "freed":
        inbox.free("me")
    elif how == "given back":
        inbox.again(lease, NOW, "")
    assert inbox.lease("me", NOW + 99, 30) is None
    assert Progress.CANCELLED is inbox.delivery("a").progress


def test_the_beginning_of_an_id_is_enough(inbox: Inbox) -> None:
    inbox.receive([a_delivery("abc"), a_delivery("abd"), a_delivery("ab%"), a_delivery("x")])
    assert "abd" == inbox.delivery("abd").id
    assert "x" == inbox.delivery("x").id
    assert "ab%" == inbox.delivery("ab%").id
    with pytest.raises(NotFound, match="several deliveries have ids that begin with 'ab'"):
        inbox.delivery("ab")
    inbox.receive([a_delivery("abcd")])
    assert "abc" == inbox.delivery("abc").id


def test_they_are_listed_in_pages(inbox: Inbox) -> None:
    for number, letter in enumerate("abcdef"):
        event = Event(name="push", repository="acme/shop" if number % 2 else "acme/other")
        inbox.receive([Received(id=letter, event=event, at=NOW + number, key=letter if number < 4 else "")])
    assert "fedcba" == ids(inbox.deliveries())
    page = inbox.deliveries(limit=4)
    assert "fedc" == ids(page)
    assert "ba" == ids(inbox.deliveries(before=page[-1].position))
    assert "fe" == ids(inbox.deliveries(progress=Progress.LEFT))
    assert "fdb" == ids(inbox.deliveries(repository="ACME/shop"))
    assert "db" == ids(inbox.deliveries(repository="acme/shop", progress=Progress.WAITING, limit=9))
    assert () == inbox.deliveries(limit=0)
    assert () == inbox.deliveries(limit=-1)


def test_long_outcomes_are_cut(inbox: Inbox) -> None:
    inbox.receive([a_delivery()])
    inbox.end(taken(inbox), Progress.FAILED, "x" * 10**6, NOW)
    assert len(inbox.delivery("a").outcome) < 10_000


def test_several_never_take_the_same(place: str) -> None:
    """Each with a connection of its own, as processes have."""
    stores = [open_at(place)] * 4 if not place else [open_at(place) for _ in range(4)]
    stores[0].inbox.receive([a_delivery(f"{n}", f"key-{n % 30}") for n in range(60)])
    got: list[tuple[str, int]] = []
    at_once: set[str] = set()
    wrong: list[str] = []

    def work(store: Store, owner: str) -> None:
        while lease := store.inbox.lease(owner, NOW, 600):
            key = f"key-{int(lease.id) % 30}"
            if key in at_once:
                wrong.append(key)
            at_once.add(key)
            got.append((lease.id, lease.fence))
            at_once.discard(key)
            store.inbox.end(lease, Progress.DONE, "", NOW)

    threads = [threading.Thread(target=work, args=(one, f"w{n}")) for n, one in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    while lease := stores[0].inbox.lease("last", NOW, 600):  # others held the keys when we asked last
        got.append((lease.id, lease.fence))
        stores[0].inbox.end(lease, Progress.DONE, "", NOW)
    for one in stores[: len(stores) if place else 1]:
        one.close()
    assert [] == wrong
    assert sorted((f"{n}", 1) for n in range(60)) == sorted(got)


def test_the_last_look_at_a_repository_is_known(inbox: Inbox) -> None:
    assert 0.0 == inbox.looked("acme/shop")
    inbox.look("Acme/shop", NOW)
    inbox.look("acme/other", NOW + 1)
    assert NOW == inbox.looked("acme/Shop")
    inbox.look("acme/shop", NOW + 600.25)
    assert NOW + 600.25 == inbox.looked("acme/shop")
    assert NOW + 1 == inbox.looked("acme/other")


def test_it_is_there_for_the_next_process(place: str) -> None:
    if not place:
        pytest.skip("memory ends with the process")
    first = open_at(place)
    first.inbox.receive([a_delivery()])
    first.inbox.look("acme/shop", NOW)
    second = open_at(place)
    assert "a" == second.inbox.delivery("a").id
    assert NOW == second.inbox.looked("acme/shop")
    first.close()
    second.close()


def connection_to(place: str) -> Connection:
    return PostgresConnection(place) if "://" in place else SqliteConnection(Path(place))


def test_what_is_old_or_too_much_is_forgotten(store: Store, place: str) -> None:
    if not place:
        pytest.skip("memory forgets nothing")
    inbox = store.inbox
    old, new = NOW - 100 * DAY, NOW - DAY
    inbox.receive([a_delivery("old", "", old), a_delivery("old but waiting", "1", old)])
    inbox.receive([a_delivery(f"new-{n:03}", "", new) for n in range(700)])
    db = connection_to(place)
    prune(db, NOW)
    assert frozenset({"old but waiting", "new-000"}) == inbox.known(["old", "old but waiting", "new-000"])
    size = len(db.rows("SELECT detail FROM deliveries LIMIT 1")[0][0])
    prune(db, NOW, keep_bytes=size * 101)
    assert frozenset({"old but waiting", "new-699"}) == inbox.known(["old but waiting", "new-699", "new-598"])
    assert 101 == sum(inbox.counts().values())
    prune(db, NOW, keep_bytes=0)
    assert "old but waiting" == ids(inbox.deliveries())
    db.close()


def test_a_damaged_record_is_told(store: Store, place: str) -> None:
    if not place:
        pytest.skip("memory is not damaged")
    store.inbox.receive([a_delivery()])
    db = connection_to(place)
    db.change("UPDATE deliveries SET detail = ?", ("{",))
    db.close()
    with pytest.raises(Unavailable, match="is damaged"):
        store.inbox.delivery("a")
