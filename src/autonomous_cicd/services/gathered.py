"""Gathered: many small records at once, few large transactions; everybody waits for their own."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from autonomous_cicd.errors import Unavailable

__all__ = ["Gathered"]

Item = TypeVar("Item")
PATIENCE = 8.0
"""Seconds that anybody waits: a code host waits for ten, and hears why only when we answer before."""


class Gathered(Generic[Item]):
    """Has items written together, in order: whatever comes while one transaction is under way is in the next.

    Nobody waits for others to come, so a single item is written at once. Nobody waits for ever: after a while
    they hear that it is not written yet. It is when that can be done, for perhaps nobody brings it again.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Item]], object],
        *,
        most: int = 256,
        waiting: int = 20_000,
        patience: float = PATIENCE,
    ) -> None:
        """Take who writes.

        `most`: items in one transaction; `waiting`: items that may wait, one more is refused; `patience`:
        seconds that anybody waits for their own.
        """
        self._write = write
        self._patience = patience
        self._most, self._limit = most, waiting
        self._waiting: deque[tuple[Item, asyncio.Future[None]]] = deque()
        self._thread = ThreadPoolExecutor(1, "gathered")
        self._writer: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> bool:
        """Whether anything waits to be written."""
        return bool(self._waiting)

    async def put(self, item: Item) -> None:
        """Return when the item is durable; raise what went wrong when it is not, or not in time."""
        if len(self._waiting) >= self._limit:
            raise Unavailable("too much waits to be written", hint="try again in some seconds")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._waiting.append((item, future))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.ensure_future(self._write_all())
        late = loop.call_later(self._patience, self._refuse, future)
        try:
            await future
        finally:
            late.cancel()

    async def close(self) -> None:
        """Return when everything is written that was put."""
        if self._writer:
            await asyncio.wait({self._writer})
        self._thread.shutdown()

    def _refuse(self, future: asyncio.Future[None]) -> None:
        """Tell somebody who waited too long."""
        if not future.done():
            what = f"it could not be written within {self._patience:g} s"
            future.set_exception(Unavailable(what, hint="try again in some seconds"))

    async def _write_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            part = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
            written = loop.run_in_executor(self._thread, self._write, [item for item, _ in part])
            await asyncio.wait({written})
            error = written.exception()
            for _, future in part:
                if future.done():
                    continue  # whoever asked has gone, or was refused
                if error is None:
                    future.set_result(None)
                else:
                    future.set_exception(error)
