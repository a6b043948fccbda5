"""Healer: puts together what healing needs - the ward, the remedies, the guard, who decides and delivers."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import random
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from autonomous_cicd import sealed
from autonomous_cicd.cases import Ran
from autonomous_cicd.desk import Desk
from autonomous_cicd.domain.decision import Choice, Decision
from autonomous_cicd.domain.incident import Delivery, Incident, State
from autonomous_cicd.domain.integrity import objections
from autonomous_cicd.domain.objection import Objection
from autonomous_cicd.domain.patch import NOTHING, Patch
from autonomous_cicd.domain.pipeline import Pipeline
from autonomous_cicd.domain.remedy import Strategy
from autonomous_cicd.domain.run import Run, RunStatus
from autonomous_cicd.errors import DocumentError, UsageError
from autonomous_cicd.lazy import adapter, agent
from autonomous_cicd.plugins import remedy
from autonomous_cicd.ports import LINK, Checkout, Observer
from autonomous_cicd.services.by_workflow import RunFile, Together, files_of, heal_each, of_file
from autonomous_cicd.services.failing import unchecked
from autonomous_cicd.services.heal import Healing, Heard, Steps, heal
from autonomous_cicd.services.look_back import look_back
from autonomous_cicd.services.plan import Planned
from autonomous_cicd.services.silence import Silence
from autonomous_cicd.services.since_green import last_green
from autonomous_cicd.services.track import remember, weigher
from autonomous_cicd.services.wishes import gate_wishes
from autonomous_cicd.values import dataclass
from autonomous_cicd.ward import Ward

__all__ = ["Healed", "Healer", "run_and_heal"]

REFUSED = "this very change was refused before: it was red where it matters, or a person rejected it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Healed:
    """What became of a red run, and where the change was left."""

    healing: Healing
    decision: Decision | None = None
    delivery: Delivery | None = None


class Healer:
    """Heals red runs of one checkout."""

    def __init__(
        self,
        app: Any,
        request: Any,
        checkout: Checkout,
        observer: Observer,
        stop: asyncio.Event,
        *,
        green: str = "",
    ) -> None:
        """Take the App of the project; another one runs the private copies, and remembers nothing.

        `green`: the commit that passed last; "" when our own store has to tell.
        """
        self._app = app
        self._checkout = checkout
        self._stop = stop
        self._desk = Desk(app)
        house = type(app)(
            app.settings,
            environment=app.environment,
            project=app.project(checkout),
            request=request,
            store=adapter("memory_store").MemoryStore(),
            workspace=app.workspace,
            machine=app.machine,
            cache=None,  # a proof is something that was executed
        )
        self._presence = app.presence(f"heal-{secrets.token_hex(6)}")
        folder: Path = self._presence.folder
        self._ward = Ward(
            house=house,
            checkout=checkout,
            folder=folder,
            copies=adapter("private_copies").PrivateCopies(app.workspace, folder),
            past=adapter("past").GitPast(
                checkout.root, green or last_green(app.store, str(app.project(checkout)))
            ),
            packages=adapter("packages").IndexPackages(
                adapter("process").ProcessRunner(), env=sealed.clean(app.environment)
            ),
            agent=agent(app.settings.integrations, app.environment),
            clinic=app.clinic(checkout.root),
            observer=observer,
            stop=stop,
        )

    def close(self) -> None:
        """Remove the private copies."""
        self._app.remove(self._presence.folder)
        self._presence.end()

    def logs(self, run: Run) -> Mapping[str, str]:
        """Return what the tasks of a run in our store printed, without secrets."""
        return self._ward.logs(run, self._app.store)

    def refused(self, error: DocumentError) -> Ran:
        """Return as a red run that a file of the project is not what it should be."""
        return self._ward.refused(error)

    async def heal(self, red: Ran, heard: Heard, *, asked: bool, apply: bool) -> Healed:
        """Heal a red run, and leave what was proven where the person, or the policy, wants it."""
        async with self.watched():
            healing = await heal(red, self._steps(heard, self._ward))
        return self._left(healing, asked=asked, apply=apply)

    async def cure(
        self, red: Ran, heard: Heard, save: Callable[[Incident], None], refused: Sequence[str] = ()
    ) -> Healing:
        """Heal a red run, and leave nothing anywhere: whoever called decides what becomes of the change.

        `save`: keeps the incidents. `refused`: ids of changes that must not be proposed again.
        """
        steps = self._steps(heard, self._ward)

        def guard(patch: Patch) -> tuple[Objection, ...]:
            """Refuse also what was refused before."""
            again = (Objection(what=REFUSED),) if patch.id in refused else ()
            return (*again, *steps.guard(patch))

        async with self.watched():
            healing = await heal(red, replace(steps, save=save, guard=guard))
        if self._learning:
            remember(self._desk.casebook, healing.incidents)
        return healing

    async def heal_files(
        self, planned: Planned, files: Sequence[str], run: RunFile, heard: Heard, *, apply: bool
    ) -> tuple[Run, Healed | None]:
        """Run and heal workflow files that pass or fail by themselves, because a person asked for it.

        Return them as one run, and what became of it; None when there was nothing to heal.
        """
        ward, clock = self._ward, self._app.clock
        until = clock.now() + self._app.settings.self_healing.time_budget

        async def one(file: str, part: Ran, base: Patch) -> Healing:
            """Heal one file."""
            steps = self._steps(heard, ward.within(file, base))
            return await heal(part, replace(steps, until=until) if base else steps)

        async def check(file: str, patch: Patch, seconds: float) -> Ran:
            """Run one file with the whole change."""
            return await ward.within(file, NOTHING, seconds).run(patch)

        async with self.watched():
            together = await heal_each(files, run, one, check, lambda: until - clock.now())
        whole = together.ran(planned.pipeline)
        if self._stop.is_set() and not together.healings:
            return replace(whole.run, status=RunStatus.CANCELLED, reason="it was interrupted"), None
        if not together.healings:
            return whole.run, None
        healing = self._undone(together, together.healing(whole))
        return whole.run, self._left(healing, asked=True, apply=apply)

    @contextlib.asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Do something until it ends, or somebody pulls the kill switch."""
        if not self._app.settings.self_healing.enabled:
            raise UsageError("healing is turned off", hint="set self_healing.enabled to true")
        watching = asyncio.create_task(self._watch_switch())
        try:
            yield
        finally:
            watching.cancel()
            await self._ward.house.runner.close()

    def _left(self, healing: Healing, *, asked: bool, apply: bool) -> Healed:
        """Learn from a healing, decide what is done with what it proved, and do it."""
        if self._learning:
            remember(self._desk.casebook, healing.incidents)
        if not healing.patch:
            return Healed(healing=healing)
        decision = self._desk.decided(healing, self._checkout, asked=asked, apply=apply)
        if healing.interrupted:  # what was proven until then is kept, and not delivered behind one's back
            decision = Decision(Choice.ASK, (healing.stopped,))
        if decision.choice is not Choice.ACT:
            waiting = tuple(self._desk.held(one, healing.patch, decision) for one in healing.incidents)
            return Healed(healing=replace(healing, incidents=waiting), decision=decision)
        healed = [one for one in healing.incidents if one.state is State.RESOLVED]
        after, delivery = self._desk.delivered(healed, healing.patch, self._checkout, decision, apply=apply)
        rest = [one for one in healing.incidents if one.state is not State.RESOLVED]
        told = replace(healing, incidents=(*after, *rest))
        return Healed(healing=told, decision=decision, delivery=delivery)

    def _undone(self, together: Together, healing: Healing) -> Healing:
        """Return a healing without what broke another workflow file."""
        if not together.broke:
            return healing
        why = f"with the changes for the others {together.broke} is red, which was green before"
        now, wrong = self._app.clock.now(), together.unresolved()
        undone = [replace(one.at(now, State.ESCALATED, why), patch=NOTHING) for one in wrong]
        for incident in undone:
            self._desk.casebook.save(incident)
        rest = tuple(one for one in healing.incidents if one not in wrong)
        return replace(healing, incidents=(*rest, *undone))

    @property
    def _learning(self) -> bool:
        return bool(self._app.settings.error_detection.enable_learning)

    def _steps(self, heard: Heard, ward: Ward) -> Steps:
        own = self._app.settings.self_healing
        shelf = [one for one in remedy.all() if own.enable_rollback or one.strategy is not Strategy.ROLLBACK]
        if self._learning:
            project = str(self._app.project(self._checkout))
            look_back(self._desk.casebook, project, self._ward.past, self._app.clock.now())
        records = self._desk.casebook.records() if self._learning else ()
        return Steps(
            ward=ward,
            remedies=shelf,
            weigh=weigher(records, random.Random()),  # noqa: S311 - chooses an order, guards nothing
            guard=self._guard,
            save=self._desk.casebook.save,
            clock=self._app.clock,
            stop=self._stop,
            attempts=own.max_healing_attempts,
            forbidden=self._desk.switch.exists,
            heard=heard,
        )

    def _guard(self, patch: Patch) -> tuple[Objection, ...]:
        return objections(patch, links=self._links)

    @functools.cached_property
    def _links(self) -> tuple[str, ...]:
        hashes = self._app.workspace.hashes(self._checkout)
        return tuple(name for name, id in hashes.items() if id.endswith(LINK))

    async def _watch_switch(self) -> None:
        """Stop everything when somebody pulls the kill switch."""
        while not self._stop.is_set():
            if self._desk.switch.exists():
                self._stop.set()
            await self._app.clock.sleep(1.0)


async def run_and_heal(
    app: Any, request: Any, observer: Observer, heard: Heard, *, apply: bool, stop: asyncio.Event
) -> tuple[Run, Healed | None]:
    """Run a project's pipeline because a person asked for it, and heal it when it is red.

    Return the run, and what became of it; None when there was nothing to heal.
    """
    checkout = app.workspace.checkout(request.path)
    with contextlib.closing(Healer(app, request, checkout, Silence(), stop)) as healer:
        try:
            _, planned = app.prepare(request)
        except DocumentError as error:
            red = healer.refused(error)
        else:

            async def run(pipeline: Pipeline) -> Ran:
                """Run the project as it is."""
                wanted = replace(planned, pipeline=pipeline)
                done = await app.run_plan(checkout, wanted, observer, jobs=request.jobs, stop=stop)
                return Ran(run=done, pipeline=pipeline, logs=healer.logs(done))

            async def run_file(file: str, seconds: float | None) -> Ran:
                """Run one file of it."""
                part = of_file(planned.pipeline, file)
                most = part.seconds if seconds is None else min(part.seconds, seconds)
                return await run(replace(part, seconds=most))

            files = files_of(planned.pipeline)
            if len(files) > 1 and not gate_wishes(app.settings).any:
                return await healer.heal_files(planned, files, run_file, heard, apply=apply)
            red = await run(planned.pipeline)
        if red.run.status is RunStatus.FAILED and stop.is_set():
            return replace(red.run, status=RunStatus.CANCELLED, reason="it was interrupted"), None
        if red.run.status is not RunStatus.FAILED and not any(unchecked(red.run)):
            return red.run, None
        return red.run, await healer.heal(red, heard, asked=True, apply=apply)
