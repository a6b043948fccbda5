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


class Gathered(Generic[Item]):
    """Has items written together, in order: whatever comes while one transaction is under way is in the next.

    Nobody waits for others to come, so a single item is written at once.
    """

    def __init__(
        self, write: Callable[[Sequence[Item]], object], *, most: int = 256, waiting: int = 20_000
    ) -> None:
        """`most`: items in one transaction; `waiting`: items that may wait, one more is refused."""
        self._write = write
        self._most, self._limit = most, waiting
        self._waiting: deque[tuple[Item, asyncio.Future[None]]] = deque()
        self._thread = ThreadPoolExecutor(1, "gathered")
        self._writer: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> bool:
        """Whether anything waits to be written."""
        return bool(self._waiting)

    async def put(self, item: Item) -> None:
        """Return when the item is durable; raise what went wrong when it is not."""
        if len(self._waiting) >= self._limit:
            raise Unavailable("too much waits to be written", hint="try again in some seconds")
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.ensure_future(self._write_all())
        await future

    async def close(self) -> None:
        """Return when everything is written that was put."""
        if self._writer:
            await asyncio.wait({self._writer})
        self._thread.shutdown()

    async def _write_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            part = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
            written = loop.run_in_executor(self._thread, self._write, [item for item, _ in part])
            await asyncio.wait({written})
            error = written.exception()
            for _, future in part:
                if future.done():
                    continue  # whoever asked has gone
                if error is None:
                    future.set_result(None)
                else:
                    future.set_exception(error)
