"""Guards: a host in trouble is left alone, and takes neither all places nor all time."""

from __future__ import annotations

import asyncio

import pytest

from autonomous_cicd.adapters.guards import Guard, Guards
from autonomous_cicd.domain.breaker import BreakerState, CircuitBreaker
from autonomous_cicd.errors import NotFound, RateLimited, Unauthorized, Unavailable


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def guard(time: Time | None = None, **bounds: float) -> Guard:
    breaker = CircuitBreaker(threshold=3, recovery=30.0)
    return Guard("GitHub", breaker, now=time or Time(), **bounds)  # type: ignore[arg-type]


async def fails(error: Exception) -> None:
    raise error


async def works() -> str:
    return "well"


async def test_a_host_that_fails_is_left_alone_until_it_may_work_again() -> None:
    time = Time()
    guarded = guard(time)
    for _ in range(3):
        guarded.refuse_open()
        with pytest.raises(Unavailable, match="broken"):
            await guarded.call(lambda: fails(Unavailable("broken")))
    with pytest.raises(RateLimited, match="3 times in a row and is left alone for 30 s") as refused:
        await guarded.call(works)
    assert 30.0 == refused.value.retry_after
    with pytest.raises(RateLimited):
        guarded.refuse_open()
    time.now = 31.0
    assert ["well", "well", "well"] == [await guarded.call(works) for _ in range(3)]
    assert BreakerState.CLOSED is guarded.breaker.state


@pytest.mark.parametrize(
    "error",
    [NotFound("no"), Unauthorized("no"), RateLimited("later", retry_after=60), ValueError("a bug")],
)
async def test_a_host_that_answers_is_not_left_alone(error: Exception) -> None:
    guarded = guard()
    for _ in range(10):
        with pytest.raises(type(error)):
            await guarded.call(lambda: fails(error))
    assert BreakerState.CLOSED is guarded.breaker.state


async def test_no_more_calls_at_once_than_there_are_places() -> None:
    guarded, there, most = guard(at_once=3, abreast=2), 0, 0

    async def busy() -> None:
        nonlocal there, most
        there += 1
        most = max(most, there)
        await asyncio.sleep(0.01)
        there -= 1

    await asyncio.gather(*(guarded.call(busy) for _ in range(12)))
    assert 3 == most
    most = 0
    await asyncio.gather(*(guarded.call(busy, share="octo/shop") for _ in range(12)))
    assert 2 == most


async def test_one_repository_that_hangs_keeps_no_other_waiting() -> None:
    guarded = guard(at_once=8, abreast=4)
    forever = asyncio.Event()
    hanging = [asyncio.create_task(guarded.call(forever.wait, share="eve/slow")) for _ in range(20)]
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        assert "well" == await guarded.call(works, share="octo/shop")
    forever.set()
    await asyncio.gather(*hanging)


async def test_nothing_takes_for_ever() -> None:
    guarded = guard(seconds=0.05)
    with pytest.raises(Unavailable, match="longer than"):
        await guarded.call(asyncio.Event().wait)
    assert "well" == await guarded.call(works)


async def test_each_host_has_a_guard_of_its_own() -> None:
    guards = Guards("GitHub", threshold=1, recovery=30.0, now=Time())
    with pytest.raises(Unavailable):
        await guards.of("https://one:443").call(lambda: fails(Unavailable("broken")))
    assert "well" == await guards.of("https://two:443").call(works)
    with pytest.raises(RateLimited):
        await guards.of("https://one:443").call(works)


def test_a_guard_serves_one_loop_after_the_other() -> None:
    guarded = guard(at_once=1)
    assert ["well", "well"] == [asyncio.run(guarded.call(works)) for _ in range(2)]
