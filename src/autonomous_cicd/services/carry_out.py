"""Carries out one task: its private copy, its environment, its commands, the cache, its log."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.pipeline import Command, Limits, Stage, Task, ordered
from autonomous_cicd.domain.run import StepResult, TaskResult, TaskStatus
from autonomous_cicd.domain.secrets import redact
from autonomous_cicd.errors import PortError
from autonomous_cicd.ports import (
    Cache,
    CacheEntry,
    Checkout,
    Clock,
    Execution,
    Files,
    Observer,
    Outcome,
    Runner,
    Workspace,
)
from autonomous_cicd.services.excerpt import excerpt
from autonomous_cicd.services.job import run_job
from autonomous_cicd.services.job_world import JobWorld
from autonomous_cicd.services.keys import Keys

__all__ = ["CarryOut"]

ENVIRONMENT = "{environment}"
"""Stands in a command for the folder of the task's interpreter environment."""


@dataclass(slots=True, kw_only=True)
class CarryOut:
    """Everything that the tasks of one run share."""

    run_id: str
    checkout: Checkout
    folder: Path
    """Private folder of the run; gone when it ended."""
    caches: Path
    """Folder of the project's caches, kept between runs."""
    runner: Runner
    workspace: Workspace
    cache: Cache | None
    """None: nothing is taken from the cache, nothing is kept."""
    cache_seconds: float
    """Age after which something installed from the network is not trusted to be the newest any more."""
    clock: Clock
    machine: Machine
    files: Files
    base_env: Mapping[str, str]
    """The user's environment, without anything that project code must not see."""
    furnish: Callable[[Mapping[str, str]], Mapping[str, str]]
    """Makes a private home, and an environment that points to it."""
    limits: Limits
    """The most that any task may have."""
    network: bool
    """Whether tasks in a sandbox reach the network."""
    observer: Observer
    hidden: tuple[str, ...] = ()
    """Values that must never be shown."""
    fingerprint: Callable[[Iterable[str]], Mapping[str, str]]
    """Tells what version of each program would be used."""
    keys: dict[str, str] = field(default_factory=dict)
    hits: dict[str, CacheEntry] = field(default_factory=dict)
    copies: dict[str, asyncio.Task[Path]] = field(default_factory=dict)
    own_env: Mapping[str, str] = field(default_factory=dict)
    wanted: frozenset[str] = frozenset()
    """Tasks whose outputs somebody needs who really runs."""
    changed: set[str] = field(default_factory=set)
    """Copies that differ from what was looked up, because somebody edited while they were made."""

    def look_up(self, tasks: Sequence[Task]) -> Collection[str]:
        """Find the tasks whose outcome is known already; return their names."""
        if self.cache is None or not any(task.inputs for task in tasks):
            return ()
        keys = Keys(self.workspace.hashes(self.checkout))
        versions = self.fingerprint({part for task in tasks for part in _programs(task)})
        installing: set[str] = set()
        for task in ordered(tasks):
            below = {f"needs {need}": self.keys[need] for need in task.needs if need in self.keys}
            own = {name: versions[name] for name in _programs(task) if name in versions}
            self.keys[task.name] = keys.of(task, versions={**own, **below}, env=self.base_env)
            if task.stage is Stage.INSTALL or installing.intersection(task.needs):
                installing.add(task.name)
            if task.inputs and task.stage not in (Stage.SETUP, Stage.INSTALL):
                entry = self.cache.get(self.keys[task.name])
                if entry and (task.name not in installing or self._fresh(entry)):
                    self.hits[task.name] = entry
        running = [task for task in tasks if task.name not in self.hits]
        self.wanted = frozenset(need for task in running for need in task.needs)
        return self.hits.keys()

    async def task(self, task: Task, needs: Mapping[str, TaskResult]) -> tuple[TaskResult, bytes]:
        """Carry out a task; return what became of it, and its log."""
        if task.name in self.hits and await self._restored(task):
            return self._from_cache(task)
        log = _Log(task, self.observer, self.hidden)
        started = self.clock.now()
        result = await (self._job(task, needs, log) if task.job else self._commands(task, log))
        text = log.close()
        seconds = self.clock.now() - started
        if result.status.bad and not result.excerpt:
            result = replace(result, excerpt=excerpt(text.decode("utf-8", "replace").splitlines()))
        result = replace(result, started=started, seconds=seconds, optional=task.optional)
        await self._keep(task, result, text)
        return replace(result, log=task.name if text else ""), text

    def env(self) -> Mapping[str, str]:
        """Return the environment of project code, with a private home made when it is first asked for."""
        if not self.own_env:
            self.own_env = self.furnish(self.base_env)
        return self.own_env

    async def copy(self, name: str) -> Path:
        """Return the private copy of that name, made when it is first asked for."""
        if name not in self.copies:
            self.copies[name] = asyncio.create_task(self._make_copy(name))
        return await asyncio.shield(self.copies[name])

    async def _make_copy(self, name: str) -> Path:
        to = self.folder / "work" / slug(name) / slug(self.checkout.root.name)
        to.parent.mkdir(parents=True, exist_ok=True)
        if await asyncio.to_thread(self.workspace.copy, self.checkout, to):
            self.changed.add(name)
        return to / self.checkout.prefix

    async def _commands(self, task: Task, log: _Log) -> TaskResult:
        """Execute the commands of a task until one fails."""
        root = await self.copy(task.workspace)
        env, environment = self._environment(task)
        limits = self._limits(task)
        steps: list[StepResult] = []
        for command in task.commands:
            if len(task.commands) > 1:
                self.observer.task_step(task, command.text)
            execution = Execution(
                argv=tuple(part.replace(ENVIRONMENT, environment) for part in command.argv),
                cwd=root / command.cwd,
                env={**env, **command.env} if command.env else env,
                limits=replace(limits, seconds=limits.seconds - sum(step.seconds for step in steps)),
                writable=(self.folder,),
                network=self.network,
            )
            outcome = await self.runner.run(execution, log.say)
            log.used(outcome)
            steps.append(_step(command, outcome, limits))
            if steps[-1].status is not TaskStatus.PASSED:
                break
        last = steps[-1]
        return TaskResult(
            name=task.name,
            status=last.status,
            exit_code=last.exit_code,
            reason=last.reason,
            steps=tuple(steps) if len(steps) > 1 else (),
            cpu_seconds=log.cpu_seconds,
            peak_memory=log.peak_memory,
        )

    async def _job(self, task: Task, needs: Mapping[str, TaskResult], log: _Log) -> TaskResult:
        """Carry out a job of a workflow file."""
        world = JobWorld(
            runner=self.runner,
            workspace=self.workspace,
            checkout=self.checkout,
            machine=self.machine,
            folder=self.folder / "jobs" / slug(task.name),
            artifacts=self.folder / "artifacts",
            caches=self.caches,
            base_env=self.env(),
            say=log.say,
            on_step=lambda step: self.observer.task_step(task, step),
            needs=needs,
            clock=self.clock,
            limits=self._limits(task),
            files=self.files,
            network=self.network,
        )
        return await run_job(task, world)

    def _environment(self, task: Task) -> tuple[Mapping[str, str], str]:
        """Return the whole environment of a task's commands, and its interpreter environment's folder."""
        base = self.env()
        if not task.environment:
            return ({**base, **task.env} if task.env else base), ""
        folder = str(self.folder / "environments" / slug(task.environment))
        path = f"{folder}/bin:{base.get('PATH', '')}"
        places = {"VIRTUAL_ENV": folder, "UV_PROJECT_ENVIRONMENT": folder, "PATH": path}
        return {**base, **places, **task.env}, folder

    def _limits(self, task: Task) -> Limits:
        """Return the limits of a task, narrowed to what the operator allows."""
        most, own = self.limits, task.limits
        memory = min((size for size in (most.memory, own.memory) if size), default=None)
        return Limits(
            seconds=min(own.seconds, most.seconds), memory=memory, output=min(own.output, most.output)
        )

    async def _restored(self, task: Task) -> bool:
        """Put the files of a cached task where a later one wants them; False when they are gone."""
        if not (self.cache and task.outputs and task.name in self.wanted):
            return True
        try:
            root = await self.copy(task.workspace)
            await asyncio.to_thread(self.cache.restore, self.keys[task.name], root)
        except PortError:
            return False
        return True

    def _from_cache(self, task: Task) -> tuple[TaskResult, bytes]:
        """Return what the cache knows."""
        entry = self.hits[task.name]
        return TaskResult(
            name=task.name,
            status=TaskStatus.PASSED,
            seconds=0.0,
            cached=True,
            exit_code=0,
            started=self.clock.now(),
            log=task.name if entry.log else "",
            reason=f"unchanged since it passed in {entry.seconds:.1f} s",
            optional=task.optional,
        ), entry.log

    async def _keep(self, task: Task, result: TaskResult, log: bytes) -> None:
        """Keep what a task made for the next time nothing changed."""
        key = self.keys.get(task.name)
        if not (self.cache and key and task.inputs and result.status is TaskStatus.PASSED) or task.job:
            return
        if task.workspace in self.changed:
            return
        entry = CacheEntry(seconds=result.seconds, created=self.clock.now(), log=log)
        root = await self.copy(task.workspace)
        made = await asyncio.to_thread(self.workspace.find, root, task.outputs) if task.outputs else ()
        await asyncio.to_thread(self.cache.put, key, entry, root, made)

    def _fresh(self, entry: CacheEntry) -> bool:
        return self.clock.now() - entry.created <= self.cache_seconds


@dataclass(slots=True)
class _Log:
    """What a task prints: kept for the store, and shown line by line as it comes."""

    task: Task
    observer: Observer
    hidden: tuple[str, ...]
    chunks: list[bytes] = field(default_factory=list)
    rest: bytes = b""
    cpu_seconds: float = 0.0
    peak_memory: int = 0

    def say(self, chunk: bytes) -> None:
        """Take what was printed."""
        self.chunks.append(chunk)
        lines, newline, self.rest = (self.rest + chunk).rpartition(b"\n")
        if newline:
            self._show(lines + newline)

    def used(self, outcome: Outcome) -> None:
        """Add up what was used."""
        self.cpu_seconds += outcome.cpu_seconds
        self.peak_memory = max(self.peak_memory, outcome.peak_memory)

    def close(self) -> bytes:
        """Return everything that was printed, without secrets."""
        if self.rest:
            self._show(self.rest)
        whole = b"".join(self.chunks)
        if not self.hidden or not whole:
            return whole
        return redact(whole.decode("utf-8", "surrogateescape"), self.hidden).encode(
            "utf-8", "surrogateescape"
        )

    def _show(self, lines: bytes) -> None:
        text = lines.decode("utf-8", "replace")
        self.observer.task_output(self.task, redact(text, self.hidden) if self.hidden else text)


def slug(name: str) -> str:
    """Return a name that is safe as the name of a folder."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "project"


def _step(command: Command, outcome: Outcome, limits: Limits) -> StepResult:
    status, reason = TaskStatus.PASSED, ""
    if outcome.timed_out:
        status, reason = TaskStatus.TIMED_OUT, f"it took longer than {limits.seconds / 60:g} minutes"
    elif outcome.exit_code:
        status, reason = TaskStatus.FAILED, outcome.reason or f"exit code {outcome.exit_code}"
    return StepResult(
        name=command.text,
        status=status,
        seconds=outcome.seconds,
        exit_code=outcome.exit_code,
        reason=reason,
        command=command.text,
    )


def _programs(task: Task) -> frozenset[str]:
    """Return what decides the versions a task uses: its programs, and whatever it names by its place."""
    return frozenset(
        part
        for command in task.commands
        for place, part in enumerate(command.argv)
        if (place == 0 or part.startswith("/")) and ENVIRONMENT not in part
    )
