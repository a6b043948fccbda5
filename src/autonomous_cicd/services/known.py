"""Which tasks need not be run, because nothing changed since they passed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from autonomous_cicd.domain.globs import select
from autonomous_cicd.domain.pipeline import Command, Stage, Task, ordered
from autonomous_cicd.domain.run import TaskResult, TaskStatus
from autonomous_cicd.ports import Cache, CacheEntry, Checkout, Clock, Workspace
from autonomous_cicd.services.keys import Keys
from autonomous_cicd.services.plan import PREPARING
from autonomous_cicd.values import dataclass

__all__ = ["ENVIRONMENT", "Known", "programs", "unneeded"]

ENVIRONMENT = "{environment}"
"""Stands in a command for the folder of the task's interpreter environment."""
DAY = 24 * 3600.0
WORD = re.compile(r"[A-Za-z0-9_.+/-]+")


@dataclass(slots=True, kw_only=True)
class Known:
    """What is known of the tasks of one run before they are run."""

    cache: Cache | None
    """None: nothing is taken from the cache, nothing is kept."""
    checkout: Checkout
    workspace: Workspace
    clock: Clock
    env: Mapping[str, str]
    """The environment that project code gets from the user."""
    fingerprint: Callable[[Iterable[str]], Mapping[str, str]]
    """Tells what version of each program would be used."""
    whole: bool = False
    """Whether what tasks made is wanted although nothing that is run needs it."""
    seconds: float = DAY
    """Age after which something installed from the network is not trusted to be the newest any more."""
    keys: dict[str, str] = field(default_factory=dict)
    hits: dict[str, CacheEntry] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    """Tasks that may read what an earlier one made, of which nobody says what decides it, and those
    whose inputs are nothing at all."""
    unneeded: frozenset[str] = frozenset()
    """Preparing tasks that nothing has to be prepared by."""
    changed: set[str] = field(default_factory=set)
    """Files that somebody changed while they were copied: what is made of them has no known key."""
    _running: frozenset[str] = frozenset()
    """Workspaces in which something is run."""
    _unprepared: frozenset[str] = frozenset()
    """Tasks that could not be run after all, because what prepares them is not run."""

    def look_up(self, tasks: Sequence[Task]) -> None:
        """Find the tasks whose outcome is known already, and what need not be prepared then."""
        if self.cache is not None and any(task.inputs for task in tasks):
            self._find(self.cache, tasks)
        self.unneeded = unneeded(tasks, self.hits)
        idle = self.hits.keys() | self.unneeded
        self._running = frozenset(task.workspace for task in tasks if task.name not in idle)
        self._unprepared = _behind(tasks, self.unneeded) if self.unneeded else frozenset()

    def result(self, task: Task) -> tuple[TaskResult, bytes] | None:
        """Return what became of a task, and its log; None when it, or its files, are still to be made."""
        entry = self.hits.get(task.name)
        if entry is None or self._needs_files(task):
            return None
        return _unchanged(task, entry, self.clock.now()), entry.log

    async def restored(self, task: Task, root: Path) -> tuple[TaskResult, bytes] | None:
        """Put what a known task made into a private copy; None when it is not known.

        Raises PortError when that is not possible; it is not known any more then.
        """
        entry = self.hits.pop(task.name, None)
        if entry is None or self.cache is None:
            return None
        await asyncio.to_thread(self.cache.restore, self.keys[task.name], root)
        self.hits[task.name] = entry
        return _unchanged(task, entry, self.clock.now()), entry.log

    def could_run(self, task: Task) -> bool:
        """Return whether what prepares the task is run, or nothing is needed to."""
        return task.name not in self._unprepared

    async def keep(self, task: Task, result: TaskResult, log: bytes, root: Path) -> None:
        """Keep what a task made for the next time nothing changed."""
        key = self.keys.get(task.name)
        if not key or self.cache is None or result.status is not TaskStatus.PASSED:
            return
        if not _lasting(task) or task.name in self.unsure:
            return
        if self.changed and select(task.inputs, self.changed):
            return
        entry = CacheEntry(seconds=result.seconds, created=self.clock.now(), log=log)
        made = await asyncio.to_thread(self.workspace.find, root, task.outputs) if task.outputs else ()
        await asyncio.to_thread(self.cache.put, key, entry, root, made)

    def _find(self, cache: Cache, tasks: Sequence[Task]) -> None:
        keys = Keys(self.workspace.hashes(self.checkout))
        used = {task.name: programs(task) for task in tasks}
        versions = self.fingerprint(frozenset().union(*used.values()))
        installing: set[str] = set()
        by_name = {task.name: task for task in tasks}
        for task in ordered(tasks):
            own = {name: versions[name] for name in used[task.name] if name in versions}
            own.update((f"needs {need}", self.keys[need]) for need in task.needs)
            key = self.keys[task.name] = keys.of(task, versions=own, env=self.env)
            if _from_outside(task) or not installing.isdisjoint(task.needs):
                installing.add(task.name)
            before = [by_name[need] for need in task.needs if by_name[need].workspace == task.workspace]
            if any(map(self._leaves_unsure, before)) or _says_nothing(task, before, keys):
                self.unsure.add(task.name)
                continue
            entry = cache.get(key) if _lasting(task) else None
            if entry and (task.name not in installing or self._fresh(entry)):
                self.hits[task.name] = entry

    def _leaves_unsure(self, need: Task) -> bool:
        """Return whether what a task makes can be something else each time."""
        ours = need.stage in PREPARING and need.environment
        return need.name in self.unsure or not (need.inputs or ours)

    def _fresh(self, entry: CacheEntry) -> bool:
        return self.clock.now() - entry.created <= self.seconds

    def _needs_files(self, task: Task) -> bool:
        return bool(task.outputs) and (self.whole or task.workspace in self._running)


def unneeded(tasks: Sequence[Task], hits: Collection[str]) -> frozenset[str]:
    """Return the preparing tasks that nothing has to be prepared by, because the cache has it all."""
    if not hits:
        return frozenset()
    followers: dict[str, list[str]] = {task.name: [] for task in tasks}
    for task in tasks:
        for need in task.needs:
            followers[need].append(task.name)
    found: set[str] = set()
    for task in reversed(ordered(tasks)):
        behind = followers[task.name]
        if task.stage in PREPARING and behind and all(name in hits or name in found for name in behind):
            found.add(task.name)
    return frozenset(found)


def programs(task: Task) -> frozenset[str]:
    """Return the words of a task's commands that may name a program, whose version then matters."""
    return frozenset(word for command in task.commands for word in _words(command) if ENVIRONMENT not in word)


def _words(command: Command) -> Iterator[str]:
    """Yield the program itself, what is named by its place, and of a script every word that is no path."""
    for place, part in enumerate(command.argv):
        if part.startswith("/") or (place == 0 and "/" not in part):
            yield part
    if len(command.argv) > 1 and command.text == command.argv[-1]:
        yield from (word for word in WORD.findall(command.text) if "/" not in word or word.startswith("/"))


def _behind(tasks: Sequence[Task], names: Collection[str]) -> frozenset[str]:
    """Return the tasks that need one of these, however far before."""
    found: set[str] = set(names)
    for task in ordered(tasks):
        if not found.isdisjoint(task.needs):
            found.add(task.name)
    return frozenset(found)


def _says_nothing(task: Task, before: Sequence[Task], keys: Keys) -> bool:
    """Return whether the inputs of a task are no file of the project, and nothing that another made."""
    if not _lasting(task) or any(need.stage not in PREPARING for need in before):
        return False
    return not keys.chooses(task.inputs)


def _from_outside(task: Task) -> bool:
    """Return whether a task may bring what is newer another day: all that prepare but our environments."""
    return task.stage is Stage.INSTALL or (task.stage is Stage.SETUP and not task.environment)


def _lasting(task: Task) -> bool:
    """Return whether the outcome of such a task may be kept at all."""
    return bool(task.inputs) and not task.job and task.stage not in PREPARING


def _unchanged(task: Task, entry: CacheEntry, now: float) -> TaskResult:
    return TaskResult(
        name=task.name,
        status=TaskStatus.PASSED,
        cached=True,
        exit_code=0,
        started=now,
        log=task.name if entry.log else "",
        reason=f"unchanged since it passed in {entry.seconds:.1f} s",
        optional=task.optional,
    )
