"""Work: what follows from deliveries is done, under a lease; nothing is lost, or done twice at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from autonomous_cicd.adapters.memory import MemoryClock
from autonomous_cicd.adapters.memory_inbox import MemoryInbox
from autonomous_cicd.domain.delivery import Delivered, Ended, Lease, Progress, Received
from autonomous_cicd.domain.event import Event
from autonomous_cicd.errors import PortError, RateLimited, Unavailable, UsageError
from autonomous_cicd.services.work import Handle, Job, work

DONE = Ended(Progress.DONE, "healed")


class World:
    """An inbox with deliveries, and what was done about them."""

    def __init__(self, *ids: str) -> None:
        self.clock = MemoryClock()
        self.inbox = MemoryInbox()
        self.stop = asyncio.Event()
        self.told: list[tuple[str, str]] = []
        self.wrong: list[str] = []
        self.receive(*ids)

    def receive(self, *ids: str) -> None:
        for id in ids:
            event = Event(name="workflow_run", run=int(id))
            self.inbox.receive([Received(id=id, event=event, at=self.clock.now(), key=f"failure:{id}")])

    def job(self, handle: Handle, **options: Any) -> Job:
        return Job(
            inbox=self.inbox,
            handle=handle,
            clock=self.clock,
            owner="me",
            told=lambda id, progress, outcome: self.told.append((id, progress.value)),
            wrong=self.wrong.append,
            **options,
        )

    @asynccontextmanager
    async def working(self, handle: Handle, **options: int) -> AsyncIterator[None]:
        task = asyncio.ensure_future(work(self.job(handle, **options), self.stop))
        try:
            yield
        finally:
            self.stop.set()
            await asyncio.wait_for(task, 30)

    async def until(self, reached: Callable[[], bool], *, turn: float = 0.0) -> None:
        for _ in range(3_000):
            if reached():
                return
            await asyncio.sleep(0.002)
            if turn:
                await self.clock.turn(turn)
        raise AssertionError("it never came to that")

    def state(self, id: str) -> Delivered:
        return self.inbox.delivery(id)

    def ended(self, *ids: str) -> Callable[[], bool]:
        return lambda: all(self.state(id).progress.ended for id in ids)


class Prepared:
    """Gives prepared answers, and keeps what it was asked."""

    def __init__(self, *answers: Ended | Exception) -> None:
        self._answers: Sequence[Ended | Exception] = answers
        self.leases: list[Lease] = []

    async def __call__(self, event: Event, lease: Lease) -> Ended:
        self.leases.append(lease)
        answer = self._answers[min(len(self.leases), len(self._answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_everything_is_worked_on_and_its_end_is_noted() -> None:
    world = World("1", "2", "3")
    async with world.working(Prepared(DONE)):
        await world.until(world.ended("1", "2", "3"))
    assert {"healed"} == {world.state(id).outcome for id in "123"}
    assert ("1", "working") in world.told
    assert ("1", "done") in world.told


async def test_what_comes_later_is_found() -> None:
    world = World()
    async with world.working(Prepared(DONE)):
        await world.clock.turn(5)
        world.receive("1")
        await world.until(world.ended("1"), turn=0.5)


async def test_whoever_knows_of_something_new_need_not_wait() -> None:
    world, nudge = World(), asyncio.Event()
    task = asyncio.ensure_future(work(world.job(Prepared(DONE)), world.stop, nudge))
    await asyncio.sleep(0.05)
    world.receive("1")
    nudge.set()
    await world.until(world.ended("1"))
    world.stop.set()
    await asyncio.wait_for(task, 30)


async def test_only_so_many_at_once() -> None:
    world, under_way, most = World(*map(str, range(9))), 0, 0

    async def handle(event: Event, lease: Lease) -> Ended:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.01)
        under_way -= 1
        return DONE

    async with world.working(handle, concurrency=3):
        await world.until(world.ended(*map(str, range(9))))
    assert 3 == most


@pytest.mark.parametrize("error", [Unavailable("it does not answer"), PortError("odd")])
async def test_what_the_world_spoils_is_tried_again_later_and_later(error: Exception) -> None:
    world, handle = World("1"), Prepared(error, error, DONE)
    async with world.working(handle):
        await world.until(lambda: world.state("1").due > world.clock.now())
        assert (Progress.WAITING, str(error)) == (world.state("1").progress, world.state("1").outcome)
        first = world.state("1").due - world.clock.now()
        await world.until(world.ended("1"), turn=5)
    assert 15 == first
    assert 3 == len(handle.leases)
    assert [1, 2, 3] == [one.tries for one in handle.leases]


async def test_after_some_tries_it_is_given_up_with_the_reason() -> None:
    world, handle = World("1"), Prepared(Unavailable("it does not answer", hint="look at its status"))
    async with world.working(handle, tries=3):
        await world.until(world.ended("1"), turn=5)
    assert Progress.FAILED is world.state("1").progress
    assert "it does not answer (look at its status)" == world.state("1").outcome
    assert 3 == len(handle.leases)


async def test_the_host_is_obeyed_when_it_asks_us_to_wait() -> None:
    world, handle = World("1"), Prepared(*[RateLimited("slow down", retry_after=3_600)] * 8, DONE)
    async with world.working(handle, tries=3):
        await world.until(lambda: world.state("1").due > world.clock.now())
        assert 3_600 == world.state("1").due - world.clock.now()
        await world.until(world.ended("1"), turn=600)
    assert "healed" == world.state("1").outcome


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (
            UsageError("there is no such workflow", hint="look again"),
            "there is no such workflow (look again)",
        ),
        (ZeroDivisionError("division by zero"), "a bug of ours: ZeroDivisionError: division by zero"),
    ],
)
async def test_what_cannot_get_better_is_not_tried_again(error: Exception, outcome: str) -> None:
    world, handle = World("1", "2"), Prepared(error, DONE)
    async with world.working(handle, concurrency=1):
        await world.until(world.ended("1", "2"))
    assert (Progress.FAILED, outcome) == (world.state("1").progress, world.state("1").outcome)
    assert Progress.DONE is world.state("2").progress
    assert isinstance(error, UsageError) or "Traceback" in world.wrong[0]


async def endless(event: Event, lease: Lease) -> Ended:
    await asyncio.Event().wait()
    return DONE


async def test_heartbeats_keep_what_takes_long() -> None:
    world = World("1")
    async with world.working(endless):
        await world.until(lambda: bool(world.told))
        for _ in range(12):
            await world.clock.turn(10)
            await asyncio.sleep(0.02)
        assert world.inbox.lease("you", world.clock.now(), 30) is None


async def test_a_person_ends_what_is_under_way() -> None:
    world = World("1")
    async with world.working(endless):
        await world.until(lambda: bool(world.told))
        assert world.inbox.cancel("1", world.clock.now())
        await world.until(world.ended("1"), turn=5)
    assert (Progress.CANCELLED, "a person ended it") == (world.state("1").progress, world.state("1").outcome)


async def test_who_lost_the_lease_writes_nothing() -> None:
    world = World("1")
    async with world.working(endless):
        await world.until(lambda: bool(world.told))
        other = world.inbox.lease("you", world.clock.now() + 31, 60)
        assert other
        await world.until(
            lambda: ("1", "cancelled") in world.told or world.clock.now() > 1_700_000_025, turn=5
        )
        assert world.inbox.beat(other, world.clock.now() + 99)
    assert Progress.WORKING is world.state("1").progress


async def test_at_the_end_everything_is_given_back() -> None:
    world = World("1")
    async with world.working(endless):
        await world.until(lambda: bool(world.told))
    assert Progress.WAITING is world.state("1").progress


async def test_at_the_start_everything_is_taken_back() -> None:
    world = World("1")
    assert world.inbox.lease("me", world.clock.now(), 1_000)
    async with world.working(Prepared(DONE)):
        await world.until(world.ended("1"))


async def test_what_ends_the_process_each_time_is_given_up() -> None:
    world = World("1")
    for _ in range(20):
        world.inbox.lease("dead", world.clock.now(), 30)
        world.inbox.free("dead")
    async with world.working(Prepared(DONE)):
        await world.until(world.ended("1"))
    assert "it was begun 20 times, and never came to an end" == world.state("1").outcome


class Failing(MemoryInbox):
    """Does not answer as often as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.failures = 0
        self.only = ""
        """What alone fails."""

    def _fail(self, what: str) -> None:
        if self.failures and self.only in ("", what):
            self.failures -= 1
            raise Unavailable("the store is away")

    def lease(self, owner: str, now: float, seconds: float) -> Lease | None:
        self._fail("lease")
        return super().lease(owner, now, seconds)

    def beat(self, lease: Lease, until: float) -> bool:
        self._fail("beat")
        return super().beat(lease, until)

    def end(self, lease: Lease, progress: Progress, outcome: str, now: float) -> bool:
        self._fail("end")
        return super().end(lease, progress, outcome, now)


async def test_a_store_that_is_away_for_a_while_is_waited_for() -> None:
    world = World()
    world.inbox = inbox = Failing()
    world.receive("1")
    inbox.failures = 3
    async with world.working(Prepared(DONE)):
        await world.until(world.ended("1"), turn=0.5)
    assert 3 == len(world.wrong)


async def test_what_cannot_be_noted_is_done_again() -> None:
    world, handle = World(), Prepared(DONE)
    world.inbox = inbox = Failing()
    inbox.only = "end"
    world.receive("1")

    async def spoiling(event: Event, lease: Lease) -> Ended:
        inbox.failures = 1 if lease.tries == 1 else 0
        return await handle(event, lease)

    async with world.working(spoiling):
        await world.until(world.ended("1"), turn=1)
    assert 2 == len(handle.leases)
    assert "what came of 1 cannot be noted: the store is away" in world.wrong


async def test_without_heartbeats_the_work_is_given_up() -> None:
    world = World()
    world.inbox = inbox = Failing()
    world.receive("1")
    async with world.working(endless, concurrency=1):
        await world.until(lambda: bool(world.told))
        inbox.failures = 3
        await world.until(lambda: ("1", "waiting") in world.told, turn=1)


async def test_what_is_more_urgent_goes_first_but_not_for_ever() -> None:
    world = World(*map(str, range(20)))
    urgent = True
    job = replace(world.job(Prepared(DONE), concurrency=1), busy=lambda: urgent)
    task = asyncio.ensure_future(work(job, world.stop))
    await world.until(lambda: world.inbox.counts()[Progress.DONE] >= 1)
    began = world.clock.now()
    await world.until(lambda: world.inbox.counts()[Progress.DONE] >= 4, turn=0.01)
    assert world.clock.now() - began >= 0.5
    urgent = False
    await world.until(world.ended(*map(str, range(20))), turn=0.02)
    world.stop.set()
    await world.clock.turn(1)
    await asyncio.wait_for(task, 30)
