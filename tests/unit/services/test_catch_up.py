"""Catch up: what the host could not deliver is found, once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from autonomous_cicd.adapters.memory import MemoryClock
from autonomous_cicd.adapters.memory_inbox import MemoryInbox
from autonomous_cicd.domain.code_host import HostedRun, PastDelivery
from autonomous_cicd.domain.delivery import Received
from autonomous_cicd.domain.event import Event
from autonomous_cicd.errors import RateLimited, Unavailable
from autonomous_cicd.services.catch_up import DAY, EVERY, FIRST_LOOK, FURTHEST, OVERLAP, CatchUp, keep_up

NOW = 1_700_000_000.0


class Host:
    """Knows these runs and deliveries; fails as often as it is told."""

    def __init__(self, runs: Sequence[HostedRun] = (), past: Sequence[PastDelivery] = ()) -> None:
        self.known = list(runs)
        self.past = list(past)
        self.errors: list[Exception] = []
        self.since: list[float] = []
        self.looks: list[float] = []
        self.events: dict[int, Event] = {}
        self.asked = 0

    async def runs(self, repository: str, *, status: str, since: float, **more: Any) -> tuple[HostedRun, ...]:
        self.since.append(since)
        if self.errors:
            raise self.errors.pop(0)
        return tuple(one for one in self.known if one.conclusion == status and one.created >= since)

    async def deliveries(self, repository: str, since: float) -> tuple[PastDelivery, ...]:
        self.looks.append(since)
        if self.errors:
            raise self.errors.pop(0)
        return tuple(self.past)

    async def told(self, repository: str, delivery: int) -> Event | None:
        self.asked += 1
        return self.events.get(delivery)


def a_run(
    id: int,
    conclusion: str = "failure",
    attempt: int = 1,
    *,
    created: float = NOW - 120,
    updated: float = NOW - 60,
) -> HostedRun:
    return HostedRun(
        id=id,
        repository="Acme/shop",
        workflow="CI",
        path=".github/workflows/ci.yml",
        commit="a" * 40,
        branch="main",
        event="push",
        status="completed",
        conclusion=conclusion,
        attempt=attempt,
        head_repository="Acme/shop",
        actor="ann",
        created=created,
        updated=updated,
    )


def missed(guid: str, event: str = "workflow_run") -> PastDelivery:
    return PastDelivery(id=1, guid=guid, event=event, delivered=NOW, status_code=502)


def told_of(run: int, attempt: int = 1, at: float = NOW - 60) -> Received:
    event = Event(name="workflow_run", repository="Acme/shop", run=run, attempt=attempt)
    return Received(id=f"hook-{run}", event=event, at=at, key="acme/shop")


def catching(host: Any, *, poll: bool = True, inbox: MemoryInbox | None = None) -> CatchUp:
    return CatchUp(
        host=host,
        inbox=inbox or MemoryInbox(),
        clock=MemoryClock(NOW),
        repositories=("Acme/shop",),
        poll=poll,
    )


async def test_polling_finds_failed_and_green_runs_once() -> None:
    host = Host([a_run(1), a_run(2, "success"), a_run(3, "timed_out"), a_run(4, "cancelled")])
    what = catching(host)
    assert 3 == await what.once()
    assert 0 == await what.once()
    assert {"poll:acme/shop:1:1", "poll:acme/shop:2:1", "poll:acme/shop:3:1"} == {
        one.id for one in what.inbox.deliveries()
    }
    found = what.inbox.delivery("poll:acme/shop:1:1")
    assert ("acme/shop", "main", "ann", ".github/workflows/ci.yml") == (
        found.key,
        found.event.branch,
        found.event.sender,
        found.event.workflow,
    )


async def test_one_repository_that_cannot_be_asked_about_hinders_no_other() -> None:
    host = Host([a_run(1)])
    host.errors = [Unavailable("it does not answer")]
    what = replace(catching(host), repositories=("acme/away", "Acme/shop"))
    with pytest.raises(Unavailable):
        await what.once()
    assert ["acme/shop"] == [one.key for one in what.inbox.deliveries()]


async def test_another_attempt_is_another_failure() -> None:
    host = Host([a_run(1)])
    what = catching(host)
    await what.once()
    host.known = [a_run(1, attempt=2)]
    assert 1 == await what.once()


async def test_what_a_webhook_told_is_not_told_again() -> None:
    inbox = MemoryInbox()
    inbox.receive([told_of(1)])
    assert 1 == await catching(Host([a_run(1), a_run(2)]), inbox=inbox).once()


@pytest.mark.parametrize(
    ("past", "count"),
    [([], 0), ([missed("hook-7")], 0), ([missed("lost")], 1), ([missed("lost", "star")], 0)],
)
async def test_with_webhooks_it_is_asked_only_after_a_failed_delivery(
    past: list[PastDelivery], count: int
) -> None:
    inbox = MemoryInbox()
    inbox.receive([told_of(7)])
    assert count == await catching(Host([a_run(1)], past), poll=False, inbox=inbox).once()


def a_comment(text: str, repository: str = "Acme/shop") -> Event:
    return Event(name="issue_comment", action="created", repository=repository, number=7, text=text)


async def test_what_people_did_meanwhile_is_read_as_it_was_told() -> None:
    """The newest comes first from the host; what was said first is done first."""
    past = [
        PastDelivery(id=id, guid=f"guid-{id}", event="issue_comment", delivered=NOW + id, status_code=502)
        for id in (4, 3, 2, 1)
    ]
    host = Host([a_run(1)], past)
    host.events = {
        1: a_comment("/autonomous-cicd reject"),
        2: a_comment("what a pity"),
        3: a_comment("/autonomous-cicd retry", "acme/other"),
    }
    what = catching(host, poll=False)
    assert 2 == await what.once()
    reject = what.inbox.delivery("guid-1")
    assert ("acme/shop", "/autonomous-cicd reject") == (reject.key, reject.event.text)
    assert "" == what.inbox.delivery("guid-2").key
    assert 4 == host.asked
    assert 0 == await what.once()
    assert 6 == host.asked, "what is known is not asked for again"


async def test_polling_finds_long_runs_and_those_that_were_run_again() -> None:
    """Both began long before the newest that we know of."""
    inbox = MemoryInbox()
    inbox.look("acme/shop", NOW - 60)
    inbox.receive([told_of(1)])
    old = NOW - 2 * DAY
    long_ago = a_run(2, created=old, updated=old)
    host = Host([a_run(1), long_ago, a_run(3, created=NOW - 40_000), a_run(4, attempt=2, created=old)])
    assert 2 == await catching(host, inbox=inbox).once()
    assert inbox.known(["poll:acme/shop:3:1", "poll:acme/shop:4:2"]) == {
        "poll:acme/shop:3:1",
        "poll:acme/shop:4:2",
    }


async def test_the_host_is_asked_the_same_all_day() -> None:
    """Then it can say that nothing is new."""
    host, clock = Host([a_run(1)]), MemoryClock(NOW)
    what = CatchUp(host=host, inbox=MemoryInbox(), clock=clock, repositories=("a/b",), poll=True)  # type: ignore[arg-type]
    await what.once()
    await clock.turn(600)
    await what.once()
    [began] = set(host.since)
    assert NOW - FURTHEST - DAY < began <= NOW - FURTHEST
    assert 0 == began % DAY


async def test_among_many_what_a_webhook_told_is_not_told_again() -> None:
    inbox = MemoryInbox()
    inbox.receive([told_of(number) for number in range(1, 1_300)])
    assert 1 == await catching(Host([a_run(1), a_run(1_300)]), inbox=inbox).once()


async def test_what_comes_by_itself_hides_nothing_that_was_missed_before() -> None:
    """The host is away when we come back, and then a webhook reaches us before it can be asked."""
    inbox, host = MemoryInbox(), Host(past=[missed("lost", "issue_comment")])
    host.events = {1: a_comment("/autonomous-cicd reject")}
    host.errors = [Unavailable("it does not answer")]
    inbox.look("acme/shop", NOW - 7_200)
    inbox.receive([told_of(1)])
    what = catching(host, poll=False, inbox=inbox)
    with pytest.raises(Unavailable):
        await what.once()
    assert NOW - 7_200 == inbox.looked("acme/shop"), "nothing was told: it was no look"
    assert 1 == await what.once()
    assert [NOW - 7_200 - OVERLAP] * 2 == host.looks
    assert 0 == await what.once()
    assert NOW - OVERLAP == host.looks[-1]


@pytest.mark.parametrize(
    ("known", "back"),
    [([], FIRST_LOOK), ([60.0], FIRST_LOOK), ([2 * DAY, 60.0], 2 * DAY), ([10 * FURTHEST], FURTHEST)],
)
async def test_the_first_look_goes_back_a_day_and_as_far_as_we_know_of(
    known: list[float], back: float
) -> None:
    inbox, host = MemoryInbox(), Host()
    inbox.receive([told_of(number, at=NOW - ago) for number, ago in enumerate(known)])
    await catching(host, poll=False, inbox=inbox).once()
    assert [NOW - min(back + OVERLAP, FURTHEST)] == host.looks


async def test_no_look_goes_back_further_than_the_host_remembers() -> None:
    inbox, host = MemoryInbox(), Host()
    inbox.look("acme/shop", NOW - 10 * FURTHEST)
    await catching(host, poll=False, inbox=inbox).once()
    assert [NOW - FURTHEST] == host.looks


async def test_it_goes_on_after_the_host_was_away() -> None:
    host, clock, found, wrong = Host([a_run(1)]), MemoryClock(NOW), list[int](), list[str]()
    host.errors = [Unavailable("it does not answer"), RateLimited("slow down", retry_after=3_000)]
    what = CatchUp(host=host, inbox=MemoryInbox(), clock=clock, repositories=("a/b",), poll=True)  # type: ignore[arg-type]
    task = asyncio.ensure_future(keep_up(what, EVERY, found=found.append, wrong=wrong.append))
    for seconds in (1, EVERY, EVERY * 2, 2_000):
        await clock.turn(seconds)
        await asyncio.sleep(0.05)
    assert [
        "it cannot be asked what was missed: it does not answer",
        "the host asks us to wait: slow down",
    ] == wrong
    assert [1] == found
    task.cancel()
