"""Outbox: the same suite over memory, SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autonomous_cicd.adapters.database import DatabaseStore
from autonomous_cicd.adapters.memory_store import MemoryStore
from autonomous_cicd.domain.diagnosis import Severity
from autonomous_cicd.domain.notice import Notice, NotificationType
from autonomous_cicd.outbox import Outbox
from autonomous_cicd.ports import Store

NOW = 1_700_000_000.0
HOUR = 3600.0
NOTICE = Notice(
    type=NotificationType.WORKFLOW_FAILED,
    message="it failed \ud800 é\n",
    title="test",
    data={"commit": "abc"},
    url="https://git.example/acme/shop/actions/runs/1",
    key="k1",
    repository="acme/shop",
    severity=Severity.HIGH,
)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    where = "" if request.param == "memory" else tmp_path / "store.db"
    if request.param == "postgres":
        where = request.getfixturevalue("postgres_url")
    opened: Store = DatabaseStore(where, lambda: NOW) if where else MemoryStore()
    yield opened
    opened.close()


@pytest.fixture
def outbox(store: Store) -> Outbox:
    return store.outbox


def put(outbox: Outbox, key: str = "k1", channel: str = "slack", at: float = NOW, due: float = NOW) -> bool:
    return outbox.put(channel, replace(NOTICE, key=key), now=at, due=due, since=at - HOUR)


def test_nothing_waits_at_first(outbox: Outbox) -> None:
    assert ((), 0) == (outbox.take(NOW, NOW + 60), outbox.waiting())
    outbox.end([], NOW)
    outbox.put_off([], NOW)


def test_a_notice_comes_out_as_it_went_in(outbox: Outbox) -> None:
    assert put(outbox)
    (held,) = outbox.take(NOW, NOW + 60)
    assert (NOTICE, "slack", 1) == (held.notice, held.channel, held.tries)


def test_it_is_known_for_a_while_also_when_it_was_sent(outbox: Outbox) -> None:
    assert put(outbox)
    assert not put(outbox, at=NOW + 10)
    outbox.end([one.position for one in outbox.take(NOW, NOW + 60)], NOW)
    assert not put(outbox, at=NOW + HOUR - 1)
    assert put(outbox, at=NOW + HOUR)
    assert put(outbox, channel="email")
    assert put(outbox, key="k2")


def test_it_is_taken_when_it_is_due_and_by_one_alone(outbox: Outbox) -> None:
    put(outbox, due=NOW + 30)
    assert () == outbox.take(NOW + 29, NOW + 90)
    assert 1 == len(outbox.take(NOW + 30, NOW + 90))
    assert () == outbox.take(NOW + 31, NOW + 91)
    assert 1 == outbox.waiting()


def test_what_nobody_ended_is_due_again(outbox: Outbox) -> None:
    put(outbox)
    outbox.take(NOW, NOW + 60)
    (again,) = outbox.take(NOW + 60, NOW + 120)
    assert 2 == again.tries
    outbox.put_off([again.position], NOW + 500)
    assert () == outbox.take(NOW + 499, NOW + 600)
    (third,) = outbox.take(NOW + 500, NOW + 600)
    outbox.end([third.position], NOW)
    assert ((), 0) == (outbox.take(NOW + HOUR, NOW + HOUR), outbox.waiting())


def test_what_is_due_soon_goes_with_what_is_due(outbox: Outbox) -> None:
    put(outbox, "k1", due=NOW + 30)
    put(outbox, "k2", due=NOW + 40)
    put(outbox, "k3", due=NOW + 61)
    put(outbox, "k4", channel="email", due=NOW + 40)
    assert () == outbox.take(NOW + 20, NOW + 60, ahead=30)
    taken = outbox.take(NOW + 30, NOW + 90, ahead=30)
    assert ["k1", "k2"] == [one.notice.key for one in taken]


def test_it_holds_over_a_restart(tmp_path: Path) -> None:
    before = DatabaseStore(tmp_path / "store.db", lambda: NOW)
    assert put(before.outbox)
    before.close()
    after = DatabaseStore(tmp_path / "store.db", lambda: NOW)
    assert not put(after.outbox)
    assert 1 == len(after.outbox.take(NOW, NOW + 60))
    after.close()
