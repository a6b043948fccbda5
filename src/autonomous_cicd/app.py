"""App: the composition root, and the journeys as methods."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import importlib
import os
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from autonomous_cicd import sealed
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.pipeline import Task
from autonomous_cicd.domain.run import GateResult, Run, RunStatus, TaskResult
from autonomous_cicd.errors import UsageError
from autonomous_cicd.ports import (
    Cache,
    Checkout,
    Clock,
    Files,
    Machines,
    Meter,
    Observer,
    Runner,
    Store,
    Workspace,
)
from autonomous_cicd.services.budget import Budget
from autonomous_cicd.services.carry_out import CarryOut
from autonomous_cicd.services.gates import judge
from autonomous_cicd.services.plan import Planned, make_plan
from autonomous_cicd.services.run import Order, execute
from autonomous_cicd.services.wishes import gate_wishes, missing_deployment, pipeline_wishes, task_limits
from autonomous_cicd.settings.load import Settings, load

__all__ = ["App", "Request"]

DEAD = 60.0
"""Seconds without a sign of life after which a run is taken for dead."""
DAY = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asks to be planned or run."""

    path: Path
    source: str = ""
    """Where the pipeline is taken from; empty: as the settings say."""
    workflow: str = ""
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    jobs: int = 0
    """Exactly so many tasks at once; 0: as the settings and the machine allow."""


class App:
    """Settings and adapters, and what can be done with them. Adapters are made when first asked for."""

    def __init__(self, settings: Settings, *, environment: Mapping[str, str], **adapters: Any) -> None:
        """Take the settings, the environment we were started in, and adapters that replace the real ones."""
        self.settings = settings
        self.environment = environment
        self.__dict__.update(adapters)  # a cached property that has a value is not computed

    @classmethod
    def open(
        cls,
        project: Path | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        overrides: Mapping[str, object] | None = None,
    ) -> App:
        """Return an App for a project's folder, with the settings of its file and of the operator."""
        known = dict(os.environ) if environment is None else environment
        return cls(load(project, environment=known, overrides=overrides), environment=known)

    @cached_property
    def state(self) -> Path:
        """The folder in which everything of ours is kept."""
        return self.settings.state_dir

    @cached_property
    def clock(self) -> Clock:
        """Tells the time."""
        found: Clock = _adapter("clock").SystemClock()
        return found

    @cached_property
    def store(self) -> Store:
        """Remembers runs."""
        own = self.settings.integrations.database
        found: Store = _adapter("database").open_store(
            own.url, self.state, self.clock, keep_days=own.keep_days, keep_bytes=own.max_size
        )
        return found

    @cached_property
    def workspace(self) -> Workspace:
        """Looks at checkouts and copies them."""
        found: Workspace = _adapter("git").GitWorkspace()
        return found

    @cached_property
    def runner(self) -> Runner:
        """Executes project code."""
        if self.settings.runner.value == "process":
            plain: Runner = _adapter("process").ProcessRunner()
            return plain
        readable = {Path(one.path).parents[1] for one in self.machine.interpreters}
        sandbox: Runner = _adapter("sandbox").SandboxRunner(readable=readable)
        return sandbox

    @cached_property
    def machines(self) -> Machines:
        """Finds out what this computer has."""
        found: Machines = _adapter("machine").LocalMachines(self.environment)
        return found

    @cached_property
    def machine(self) -> Machine:
        """What this computer has."""
        return self.machines.look()

    @cached_property
    def meter(self) -> Meter:
        """Measures how busy this computer is."""
        found: Meter = _adapter("meter").LocalMeter()
        return found

    @cached_property
    def cache(self) -> Cache | None:
        """Keeps what tasks made; None when it is turned off."""
        return _adapter("cache").FolderCache(self.state / "cache") if self.settings.pipeline.cache else None

    def files(self, checkout: Checkout) -> Files:
        """Return the files of a checkout."""
        found: Files = _adapter("files").ProjectFiles(checkout.root, checkout.files)
        return found

    def plan(self, request: Request) -> Planned:
        """Find out what a project is and what would be run. Executes nothing of it."""
        return self._plan(self.workspace.checkout(request.path), request)

    async def run(self, request: Request, observer: Observer, *, stop: asyncio.Event | None = None) -> Run:
        """Run a project's pipeline in private copies; setting `stop` ends it in order."""
        checkout = self.workspace.checkout(request.path)
        return await self.run_plan(
            checkout, self._plan(checkout, request), observer, jobs=request.jobs, stop=stop
        )

    async def run_plan(
        self,
        checkout: Checkout,
        planned: Planned,
        observer: Observer,
        *,
        jobs: int = 0,
        stop: asyncio.Event | None = None,
    ) -> Run:
        """Run what was planned for a checkout."""
        self.clear_away_the_dead()
        run = self._new_run(checkout, planned)
        folder = self.state / "runs" / run.id
        try:
            order = Order(
                run=run,
                pipeline=planned.pipeline,
                carry_out=self._carry_out(run, checkout, folder, observer),
                budget=self._budget(planned, jobs),
                gates=functools.partial(self._gates, run.id, checkout, folder),
                store=self.store,
                observer=observer,
                clock=self.clock,
                stop=stop or asyncio.Event(),
            )
            run = await execute(order)
        finally:
            await self.runner.close()
            await asyncio.to_thread(self.workspace.remove, folder)
            self.store.flush()
        observer.ended(run)
        return run

    def approve(self, path: Path, environment: str, commit: str) -> str:
        """Keep a person's approval to deploy a commit of a project, by default HEAD; return the commit."""
        checkout = self.workspace.checkout(path)
        if not checkout.commit.startswith(commit) or not checkout.commit:
            raise UsageError(f"{commit or 'a project without commits'} is not what is checked out in {path}")
        self.store.approve(str(checkout.root), environment, checkout.commit, self.clock.now())
        return checkout.commit

    def close(self) -> None:
        """Let go of what is open."""
        if "store" in self.__dict__:
            self.store.close()

    def _plan(self, checkout: Checkout, request: Request) -> Planned:
        wishes = pipeline_wishes(self.settings)
        wishes = replace(
            wishes,
            source=request.source or wishes.source,
            workflow=request.workflow,
            only=request.only,
            skip=request.skip,
            jobs=request.jobs or wishes.jobs,
        )
        optimise = self.settings.pipeline.enable_optimization
        seconds = self.store.durations(str(checkout.root)) if optimise else {}
        planned = make_plan(checkout, self.files(checkout), self.machine, wishes, seconds=seconds)
        missing = tuple(missing_deployment(self.settings))
        skipped = (*planned.pipeline.skipped, *missing)
        return replace(planned, pipeline=replace(planned.pipeline, skipped=skipped))

    def _new_run(self, checkout: Checkout, planned: Planned) -> Run:
        now = self.clock.now()
        return Run(
            id=f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(now))}-{secrets.token_hex(3)}",
            project=str(checkout.root),
            pipeline=planned.pipeline.id,
            source=planned.pipeline.source.value,
            status=RunStatus.RUNNING,
            commit=checkout.commit,
            branch=checkout.branch,
            dirty=checkout.dirty,
            started=now,
            skipped=planned.pipeline.skipped,
        )

    def _carry_out(self, run: Run, checkout: Checkout, folder: Path, observer: Observer) -> CarryOut:
        allowed = self.settings.pipeline.environment
        project = hashlib.sha256(os.fsencode(checkout.root)).hexdigest()[:16]
        clean = sealed.clean(self.environment, allowed)
        path = clean.get("PATH", "")
        return CarryOut(
            run_id=run.id,
            checkout=checkout,
            folder=folder,
            caches=self.state / "caches" / project,
            runner=self.runner,
            workspace=self.workspace,
            cache=self.cache,
            cache_seconds=DAY,
            clock=self.clock,
            machine=self.machine,
            files=self.files(checkout),
            base_env=clean,
            furnish=self._furnish(folder),
            limits=task_limits(self.settings),
            network=self.settings.pipeline.network,
            observer=observer,
            hidden=self._hidden(),
            fingerprint=lambda names: _fingerprints(names, path),
        )

    def _furnish(self, folder: Path) -> Callable[[Mapping[str, str]], Mapping[str, str]]:
        furnish: Callable[..., Mapping[str, str]] = _adapter("home").furnish
        return functools.partial(furnish, folder / "home", self.state / "downloads", self.environment)

    def _budget(self, planned: Planned, jobs: int) -> Budget:
        limits = self.settings.pipeline.resource_limits
        return Budget(
            meter=self.meter,
            clock=self.clock,
            ordering=planned.pipeline.ordering,
            cores=min(limits.cpu or self.machine.cores, self.machine.cores),
            jobs=jobs or planned.pipeline.jobs,
            fixed=bool(jobs),
        )

    def _gates(
        self, run_id: str, checkout: Checkout, folder: Path, tasks: Sequence[tuple[Task, TaskResult]]
    ) -> tuple[GateResult, ...]:
        wishes = gate_wishes(self.settings)
        if not wishes.any:
            return ()
        self.store.flush()
        evidence = _adapter("evidence").RunEvidence(
            tasks,
            log=functools.partial(self.store.log, run_id),
            copies=tuple((folder / "work").glob("*/*")),
            environments=folder / "environments",
            workspace=self.workspace,
            files=self.files(checkout),
        )
        return judge(wishes, evidence, store=self.store, project=str(checkout.root), now=self.clock.now())

    def _hidden(self) -> tuple[str, ...]:
        """Return the values that must never be shown: of our settings, and of the environment."""
        own = [secret.reveal() for secret in self.settings.secrets()]
        others = [value for name, value in self.environment.items() if sealed.looks_secret(name, value)]
        return tuple(dict.fromkeys([*own, *others]))

    def clear_away_the_dead(self) -> None:
        """Mark runs whose process died as lost, and remove what they left."""
        for run_id in self.store.bury(self.clock.now() - DEAD):
            self.workspace.remove(self.state / "runs" / run_id)


def _adapter(name: str) -> Any:
    """Load an adapter by the name of its file, when it is first needed."""
    return importlib.import_module(f"autonomous_cicd.adapters.{name}")


def _fingerprints(names: Iterable[str], path: str) -> Mapping[str, str]:
    found: Mapping[str, str] = _adapter("programs").fingerprints(names, path)
    return found
