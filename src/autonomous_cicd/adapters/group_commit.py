"""Group commit: many small records, few large transactions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from autonomous_cicd.errors import PortError

__all__ = ["GroupCommit"]

Item = TypeVar("Item")


class GroupCommit(Generic[Item]):
    """Takes items at once and has them written together, in order, by a thread of its own.

    An item is written at most `delay` seconds after it was put, or at once when `count` items or `size`
    bytes are waiting. What could not be written is kept, and tried again with the next item, or by
    `flush`, which raises what went wrong. More than eight times `size` never waits: `put` then writes.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Item]], None],
        *,
        delay: float = 0.2,
        count: int = 1024,
        size: int = 8 * 1024 * 1024,
    ) -> None:
        self._write = write
        self._delay, self._count, self._size = delay, count, size
        self._items: list[Item] = []
        self._bytes = 0
        self._guard = threading.Lock()
        self._turn = threading.Lock()
        self._something = threading.Event()
        self._enough = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None

    def put(self, item: Item, size: int = 0) -> None:
        """Take an item that needs about so many bytes."""
        with self._guard:
            self._items.append(item)
            self._bytes += size
            waiting, much = len(self._items), self._bytes
        if waiting >= self._count or much >= self._size:
            self._enough.set()
        if not self._something.is_set():
            self._something.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="group-commit", daemon=True)
                self._thread.start()
        if much > 8 * self._size:
            self.flush()

    def flush(self) -> None:
        """Return when everything that was put so far is written; raise when it cannot be."""
        with self._turn:
            with self._guard:
                items, self._items = self._items, []
                size, self._bytes = self._bytes, 0
                self._something.clear()
                self._enough.clear()
            try:
                if items:
                    self._write(items)
            except BaseException:
                with self._guard:
                    self._items[:0] = items
                    self._bytes += size
                raise

    def close(self) -> None:
        """Write what is left and end the thread."""
        try:
            self.flush()
        finally:
            self._closing = True
            self._enough.set()
            self._something.set()
            if self._thread:
                self._thread.join()

    def _ends(self) -> bool:
        return self._closing

    def _work(self) -> None:
        while not self._closing:  # a flush of ours may just have cleared what `close` has set
            self._something.wait()
            self._enough.wait(self._delay)
            if self._ends():
                return
            try:
                self.flush()
            except PortError:
                continue  # it is kept; whoever flushes next hears of it
