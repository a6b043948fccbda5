"""Carries out one task: its private copy, its environment, its commands, its log."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path

from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.pipeline import Command, Limits, Stage, Task
from autonomous_cicd.domain.run import StepResult, TaskResult, TaskStatus
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.errors import AutonomousCicdError, PortError, UsageError
from autonomous_cicd.ports import Checkout, Clock, Execution, Files, Observer, Outcome, Runner, Workspace
from autonomous_cicd.services.known import ENVIRONMENT, Known
from autonomous_cicd.services.live import LiveDiagnosis
from autonomous_cicd.services.task_failures import Diagnose, diagnosed
from autonomous_cicd.services.task_log import OUT_OF_TIME, TaskLog, without_secrets
from autonomous_cicd.values import dataclass

__all__ = ["CarryJob", "CarryOut", "said", "slug", "span"]

LONGEST = 64
"""Characters of the name of a folder."""

CarryJob = Callable[
    ["CarryOut", Task, Mapping[str, TaskResult], TaskLog],
    Awaitable[TaskResult],
]
"""Carries out a task of a kind of its own: a job of a workflow file, a test suite."""


@dataclass(slots=True, kw_only=True)
class CarryOut:
    """Everything that the tasks of one run share."""

    checkout: Checkout
    folder: Path
    """Private folder of the run; gone when it ended."""
    caches: Path
    """Folder of the project's caches, kept between runs."""
    pythons: Path
    """Folder of what the interpreters of the machine bring along, kept for all projects."""
    runner: Callable[[], Runner]
    workspace: Workspace
    known: Known
    clock: Clock
    look: Callable[[], Machine]
    """Finds out what the computer has."""
    files: Files
    base_env: Mapping[str, str]
    """The user's environment, without anything that project code must not see."""
    furnish: Callable[[Mapping[str, str]], Mapping[str, str]]
    """Makes a private home, and an environment that points to it."""
    job: CarryJob
    suite: CarryJob | None
    """Carries out a test suite that may be split; None: suites are run as they are."""
    read: Callable[[Path], str]
    """Reads a file that a task made, within limits."""
    excerpt: Callable[[Sequence[str]], tuple[str, ...]]
    """Picks the lines of a log that matter."""
    diagnose: Diagnose
    """Tells why a task failed."""
    limits: Limits
    """The most that any task may have."""
    network: bool
    """Whether tasks in a sandbox reach the network."""
    observer: Observer
    hidden: tuple[str, ...] = ()
    """Values that must never be shown."""
    writable: tuple[Path, ...] = ()
    """Folders besides the private one that tasks in a sandbox may write to."""
    scratch: Path | None = None
    """On a runner of a code host, a folder in its own temporary one, for those of the jobs."""
    copies: dict[str, asyncio.Task[Path]] = field(default_factory=dict)
    _env: Mapping[str, str] = field(default_factory=dict)

    def log(self, task: Task) -> TaskLog:
        """Return an empty log for a task."""
        live = LiveDiagnosis(
            task=task,
            observer=self.observer,
            run_id=self.folder.name,
            diagnose=self.diagnose,
            now=self.clock.now,
        )
        return TaskLog(task, self.observer, self.hidden, live=live)

    async def task(
        self, task: Task, needs: Mapping[str, TaskResult], log: TaskLog
    ) -> tuple[TaskResult, bytes]:
        """Carry out a task; return what became of it, and its log. What the world refuses makes it fail."""
        started = self.clock.now()
        try:
            if task.name in self.known.hits and (found := await self._from_cache(task)):
                return found
            if task.job:
                result = without_secrets(await self.job(self, task, needs, log), self.hidden)
            elif self.suite and task.stage is Stage.TEST and task.environment:
                result = await self.suite(self, task, needs, log)
            else:
                result = await self.commands(task, log)
        except (AutonomousCicdError, OSError) as error:
            result = TaskResult(
                name=task.name, status=TaskStatus.FAILED, reason=said(error), optional=task.optional
            )
        text = log.close()
        if log.live:
            await log.live.end()
        result = replace(
            result,
            started=started,
            seconds=self.clock.now() - started,
            log=task.name if text else "",
            excerpt=result.excerpt or self._excerpt(result, text),
        )
        if result.status.bad and text:
            result = await asyncio.to_thread(diagnosed, result, text, self.folder.name, self.diagnose)
        if task.name in self.known.keys and result.status is TaskStatus.PASSED and not task.job:
            await self.known.keep(task, result, text, await self.copy(task.workspace))
        return result, text

    def env(self) -> Mapping[str, str]:
        """Return the environment of project code, with a private home made when it is first asked for."""
        if not self._env:
            self._env = self.furnish(self.base_env)
        return self._env

    def limits_of(self, task: Task) -> Limits:
        """Return the limits of a task, narrowed to what the operator allows."""
        most, own = self.limits, task.limits
        memory = min((size for size in (most.memory, own.memory) if size), default=None)
        return Limits(
            seconds=min(own.seconds, most.seconds), memory=memory, output=min(own.output, most.output)
        )

    async def copy(self, name: str) -> Path:
        """Return the private copy of that name, made when it is first asked for."""
        making = self.copies.get(name)
        if making is None:
            making = self.copies[name] = asyncio.create_task(self._make_copy(name))
        return making.result() if making.done() else await asyncio.shield(making)

    async def close(self) -> None:
        """Wait until nothing is being copied any more."""
        await asyncio.gather(*self.copies.values(), return_exceptions=True)

    def _excerpt(self, result: TaskResult, text: bytes) -> tuple[str, ...]:
        """Return the lines that matter of a failed task's log."""
        if not text or not result.status.bad:
            return ()
        return self.excerpt(text.decode("utf-8", "replace").splitlines())

    async def _make_copy(self, name: str) -> Path:
        to = self.folder / "work" / slug(name) / _plain(self.checkout.root.name)
        to.parent.mkdir(parents=True, exist_ok=True)
        self.known.changed.update(await asyncio.to_thread(self.workspace.copy, self.checkout, to))
        return to / self.checkout.prefix

    async def _from_cache(self, task: Task) -> tuple[TaskResult, bytes] | None:
        """Restore what a task made that need not be run; None when it has to be, after all."""
        root = await self.copy(task.workspace)
        try:
            return await self.known.restored(task, root)
        except PortError as error:
            if self.known.could_run(task):
                return None
            hint = "run it again: what was damaged is forgotten now"
            raise UsageError(f"what it made when it passed cannot be restored: {error}", hint=hint) from None

    async def commands(self, task: Task, log: TaskLog) -> TaskResult:
        """Execute the commands of a task until one fails."""
        root = await self.copy(task.workspace)
        env, environment = self._environment(task)
        limits = self.limits_of(task)
        outcomes: list[tuple[Command, Outcome]] = []
        left = limits
        for command in task.commands:
            if len(task.commands) > 1:
                self.observer.task_step(task, command.text)
            execution = Execution(
                argv=_argv(command, environment),
                cwd=root / command.cwd,
                env={**env, **command.env} if command.env else env,
                limits=left,
                writable=(self.folder, *self.writable),
                network=self.network,
            )
            outcome = await self.runner().run(execution, log.say)
            outcomes.append((command, outcome))
            if outcome.timed_out:
                log.say(f"\n{OUT_OF_TIME}\n".encode())
            if outcome.exit_code or outcome.timed_out:
                break
            left = replace(left, seconds=left.seconds - outcome.seconds) if len(task.commands) > 1 else left
        return _result(task, outcomes, limits)

    def _environment(self, task: Task) -> tuple[Mapping[str, str], str]:
        """Return the whole environment of a task's commands, and its interpreter environment's folder."""
        base = self.env()
        if not task.environment:
            return ({**base, **task.env} if task.env else base), ""
        folder = str(self.folder / "environments" / slug(task.environment))
        path = f"{folder}/bin:{base.get('PATH', '')}"
        places = {"VIRTUAL_ENV": folder, "UV_PROJECT_ENVIRONMENT": folder, "PATH": path}
        return {**base, **places, **task.env}, folder


def slug(name: str) -> str:
    """Return a name that is safe as that of a folder, another one for each name."""
    plain = _plain(name)
    return (
        plain if plain == name else f"{plain[:40]}-{zlib.crc32(name.encode('utf-8', 'surrogateescape')):08x}"
    )


def span(seconds: float) -> str:
    """Return a limit of time as a person says it."""
    return f"{seconds:g} s" if seconds < 120 else f"{seconds / 60:g} minutes"


def said(error: Exception) -> str:
    """Return in one line what went wrong, and what helps."""
    hint = getattr(error, "hint", "")
    return printable_line(f"{error} ({hint})" if hint else str(error), 1000)


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:LONGEST] or "project"


def _argv(command: Command, environment: str) -> tuple[str, ...]:
    if not environment:
        return command.argv
    return tuple(part.replace(ENVIRONMENT, environment) for part in command.argv)


def _result(task: Task, outcomes: Sequence[tuple[Command, Outcome]], limits: Limits) -> TaskResult:
    """Return what became of a task by what became of its commands, the last of which decides."""
    last = outcomes[-1][1]
    status, reason = _judged(last, limits)
    steps: tuple[StepResult, ...] = ()
    if len(task.commands) > 1:
        steps = tuple(_step(command, outcome, limits) for command, outcome in outcomes)
    return TaskResult(
        name=task.name,
        status=status,
        seconds=sum(outcome.seconds for _, outcome in outcomes),
        exit_code=last.exit_code,
        reason=reason,
        steps=steps,
        cpu_seconds=sum(outcome.cpu_seconds for _, outcome in outcomes),
        peak_memory=max(outcome.peak_memory for _, outcome in outcomes),
        optional=task.optional,
    )


def _step(command: Command, outcome: Outcome, limits: Limits) -> StepResult:
    status, reason = _judged(outcome, limits)
    return StepResult(
        name=command.text,
        status=status,
        seconds=outcome.seconds,
        exit_code=outcome.exit_code,
        reason=reason,
        command=command.text,
    )


def _judged(outcome: Outcome, limits: Limits) -> tuple[TaskStatus, str]:
    if outcome.timed_out:
        return TaskStatus.TIMED_OUT, f"it took longer than {span(limits.seconds)}"
    if outcome.exit_code:
        return TaskStatus.FAILED, outcome.reason or f"exit code {outcome.exit_code}"
    return TaskStatus.PASSED, ""
