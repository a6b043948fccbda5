"""Ward: runs a project with changes, in private copies, and lets remedies try things there."""

from __future__ import annotations

import asyncio
import functools
import math
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from autonomous_cicd.cases import Case, Copies, Past, Ran, Tried
from autonomous_cicd.domain.brief import Brief
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.patch import NOTHING, Patch
from autonomous_cicd.domain.pipeline import Limits, Pipeline, Stage, Task
from autonomous_cicd.domain.run import Run, RunStatus, TaskResult, TaskStatus
from autonomous_cicd.domain.text import printable
from autonomous_cicd.errors import DocumentError, NotFound, UsageError
from autonomous_cicd.ports import (
    Agent,
    Checkout,
    Execution,
    Files,
    Observer,
    Packages,
    Runner,
    Store,
    Workspace,
)
from autonomous_cicd.services.by_workflow import of_file
from autonomous_cicd.services.carry_out import CarryOut, slug
from autonomous_cicd.services.instead import instead
from autonomous_cicd.services.patched_files import PatchedFiles
from autonomous_cicd.services.plan import Planned
from autonomous_cicd.services.report import as_in_project
from autonomous_cicd.values import dataclass

__all__ = ["House", "Ward"]

MISSING = 127
"""What a shell says when there is nothing of that name."""


class House(Protocol):
    """What the ward needs of an App whose checkouts are private copies of one project."""

    store: Store
    machine: Machine
    workspace: Workspace
    runner: Runner

    def plan_copy(self, checkout: Checkout, only: str) -> Planned:
        """Plan the run of a private copy, or of one task of it."""
        ...

    async def run_plan(
        self,
        checkout: Checkout,
        planned: Planned,
        observer: Observer,
        *,
        stop: asyncio.Event | None = None,
        at_end: Callable[[Path], None] | None = None,
    ) -> Run:
        """Run what was planned."""
        ...

    def carry_out(self, checkout: Checkout, folder: Path, observer: Observer) -> CarryOut:
        """Return what tasks share."""
        ...

    def files(self, checkout: Checkout) -> Files:
        """Return the files of a checkout."""
        ...


@dataclass(slots=True, kw_only=True)
class Ward:
    """Private copies of one checkout. Implements `cases.Ward`."""

    house: House
    checkout: Checkout
    folder: Path
    copies: Copies
    past: Past
    packages: Packages
    agent: Agent | None
    clinic: Any
    """Tells why logs are red: see `clinic.Clinic`."""
    observer: Observer
    stop: asyncio.Event
    file: str = ""
    """The only workflow file that is run; empty: all of them."""
    base: Patch = NOTHING
    """What was proven for other workflow files: every patch is on top of it."""
    seconds: float = math.inf
    """The most that one run may take."""

    def within(self, file: str, base: Patch, seconds: float = math.inf) -> Ward:
        """Return the same for one workflow file, on top of a patch."""
        return replace(self, file=file, base=base, seconds=seconds)

    async def copy(self, patch: Patch) -> Checkout:
        """Return a private copy with a patch."""
        return await asyncio.to_thread(self.copies.make, self.checkout, self.base.then(patch))

    async def run(self, patch: Patch, *, only: str = "") -> Ran:
        """Run the pipeline, or one task with what it needs, with a patch.

        Raises Conflict when that does not fit.
        """
        return (await self.run_changed(patch, only=only))[0]

    async def run_changed(
        self, patch: Patch, *, only: str = "", changed: Callable[[Pipeline], Pipeline] | None = None
    ) -> tuple[Ran, Patch]:
        """Run a changed pipeline with a patch; return also what the task wrote of the project's files."""
        copy = await self.copy(patch)
        wrote = [NOTHING]

        def look(folder: Path) -> None:
            """See what the task wrote, before it is removed."""
            tasks = planned.pipeline.tasks  # none at all when no workflow file can be read
            if changed and tasks and (place := _place(folder, copy, tasks[-1])):
                wrote[0] = self.copies.changes(copy, place)

        try:
            planned = self.house.plan_copy(copy, only)
            if self.file and not only:
                pipeline = of_file(planned.pipeline, self.file)
                pipeline = replace(pipeline, seconds=min(pipeline.seconds, self.seconds))
                planned = replace(planned, pipeline=pipeline)
            if changed:
                planned = replace(planned, pipeline=changed(planned.pipeline))
            run = await self.house.run_plan(copy, planned, self.observer, stop=self.stop, at_end=look)
        except DocumentError as error:
            return self.refused(error), NOTHING
        except UsageError as error:  # with the change there is no such task any more, or no pipeline at all
            return self.refused(DocumentError(str(error), hint=error.hint)), NOTHING
        finally:
            await asyncio.to_thread(self.copies.remove, copy)
        return Ran(run=run, pipeline=planned.pipeline, logs=self.logs(run)), wrote[0]

    def logs(self, run: Run, store: Store | None = None) -> Mapping[str, str]:
        """Return what the tasks of a run printed, without secrets."""
        found: dict[str, str] = {}
        for task in run.tasks:
            if task.log:
                try:
                    raw = (store or self.house.store).log(run.id, task.log)
                except NotFound:
                    continue
                found[task.name] = as_in_project(printable(self.clinic.shown(raw)), run.id)
        return found

    def refused(self, error: DocumentError) -> Ran:
        """Return as a red run that a file of the project is not what it should be."""
        return Ran(run=_refused(self.checkout, error), pipeline=None, refusal=error)

    def diagnose(self, log: str, step: str) -> tuple[Failure, ...]:
        """Return why a log is red, the root cause first."""
        found: tuple[Failure, ...] = self.clinic.one(log.encode(), failed=True, step=step).failures
        return found

    def case(self, ran: Ran, failure: Failure, task: str, patch: Patch) -> Case:
        """Return a failure of a run with that patch as a case for the remedies."""
        tasks = ran.pipeline.tasks if ran.pipeline else ()
        planned = next((one for one in tasks if one.name == task), Task(name=task, stage=Stage.WORKFLOW))
        nothing = TaskResult(name=task, status=TaskStatus.FAILED, reason=ran.run.reason)
        result = next((one for one in ran.run.tasks if one.name == task), nothing)
        whole = self.base.then(patch)
        files = PatchedFiles(self.house.files(self.checkout), whole)
        return Case(
            failure=failure,
            task=planned,
            result=result,
            log=ran.logs.get(task, ran.run.reason),
            files=files,
            executable=functools.partial(self._executable, whole),
            machine=self.house.machine,
            bench=_Bench(self, planned, result, patch),
            failures=result.failures or (failure,),
        )

    def _executable(self, patch: Patch, name: str) -> bool:
        for change in patch:
            if change.name == name:
                return change.executable
        path = self.checkout.root / name
        return path.is_file() and not path.is_symlink() and bool(path.stat().st_mode & 0o100)


class _Bench:
    """Private copies in which a remedy tries things. Implements `cases.Bench`."""

    def __init__(self, ward: Ward, task: Task, result: TaskResult, patch: Patch) -> None:
        self._ward = ward
        self._task = task
        self._result = result
        self._patch = patch
        self._checked: dict[str, Tried] = {}

    @property
    def _only(self) -> str:
        """The task that is run; "" for all: it is a file or a gate that stands for the task."""
        return self._task.name if self._task.commands or self._task.job else ""

    @property
    def past(self) -> Past:
        """The project's history."""
        return self._ward.past

    @property
    def packages(self) -> Packages:
        """What the package indexes know."""
        return self._ward.packages

    async def check(self, patch: Patch) -> Tried:
        """Run the failing task (and what it needs) with a patch; the same patch is run only once."""
        known = self._checked.get(patch.id)
        if known is None:
            ran, _ = await self._ward.run_changed(self._patch.then(patch), only=self._only)
            known = self._checked[patch.id] = _tried(ran, self._task.name, NOTHING)
        return known

    async def instead(self, script: str, patch: Patch = NOTHING) -> Tried:
        """Run the failing task up to the step that failed, then this shell script in its place."""
        changed = functools.partial(instead, name=self._task.name, result=self._result, script=script)
        ran, wrote = await self._ward.run_changed(self._patch.then(patch), only=self._only, changed=changed)
        return _tried(ran, self._task.name, wrote)

    async def ask(self, brief: Brief) -> Tried:
        """Let the agent work in a private copy."""
        ward = self._ward
        if ward.agent is None:
            raise NotFound("no agent is configured", hint="set integrations.agent.command")
        untouched = await ward.copy(self._patch)
        copy = await ward.copy(self._patch)
        try:
            reply = await ward.agent.ask(brief, copy.root)
            wrote = await asyncio.to_thread(ward.copies.changes, untouched, copy.root)
        finally:
            for one in (untouched, copy):
                await asyncio.to_thread(ward.copies.remove, one)
        return Tried(exit_code=0, log=ward.clinic.shown(reply.text.encode()), changed=wrote)

    async def execute(
        self,
        *argv: str,
        patch: Patch = NOTHING,
        env: Mapping[str, str] | None = None,
        folder: str = ".",
        seconds: float = 300.0,
    ) -> Tried:
        """Execute a program of this machine in a private copy."""
        ward = self._ward
        whole = self._patch.then(patch)
        untouched = await ward.copy(whole)
        copy = await ward.copy(whole)
        home = ward.folder / f"home-{secrets.token_hex(4)}"  # several may be executed at once
        carry = ward.house.carry_out(copy, home, ward.observer)
        printed: list[bytes] = []
        try:
            outcome = await carry.runner().run(
                Execution(
                    argv=argv,
                    cwd=copy.root / folder,
                    env={**carry.env(), **(env or {})},
                    limits=Limits(seconds=seconds),
                    writable=(copy.root, home, *carry.writable),
                ),
                printed.append,
            )
            wrote = await asyncio.to_thread(ward.copies.changes, untouched, copy.root)
        finally:
            await asyncio.to_thread(ward.copies.remove, untouched)
            await asyncio.to_thread(ward.copies.remove, copy)
            await asyncio.to_thread(ward.house.workspace.remove, home)
        log = printable(ward.clinic.shown(b"".join(printed)))
        code = outcome.exit_code or (MISSING if outcome.timed_out else 0)
        return Tried(exit_code=code, log=log, changed=wrote)


def _tried(ran: Ran, task: str, wrote: Patch) -> Tried:
    """Return what became of a task in a run of it alone."""
    if ran.refusal:
        return Tried(exit_code=2, log=str(ran.refusal))
    result = next((one for one in ran.run.tasks if one.name == task), None)
    if result is None:
        passed = ran.run.status is RunStatus.PASSED
        return Tried(exit_code=0 if passed else MISSING, log=ran.run.reason)
    code = 0 if result.status is TaskStatus.PASSED else result.exit_code or 1
    return Tried(
        exit_code=code, log=ran.logs.get(task, result.reason), changed=wrote, failures=result.failures
    )


def _place(folder: Path, copy: Checkout, task: Task) -> Path | None:
    """Return where the project of a task stands in the private folder of its run."""
    if task.job:
        found = [*(folder / "jobs" / slug(task.name) / "work").glob("*/*")]
    else:
        found = [*(folder / "work" / slug(task.workspace)).glob("*")]
    places = [place / copy.prefix for place in sorted(found) if not place.parent.name.startswith("_")]
    return next((place for place in places if place.is_dir() and not place.is_symlink()), None)


def _refused(checkout: Checkout, error: DocumentError) -> Run:
    """Return the run of a project whose files say nothing that could be run."""
    return Run(
        id="",
        project=str(checkout.root),
        pipeline="",
        source="",
        status=RunStatus.FAILED,
        commit=checkout.commit,
        branch=checkout.branch,
        dirty=checkout.dirty,
        reason=str(error),
    )
