"""Work: carries out what follows from deliveries, each under a lease that is kept alive by heartbeats."""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from autonomous_cicd.domain.delivery import Ended, Lease, Progress
from autonomous_cicd.domain.event import Event
from autonomous_cicd.errors import AutonomousCicdError, PortError, RateLimited, UsageError
from autonomous_cicd.inbox import Inbox
from autonomous_cicd.ports import Clock
from autonomous_cicd.values import dataclass

__all__ = ["BEAT", "EXPIRY", "Handle", "Job", "work"]

BEAT = 10.0
"""Seconds between two heartbeats."""
EXPIRY = 30.0
"""Seconds after the last heartbeat until others may take the work over."""
PAUSE = 1.0
"""Seconds after which the inbox is looked into without being told to."""
COURTESY, PATIENTLY = 0.25, 0.02
"""Seconds after which something is begun although there is something more urgent, and between two looks of
which the first found nothing."""
GRACE = 8.0
"""Seconds that what is under way has to end when all is to stop."""
FIRST_WAIT, LONGEST_WAIT = 15.0, 900.0
"""Seconds before the second try, and at most before a later one."""
PATIENCE = 10
"""Times as many tries are made where the host asks us to wait: that says nothing about the delivery."""
OFTEN = 20
"""Times a delivery may be begun at all: one that ends the whole process each time must not for ever."""

Handle = Callable[[Event, Lease], Awaitable[Ended]]
"""Does what follows from an event. A PortError has it tried again later."""

_Came: TypeAlias = Ended | tuple[float, str]
"""What came of it, or when it is to be tried again and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What there is to be worked on, by whom and how."""

    inbox: Inbox
    handle: Handle
    clock: Clock
    owner: str
    """A name that nobody else uses at the same time."""
    concurrency: int = 2
    tries: int = 5
    busy: Callable[[], bool] = lambda: False
    """Whether somebody waits for something more urgent than this work."""
    told: Callable[[str, Progress, str], None] = lambda id, progress, outcome: None
    """Is told of every step: id of the delivery, how far it has come, and what came of it."""
    wrong: Callable[[str], None] = lambda what: None
    """Is told what went wrong with us, for our own log."""


async def work(job: Job, stop: asyncio.Event, nudge: asyncio.Event | None = None) -> None:
    """Work until it is to stop; then everything under way is ended or given back within some seconds.

    `nudge` is set by whoever knows of something new, so that nobody has to wait for the next look.
    """
    await _free(job)
    nudge = nudge or asyncio.Event()
    running: set[asyncio.Task[None]] = set()
    signals: set[asyncio.Future[Any]] = {asyncio.ensure_future(stop.wait())}
    begun = 0.0
    try:
        while not stop.is_set():
            nudge.clear()
            if job.busy() and job.clock.now() - begun < COURTESY:
                await job.clock.sleep(PATIENTLY)
                continue
            lease = await _next(job) if len(running) < job.concurrency else None
            begun = job.clock.now()
            if lease is not None:
                running.add(asyncio.ensure_future(_one(job, lease)))
                continue
            running = await _something(job, running, signals, nudge)
            if nudge.is_set():
                await asyncio.sleep(PATIENTLY)  # whoever tells of one thing often tells of many
    finally:
        await _end_all(running)
        for one in signals:
            one.cancel()
        await _free(job)


async def _something(
    job: Job, running: set[asyncio.Task[None]], signals: set[asyncio.Future[Any]], nudge: asyncio.Event
) -> set[asyncio.Task[None]]:
    """Wait until there may be something to do; return what is still under way."""
    passing = {asyncio.ensure_future(nudge.wait()), asyncio.ensure_future(job.clock.sleep(PAUSE))}
    everything: set[asyncio.Future[Any]] = {*running, *signals, *passing}
    try:
        await asyncio.wait(everything, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in passing:
            one.cancel()
    return {one for one in running if not one.done()}


async def _end_all(running: set[asyncio.Task[None]]) -> None:
    for one in running:
        one.cancel()
    if running:
        await asyncio.wait(running, timeout=GRACE)


async def _next(job: Job) -> Lease | None:
    try:
        lease = await asyncio.to_thread(job.inbox.lease, job.owner, job.clock.now(), EXPIRY)
    except PortError as error:
        job.wrong(f"the inbox cannot be read: {error}")
        return None
    return lease


async def _free(job: Job) -> None:
    """Give back what we hold: after a crash under the same name, and at the end."""
    try:
        await asyncio.to_thread(job.inbox.free, job.owner)
    except PortError as error:
        job.wrong(f"what is held cannot be given back; its lease runs out in {EXPIRY:g} s: {error}")


async def _one(job: Job, lease: Lease) -> None:
    """Work on one delivery, and see to it that its end is noted."""
    job.told(lease.id, Progress.WORKING, "")
    carried = asyncio.ensure_future(_carried(job, lease))
    kept = asyncio.ensure_future(_keep(job, lease))
    try:
        await asyncio.wait({carried, kept}, return_when=asyncio.FIRST_COMPLETED)
        if carried.done():
            await _note(job, lease, carried.result())
        else:
            carried.cancel()
            await asyncio.wait({carried}, timeout=GRACE)
            await _note(job, lease, kept.result())
    finally:
        kept.cancel()
        carried.cancel()
        await asyncio.wait({carried, kept}, timeout=GRACE)


async def _keep(job: Job, lease: Lease) -> _Came:
    """Send heartbeats; return why the work must end: the lease is lost, or somebody wants that."""
    until = job.clock.now() + EXPIRY
    while True:
        await job.clock.sleep(BEAT)
        now = job.clock.now()
        try:
            if not await asyncio.to_thread(job.inbox.beat, lease, now + EXPIRY):
                return Ended(Progress.CANCELLED, "a person ended it")  # not noted when the lease is lost
        except PortError as error:
            job.wrong(f"a heartbeat cannot be noted: {error}")
            if now >= until:
                return now, "no heartbeat could be noted"  # somebody else may have begun with it by now
        else:
            until = now + EXPIRY


async def _carried(job: Job, lease: Lease) -> _Came:
    """Have it handled, and judge what went wrong."""
    if lease.tries > max(OFTEN, job.tries):
        return Ended(Progress.FAILED, f"it was begun {lease.tries - 1} times, and never came to an end")
    try:
        return await job.handle(lease.event, lease)
    except RateLimited as error:
        if lease.tries < job.tries * PATIENCE:
            return job.clock.now() + max(1.0, error.retry_after), str(error)
        return _failed(error)
    except PortError as error:
        return (
            (job.clock.now() + _wait(lease.tries), str(error)) if lease.tries < job.tries else _failed(error)
        )
    except UsageError as error:
        return _failed(error)
    except Exception as error:  # noqa: BLE001 - a border: a bug of ours ends one delivery, not the server
        job.wrong(traceback.format_exc())
        return Ended(Progress.FAILED, f"a bug of ours: {type(error).__name__}: {error}")


def _failed(error: AutonomousCicdError) -> Ended:
    hint = getattr(error, "hint", "")
    return Ended(Progress.FAILED, f"{error} ({hint})" if hint else str(error))


def _wait(tries: int) -> float:
    return float(min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tries - 1)))


async def _note(job: Job, lease: Lease, came: _Came) -> None:
    """Have it noted what came of it; when that cannot be, the lease runs out and it is done again."""
    try:
        if isinstance(came, Ended):
            now = job.clock.now()
            noted = await asyncio.to_thread(job.inbox.end, lease, came.progress, came.outcome, now)
            progress, outcome = came.progress, came.outcome
        else:
            due, outcome = came
            noted = await asyncio.to_thread(job.inbox.again, lease, due, outcome)
            progress = Progress.WAITING
    except PortError as error:
        job.wrong(f"what came of {lease.id} cannot be noted: {error}")
        return
    if noted:
        with contextlib.suppress(RuntimeError):  # the loop of who listens may be closed already
            job.told(lease.id, progress, outcome)
