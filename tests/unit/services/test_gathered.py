"""Gathered: what comes at once is written together, and nobody is told that it is written before it is."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from autonomous_cicd.errors import Unavailable
from autonomous_cicd.services.gathered import Gathered


class Slow:
    """Writes when it is let."""

    def __init__(self) -> None:
        self.written: list[list[int]] = []
        self.let = threading.Event()

    def __call__(self, items: Sequence[int]) -> None:
        assert self.let.wait(30)
        self.written.append(list(items))


async def test_one_item_is_written_at_once() -> None:
    slow = Slow()
    slow.let.set()
    gathered = Gathered(slow)
    await gathered.put(1)
    assert [[1]] == slow.written
    await gathered.close()


async def test_what_comes_meanwhile_is_written_together_in_order() -> None:
    slow = Slow()
    gathered = Gathered(slow, most=4)
    tasks = [asyncio.ensure_future(gathered.put(number)) for number in range(11)]
    await asyncio.sleep(0.05)
    assert not any(one.done() for one in tasks)
    slow.let.set()
    await asyncio.gather(*tasks)
    assert list(range(11)) == [number for part in slow.written for number in part]
    assert len(slow.written) <= 4
    await gathered.put(11)
    assert [11] == slow.written[-1]
    await gathered.close()


async def test_everybody_hears_what_went_wrong_and_the_next_are_written() -> None:
    failing = True

    def write(items: Sequence[int]) -> None:
        if failing:
            raise Unavailable("the disk is full")

    gathered = Gathered(write)
    found = await asyncio.gather(*(gathered.put(number) for number in range(3)), return_exceptions=True)
    assert ["the disk is full"] * 3 == [str(one) for one in found]
    failing = False
    await gathered.put(3)
    await gathered.close()


async def test_who_goes_away_spoils_nothing() -> None:
    slow = Slow()
    gathered = Gathered(slow)
    first, second = (asyncio.ensure_future(gathered.put(number)) for number in range(2))
    await asyncio.sleep(0.02)
    first.cancel()
    slow.let.set()
    await second
    await gathered.close()
    assert 1 in [number for part in slow.written for number in part]


async def test_more_than_may_wait_is_refused() -> None:
    slow = Slow()
    gathered = Gathered(slow, most=1, waiting=2)
    tasks = [asyncio.ensure_future(gathered.put(number)) for number in range(3)]
    await asyncio.sleep(0.02)
    more = [asyncio.ensure_future(gathered.put(number)) for number in range(3, 6)]
    await asyncio.sleep(0.02)
    slow.let.set()
    found = await asyncio.gather(*tasks, *more, return_exceptions=True)
    refused = [one for one in found if isinstance(one, Unavailable)]
    assert refused
    assert 6 == len(refused) + sum(map(len, slow.written))
    await gathered.close()


async def test_nobody_waits_longer_than_the_host_does() -> None:
    """Neither those who are being written, nor those behind them; what they brought is written later."""
    slow = Slow()
    gathered = Gathered(slow, most=1, patience=0.1)
    async with asyncio.timeout(5):
        found = await asyncio.gather(*(gathered.put(number) for number in range(3)), return_exceptions=True)
    assert [Unavailable] * 3 == [type(one) for one in found]
    assert ["it could not be written within 0.1 s"] * 3 == [str(one) for one in found]
    assert [] == slow.written
    slow.let.set()
    await gathered.put(3)
    assert [[0], [1], [2], [3]] == slow.written
    await gathered.close()


async def test_the_end_waits_for_what_was_put() -> None:
    slow = Slow()
    gathered = Gathered(slow)
    task = asyncio.ensure_future(gathered.put(1))
    await asyncio.sleep(0.02)
    slow.let.set()
    await gathered.close()
    assert [[1]] == slow.written
    await task


@pytest.mark.parametrize("count", [1, 1_000])
async def test_many_are_written(count: int) -> None:
    written: list[int] = []
    gathered: Gathered[int] = Gathered(written.extend)
    await asyncio.gather(*(gathered.put(number) for number in range(count)))
    await gathered.close()
    assert list(range(count)) == written
