"""App: the composition root, and the journeys as methods."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from autonomous_cicd import sealed
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.pipeline import Source, Task
from autonomous_cicd.domain.run import GateResult, Run, RunStatus, TaskResult
from autonomous_cicd.errors import NotFound, UsageError
from autonomous_cicd.lazy import (
    adapter,
    carry_job,
    carry_tests,
    ceilings,
    clinic,
    copies,
    diagnose,
    excerpt,
    expand,
    fingerprints,
    furnish,
    read,
    service,
)
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
from autonomous_cicd.services.deployment import approvable
from autonomous_cicd.services.known import Known
from autonomous_cicd.services.mentioned import mentioned
from autonomous_cicd.services.plan import Planned, Sources, make_plan
from autonomous_cicd.services.planned_run import new_run
from autonomous_cicd.services.request import Request
from autonomous_cicd.services.run import Order, execute
from autonomous_cicd.services.wishes import gate_wishes, missing_deployment, pipeline_wishes, task_limits
from autonomous_cicd.services.with_coverage import with_coverage
from autonomous_cicd.settings.load import Settings, load

__all__ = ["App", "Request"]

DEAD = 60.0
"""Seconds without a sign of life after which a run is taken for dead."""


class App:
    """Settings and adapters, and what can be done with them. Adapters are made when first asked for."""

    def __init__(self, settings: Settings, *, environment: Mapping[str, str], **adapters: Any) -> None:
        """Take the settings, the environment we were started in, and adapters that replace the real ones.

        With a `project`, checkouts are copies of it that share what is kept for it, run as `request` says.
        """
        self.settings = settings
        self.environment = environment
        self._project: Path | None = adapters.pop("project", None)
        self._request: Request | None = adapters.pop("request", None)
        self._clinics: dict[Path, Any] = {}
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
        found: Clock = adapter("clock").SystemClock()
        return found

    @cached_property
    def store(self) -> Store:
        """Remembers runs."""
        own = self.settings.integrations.database
        found: Store = adapter("database").open_store(
            own.url, self.state, self.clock, keep_days=own.keep_days, keep_bytes=own.max_size
        )
        return found

    @cached_property
    def workspace(self) -> Workspace:
        """Looks at checkouts and copies them."""
        found: Workspace = adapter("git").GitWorkspace()
        return found

    @cached_property
    def runner(self) -> Runner:
        """Executes project code."""
        if self.settings.runner.value == "process":
            plain: Runner = adapter("process").ProcessRunner()
            return plain
        readable = {Path(one.path).parents[1] for one in self.machine.interpreters}
        sandbox: Runner = adapter("sandbox").SandboxRunner(readable=readable)
        return sandbox

    @cached_property
    def machines(self) -> Machines:
        """Finds out what this computer has."""
        found: Machines = adapter("machine").LocalMachines(self.environment)
        return found

    @cached_property
    def machine(self) -> Machine:
        """What this computer has."""
        return self.machines.look()

    @cached_property
    def meter(self) -> Meter:
        """Measures how busy this computer is."""
        found: Meter = adapter("meter").LocalMeter()
        return found

    def clinic(self, project: Path) -> Any:
        """Return what tells why logs of a project are red: see `clinic.Clinic`."""
        if project not in self._clinics:
            self._clinics[project] = clinic(self, project)
        return self._clinics[project]

    @cached_property
    def cache(self) -> Cache | None:
        """Keeps what tasks made; None when it is turned off."""
        return adapter("cache").FolderCache(self.state / "cache") if self.settings.pipeline.cache else None

    def files(self, checkout: Checkout) -> Files:
        """Return the files of a checkout."""
        found: Files = adapter("files").ProjectFiles(checkout.root, checkout.files)
        return found

    def plan(self, request: Request) -> Planned:
        """Find out what a project is and what would be run. Executes nothing of it."""
        return self._plan(self.workspace.checkout(request.path), request, thorough=True)

    def prepare(self, request: Request) -> tuple[Checkout, Planned]:
        """Look at a checkout and plan its run. Executes nothing of it."""
        checkout = self.workspace.checkout(request.path)
        return checkout, self._plan(checkout, request, thorough=False)

    async def run(self, request: Request, observer: Observer, *, stop: asyncio.Event | None = None) -> Run:
        """Run a project's pipeline in private copies; setting `stop` ends it in order."""
        checkout, planned = self.prepare(request)
        return await self.run_plan(checkout, planned, observer, jobs=request.jobs, stop=stop)

    async def run_plan(
        self,
        checkout: Checkout,
        planned: Planned,
        observer: Observer,
        *,
        jobs: int = 0,
        stop: asyncio.Event | None = None,
        at_end: Callable[[Path], None] | None = None,
    ) -> Run:
        """Run what was planned for a checkout; `at_end` sees its private folder before that is removed."""
        if self.state.resolve().is_relative_to(checkout.root.resolve()):
            hint = "set AUTONOMOUS_CICD_STATE_DIR to a folder outside of it"
            raise UsageError(f"the state folder {self.state} lies inside the project", hint=hint)
        self.clear_away_the_dead()
        run = new_run(checkout, planned, self.project(checkout), self.clock.now())
        presence = self.presence(run.id)
        folder: Path = presence.folder
        carry_out = self.carry_out(checkout, folder, observer)
        try:
            run = await execute(
                Order(
                    run=run,
                    pipeline=planned.pipeline,
                    carry_out=carry_out,
                    budget=self._budget(planned, jobs),
                    gates=functools.partial(self._gates, run.id, checkout, folder),
                    expand=expand,
                    store=self.store,
                    observer=observer,
                    clock=self.clock,
                    stop=stop or asyncio.Event(),
                    ceilings=ceilings(self.settings.pipeline.resource_limits, folder, self.meter),
                )
            )
            self.store.flush()
            observer.ended(run)  # nobody has to wait for the removal of the copies to read it
            if at_end:
                await asyncio.to_thread(at_end, folder)
        finally:
            if "runner" in self.__dict__:
                await self.runner.close()
            await carry_out.close()
            await asyncio.to_thread(self.remove, folder)
            presence.end()
            self.store.flush()
        return run

    def plan_copy(self, checkout: Checkout, only: str) -> Planned:
        """Plan the run of a private copy, or of one task of it."""
        asked = self._request or Request(path=checkout.root)
        wanted = replace(asked, path=checkout.root, only=(only,) if only else asked.only)
        return self._plan(checkout, wanted, thorough=False)

    def approve(self, path: Path, environment: str, commit: str) -> str:
        """Keep a person's approval to deploy a commit of a project, by default HEAD; return the commit."""
        checkout = self.workspace.checkout(path)
        approvable(checkout, self._plan(checkout, Request(path=path), thorough=True), environment, commit)
        self.store.approve(str(checkout.root), environment, checkout.commit, self.clock.now())
        return checkout.commit

    def presence(self, name: str) -> Any:
        """Begin to use a private folder: see `adapters.presence`."""
        return adapter("presence").Presence(self.state / "runs", name)

    def project(self, checkout: Checkout) -> Path:
        """Return the folder of the project that a checkout is one of."""
        return self._project or checkout.root

    def close(self) -> None:
        """Let go of what is open."""
        if "store" in self.__dict__:
            self.store.close()

    def _plan(self, checkout: Checkout, request: Request, *, thorough: bool) -> Planned:
        if request.workflow and request.source in (Source.CONFIG, Source.DETECT):
            problem = f"--workflow {request.workflow} is not of --source {request.source}"
            raise UsageError(problem, hint="leave one of them out")
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
        planned = make_plan(
            checkout,
            wishes,
            sources=functools.partial(self._sources, checkout),
            seconds=self.store.durations(str(self.project(checkout))) if optimise else {},
            thorough=thorough,
        )
        pipeline = planned.pipeline
        if missing := tuple(missing_deployment(self.settings)):
            pipeline = replace(pipeline, skipped=(*pipeline.skipped, *missing))
        if pipeline.source is Source.DETECT and self.settings.quality_gates.test_coverage is not None:
            files, programs = self.files(checkout), self.machine.programs
            tasks = tuple(with_coverage(task, files, programs) for task in pipeline.tasks)
            pipeline = replace(pipeline, tasks=tasks)
        return replace(planned, pipeline=pipeline)

    def _sources(self, checkout: Checkout) -> Sources:
        found: Sources = service("sources").FoundSources(
            checkout, self.files(checkout), lambda: self.machine, self._request.event if self._request else ""
        )
        return found

    def carry_out(self, checkout: Checkout, folder: Path, observer: Observer) -> CarryOut:
        """Return what the tasks of a run share."""
        own, kept = self.project(checkout), self.state / "caches"
        caches = kept / hashlib.sha256(os.fsencode(own)).hexdigest()[:16]
        sandboxed = self.settings.runner.value != "process"
        downloads = (caches if sandboxed else self.state) / "downloads"  # untrusted code has its own
        files = self.files(checkout)
        named = mentioned(files, self.environment)
        env = sealed.clean(self.environment, (*self.settings.pipeline.environment, *named))
        temp = self.environment.get("RUNNER_TEMP", "")
        return CarryOut(
            checkout=checkout,
            folder=folder,
            caches=caches,
            pythons=kept / "pythons",
            runner=lambda: self.runner,
            workspace=self.workspace,
            known=self._known(checkout, env),
            clock=self.clock,
            look=lambda: self.machine,
            files=files,
            base_env=env,
            furnish=functools.partial(furnish, folder / "home", downloads, self.environment),
            job=carry_job,
            suite=carry_tests if self.settings.pipeline.split_tests else None,
            read=read,
            excerpt=excerpt,
            diagnose=diagnose(self, own),
            limits=task_limits(self.settings),
            network=self.settings.pipeline.network,
            observer=observer,
            hidden=self.hidden(),
            writable=(downloads,),
            scratch=Path(temp) / "autonomous-cicd" if os.path.isdir(temp) and not sandboxed else None,  # noqa: PTH112
        )

    def _known(self, checkout: Checkout, env: Mapping[str, str]) -> Known:
        return Known(
            cache=self.cache,
            checkout=checkout,
            workspace=self.workspace,
            clock=self.clock,
            env=env,
            fingerprint=functools.partial(fingerprints, path=env.get("PATH", "")),
            whole=gate_wishes(self.settings).any,
        )

    def _budget(self, planned: Planned, jobs: int) -> Budget:
        pipeline = self.settings.pipeline
        return Budget(
            meter=self.meter,
            clock=self.clock,
            ordering=planned.pipeline.ordering,
            cores=pipeline.resource_limits.cpu,
            jobs=jobs or planned.pipeline.jobs,
            fixed=bool(jobs),
            memory=pipeline.resource_limits.memory,
            measured=pipeline.enable_dynamic_scheduling,
            weighed=pipeline.enable_resource_optimization,
        )

    def _gates(
        self, run_id: str, checkout: Checkout, folder: Path, tasks: Sequence[tuple[Task, TaskResult]]
    ) -> tuple[GateResult, ...]:
        wishes = gate_wishes(self.settings)
        if not wishes.any:
            return ()
        self.store.flush()
        evidence = adapter("evidence").RunEvidence(
            tasks,
            log=functools.partial(self.store.log, run_id),
            copies=copies(folder, checkout),
            environments=folder / "environments",
            workspace=self.workspace,
            files=self.files(checkout),
        )
        judged: tuple[GateResult, ...] = service("gates").judge(
            wishes, evidence, store=self.store, project=str(self.project(checkout)), now=self.clock.now()
        )
        return judged

    def hidden(self) -> tuple[str, ...]:
        """Return the values that must never be shown: of our settings, and of the environment."""
        own = [secret.reveal() for secret in self.settings.secrets()]
        others = [value for name, value in self.environment.items() if sealed.looks_secret(name, value)]
        return tuple(dict.fromkeys([*own, *others]))

    def clear_away_the_dead(self) -> None:
        """Mark runs whose process died as lost, and remove what they left."""
        self.store.bury(self.clock.now() - DEAD)
        runs = self.state / "runs"
        for run_id in adapter("presence").the_dead(runs):
            with contextlib.suppress(NotFound):
                run = self.store.run(run_id)
                if run.status is RunStatus.RUNNING:
                    self.store.save_run(replace(run, status=RunStatus.LOST))
            self.remove(runs / run_id)

    def remove(self, folder: Path) -> None:
        """Remove a private folder."""
        if folder.exists():
            self.workspace.remove(folder)
