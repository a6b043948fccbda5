"""Live: readers hear what is new, each once; who is too slow, or one too many, is sent away."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.incidents import an_incident

from autonomous_cicd.adapters.memory_inbox import MemoryInbox
from autonomous_cicd.adapters.memory_store import MemoryStore
from autonomous_cicd.domain.delivery import Delivered, Progress, Received
from autonomous_cicd.domain.event import Event
from autonomous_cicd.errors import Unavailable
from autonomous_cicd.web.live import QUEUE, READERS, SUBPROTOCOL, TOO_SLOW, Hub


class Socket:
    """Hears what it is told, as long as it reads."""

    def __init__(self, *, reads: bool = True, offered: tuple[str, ...] = ()) -> None:
        self.scope = {"subprotocols": list(offered), "extensions": {"websocket.http.response": {}}}
        self.heard: list[Any] = []
        self.protocol: str | None = None
        self.code = 0
        self.answer: Any = {}
        self.gone = asyncio.Event()
        self._reads = reads
        self._connects = True

    async def accept(self, protocol: str | None) -> None:
        self.protocol, self._connects = protocol, False

    async def send_text(self, text: str) -> None:
        self.heard.append(json.loads(text))
        if not self._reads and len(self.heard) > 1:
            await asyncio.Event().wait()

    async def send(self, message: Any) -> None:
        if message["type"] == "websocket.http.response.body":
            self.answer = json.loads(message["body"])

    async def receive(self) -> Any:
        if self._connects:
            return {"type": "websocket.connect"}
        await self.gone.wait()
        return {"type": "websocket.disconnect"}

    async def close(self, code: int, reason: str) -> None:
        self.code = code


class Counting(Hub):
    """Counts how often it told what it saw; does something else first."""

    told = 0
    first: Callable[[], object] = staticmethod(lambda: None)

    def _tell(self, found: Any) -> None:
        self.first()
        super()._tell(found)
        self.told += 1


async def until(reached: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not reached():
            await asyncio.sleep(0.002)


class Shelf:
    """A store, and a hub that looks at it."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.wrong: list[str] = []
        self.hub = Counting(self.store, self.wrong.append)

    def receive(self, *ids: str) -> None:
        self.store.inbox.receive([Received(id=id, event=Event(name="push"), at=1.0, key=id) for id in ids])

    @asynccontextmanager
    async def read_by(self, *sockets: Socket) -> AsyncIterator[None]:
        watching = asyncio.ensure_future(self.hub.watch())
        serving = [asyncio.ensure_future(self.hub.serve(one)) for one in sockets]  # type: ignore[arg-type]
        await until(lambda: all(task.done() or one.heard for task, one in zip(serving, sockets, strict=True)))
        await self.looked()
        yield
        for one in sockets:
            one.gone.set()
        await asyncio.wait(serving, timeout=30)
        watching.cancel()
        assert 0 == self.hub.readers

    async def looked(self) -> None:
        """Wait until it was looked at what there is, and told."""
        for _ in range(2):  # the first time it may have begun to look before
            wanted = self.hub.told + 1
            self.hub.poke()
            while self.hub.told < wanted:
                await asyncio.sleep(0.002)


async def test_readers_hear_what_is_new_once() -> None:
    shelf, first, second = Shelf(), Socket(), Socket()
    shelf.receive("old")
    async with shelf.read_by(first, second):
        shelf.receive("new")
        await shelf.looked()
        await shelf.looked()
        lease = shelf.store.inbox.lease("me", 2.0, 30)
        assert lease
        shelf.store.inbox.end(lease, Progress.DONE, "healed", 3.0)
        shelf.store.casebook.save(an_incident(id="0123"))
        await shelf.looked()
    for one in (first, second):
        told = [(each.get("run") or each.get("incident") or {}).get("id") for each in one.heard]
        assert [None, "new", "old", "0123"] == told


async def test_what_is_old_is_told_when_it_is_worked_on_again() -> None:
    shelf, socket = Shelf(), Socket()
    shelf.receive("first", *(f"later-{number}" for number in range(150)))
    async with shelf.read_by(socket):
        lease = shelf.store.inbox.lease("me", 2.0, 30)
        assert lease and "first" == lease.id
        shelf.hub.poke("first")
        await shelf.looked()
    assert ["first"] == [one["run"]["id"] for one in socket.heard[1:]]


async def test_who_is_too_slow_is_sent_away_and_others_go_on() -> None:
    shelf, slow, quick = Shelf(), Socket(reads=False), Socket()
    async with shelf.read_by(slow, quick):
        for number in range(QUEUE // 100 + 3):
            shelf.receive(*(f"{number}-{each}" for each in range(100)))
            await shelf.looked()
            while len(quick.heard) <= 100 * (number + 1):
                await asyncio.sleep(0.002)
        await until(lambda: 1 == shelf.hub.readers)
        assert TOO_SLOW == slow.code


@pytest.mark.parametrize("turns", range(8))
async def test_who_goes_while_something_comes_is_gone(turns: int) -> None:
    shelf, socket = Shelf(), Socket()

    def go(left: int) -> None:
        if left:
            asyncio.get_running_loop().call_soon(go, left - 1)
        else:
            socket.gone.set()

    async with shelf.read_by(socket):
        shelf.hub.first = lambda: go(turns)
        shelf.receive("new")
        shelf.hub.poke()
        await until(lambda: 0 == shelf.hub.readers)


async def test_one_too_many_is_sent_away() -> None:
    shelf, sockets, last = Shelf(), [Socket() for _ in range(READERS)], Socket()
    async with shelf.read_by(*sockets):
        await shelf.hub.serve(last)  # type: ignore[arg-type]
        assert (503, []) == (last.answer["status"], last.heard)


async def test_the_token_of_a_page_is_not_repeated() -> None:
    shelf, own, other = (
        Shelf(),
        Socket(offered=("bearer.t0ken", "live", SUBPROTOCOL)),
        Socket(offered=("bearer.t0ken", "live")),
    )
    async with shelf.read_by(own, other):
        pass
    assert (SUBPROTOCOL, "live") == (own.protocol, other.protocol)


async def test_a_page_that_offers_its_token_only_is_told_what_to_offer() -> None:
    shelf, bare = Shelf(), Socket(offered=("bearer.t0ken",))
    await asyncio.wait_for(shelf.hub.serve(bare), 10)  # type: ignore[arg-type]
    assert (400, None) == (bare.answer["status"], bare.protocol)
    assert SUBPROTOCOL in bare.answer["hint"] and "t0ken" not in str(bare.answer)


class Away(MemoryInbox):
    """Cannot be read once."""

    def __init__(self) -> None:
        super().__init__()
        self.failures = 0

    def deliveries(self, **wanted: Any) -> tuple[Delivered, ...]:
        if self.failures:
            self.failures -= 1
            raise Unavailable("the store is away")
        return super().deliveries(**wanted)


async def test_a_store_that_is_away_for_a_while_is_waited_for() -> None:
    shelf, socket = Shelf(), Socket()
    shelf.store.inbox = away = Away()
    async with shelf.read_by(socket):
        away.failures = 1
        await shelf.looked()
        await asyncio.sleep(1.2)
        shelf.receive("new")
        await shelf.looked()
    assert ["the store cannot be read: the store is away"] == shelf.wrong
    assert ["new"] == [one["run"]["id"] for one in socket.heard[1:]]
