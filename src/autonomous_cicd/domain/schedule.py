"""Schedule: which task may start next, told what ended. Knows no clock and starts nothing."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence

from autonomous_cicd.domain.pipeline import Task, longest_path

__all__ = ["Schedule"]

LOOK_AHEAD = 16
"""How many ready tasks are tried when the most urgent one does not fit."""


class Schedule:
    """The tasks that are still to be run, the one with the longest chain behind it first."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._tasks = {task.name: task for task in tasks}
        self._length = longest_path(tasks)
        self._followers: dict[str, list[str]] = {task.name: [] for task in tasks}
        self._missing: dict[str, int] = {}
        self._ready: list[tuple[float, int, str]] = []
        self._parts: dict[str, set[str]] = {}
        self._order = 0
        self._left = len(tasks)
        for task in tasks:
            needs = dict.fromkeys(task.needs)
            for need in needs:
                self._followers[need].append(task.name)
            self._missing[task.name] = len(needs)
        for task in tasks:
            if not task.needs:
                self._offer(task.name)

    @property
    def finished(self) -> bool:
        """Whether every task ended."""
        return self._left == 0

    @property
    def waiting(self) -> bool:
        """Whether a task could start as far as its needs go."""
        return bool(self._ready)

    def take(self, fits: Callable[[Task], bool]) -> Task | None:
        """Return the most urgent task that may start and fits, once; None when there is none."""
        put_back: list[tuple[float, int, str]] = []
        found = None
        while self._ready and len(put_back) < LOOK_AHEAD:
            entry = heapq.heappop(self._ready)
            task = self._tasks[entry[2]]
            if fits(task):
                found = task
                break
            put_back.append(entry)
        for entry in put_back:
            heapq.heappush(self._ready, entry)
        return found

    def split(self, name: str, parts: Iterable[Task]) -> None:
        """Let a task that was taken be carried out by others instead; it ends when they all ended."""
        group = {part.name: part for part in parts}
        self._parts[name] = set(group)
        self._tasks.update(group)
        self._left += len(group)
        for part in group:
            self._followers[part] = []
            self._length[part] = self._length[name]
            self._offer(part)

    def done(self, name: str) -> tuple[str, ...]:
        """Take note that a task ended; return the split tasks that ended with it."""
        self._left -= 1
        for follower in self._followers[name]:
            self._missing[follower] -= 1
            if self._missing[follower] == 0:
                self._offer(follower)
        ended = []
        for whole, parts in list(self._parts.items()):
            if name in parts:
                parts.discard(name)
                if not parts:
                    del self._parts[whole]
                    ended.append(whole)
        return tuple(ended)

    def _offer(self, name: str) -> None:
        heapq.heappush(self._ready, (-self._length[name], self._order, name))
        self._order += 1
