"""A red run at the code host: found out why, reproduced here, healed and proposed, or handed over."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace

from autonomous_cicd.app import App, Request
from autonomous_cicd.cases import Ran
from autonomous_cicd.domain.at_host import AtHost
from autonomous_cicd.domain.code_host import HostedRun
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.domain.pipeline import Source
from autonomous_cicd.domain.run import RunStatus
from autonomous_cicd.errors import DocumentError, Unavailable, UsageError
from autonomous_cicd.healer import Healer
from autonomous_cicd.journeys.leaving import Here, Leaving
from autonomous_cicd.journeys.practice import Practice
from autonomous_cicd.services.host_symptoms import HostSymptoms, Sick, host_symptoms
from autonomous_cicd.services.silence import Silence

__all__ = ["RedRun"]

STOPPED = "everything is stopped: `autonomous-cicd stop --off` lets it go on"
PUSHED = frozenset({"push", "pull_request", "merge_group"})
"""Events whose commit somebody pushed: one in the repository itself is of somebody who may write there."""


class RedRun:
    """One red run, and what is done about it."""

    def __init__(self, practice: Practice, run: HostedRun) -> None:
        self._practice = practice
        self._run = run
        self._now = practice.app.clock.now

    async def diagnosed(self) -> tuple[HostSymptoms, tuple[Incident, ...]]:
        """Find out why it is red: one incident for each cause."""
        symptoms = await host_symptoms(
            self._practice.host, self._practice.clinic(self._run.repository), self._run
        )
        trusted = await self._trusted()
        return symptoms, tuple(self._opened(sick, trusted=trusted) for sick in symptoms.causes())

    async def handled(self, *, again: bool = False) -> tuple[Incident, ...]:
        """Find out why it is red, heal what can be healed, and leave at the host what may be left there.

        `again`: also what was handled before.
        """
        symptoms, incidents = await self.diagnosed()
        return await self.treated(symptoms, incidents, again=again)

    async def treated(
        self, symptoms: HostSymptoms, incidents: Sequence[Incident], *, again: bool = False
    ) -> tuple[Incident, ...]:
        """Heal what was found, and leave at the host what may be left there."""
        if not all(one.at_host and one.at_host.trusted for one in incidents):
            why = "the code is from outside of the repository: it is diagnosed, and not executed here"
            return tuple(self._saved(one.at(self._now(), State.DISMISSED, why)) for one in incidents)
        each = zip(symptoms.causes(), incidents, strict=True)
        pairs = [(sick, one) for sick, one in each if self._due(one, again=again)]
        if not pairs:
            return tuple(incidents)
        if self._practice.desk.switch.exists():
            return tuple(self._saved(one.at(self._now(), one.state, STOPPED)) for one in incidents)
        async with self._practice.clone(self._run) as clone:
            request = Request(
                path=clone, source=Source.WORKFLOW.value, workflow=self._run.path.rpartition("/")[2]
            )
            app = self._practice.app_for(clone, self._run.repository, request)
            refused = [id for one in incidents if one.at_host for id in one.at_host.refused]
            async with self._practice.stopping() as stop:
                here = await self._cured(app, request, symptoms, refused, stop)
            if self._practice.stop.is_set():
                raise Unavailable("it was interrupted, and goes on later")
            if self._practice.desk.switch.exists():
                return tuple(self._saved(one.at(self._now(), one.state, STOPPED)) for one in incidents)
            done = await Leaving(self._practice, app, self._run, clone).done(pairs, here, symptoms)
        kept = {one.id: one for one in done}
        return tuple(kept.get(one.id, one) for one in incidents)

    async def _trusted(self) -> bool:
        """Return whether the code is from somebody who may write to the repository.

        A name proves nothing, that of a bot neither: the commit has to be in the repository itself, or the
        host says that whoever started the run may write.
        """
        run = self._run
        if run.foreign:
            return False
        if run.event in PUSHED or run.event == "schedule":
            return True
        return (await self._practice.host.permission(run.repository, run.actor)).writes

    def _opened(self, sick: Sequence[Sick], *, trusted: bool) -> Incident:
        """Return the incident of a cause, commit and repository: a new one, or the known one, seen again."""
        run, first = self._run, sick[0]
        failure = first.failure
        named = f"{run.repository.lower()}\n{run.commit}\n{failure.fingerprint}"
        id = hashlib.sha256(named.encode()).hexdigest()[:12]
        place = AtHost(
            repository=run.repository,
            run=run.id,
            attempt=run.attempt,
            workflow=run.path,
            job=", ".join(dict.fromkeys(one.job.name for one in sick))[:300],
            branch=run.branch,
            url=run.url,
            trusted=trusted,
        )
        known = next((one for one in self._practice.known(run.repository, failure.fingerprint)), None)
        if known and known.id == id and known.at_host:
            old = known.at_host
            if (old.run, old.attempt) == (run.id, run.attempt):
                return known
            place = replace(
                old, run=run.id, attempt=run.attempt, url=run.url, job=place.job, seen=old.seen + 1
            )
            state = State.OPEN if known.state in (State.RESOLVED, State.HEALING) else known.state
            seen = replace(known, at_host=place)
            return self._saved(seen.at(self._now(), state, f"seen again in run {run.id}"))
        if known and known.at_host:  # the same cause at another commit: what stands at the host is taken on
            old = known.at_host
            place = replace(place, pull_request=old.pull_request, issue=old.issue, refused=old.refused)
        incident = Incident(
            id=id,
            project=run.repository,
            run=str(run.id),
            commit=run.commit,
            task=place.job,
            opened=self._now(),
            at_host=place,
        )
        opened = incident.at(self._now(), State.OPEN, f"{place.job} failed in run {run.id}")
        return self._saved(opened.diagnosed(failure, self._now()))

    def _due(self, incident: Incident, *, again: bool) -> bool:
        """Whether something is to be done about an incident: once a run, and not for ever the same."""
        place = incident.at_host
        most = self._practice.app.settings.self_healing.max_healing_attempts
        if place is None or place.seen > most or len(place.refused) >= most:
            return False
        fresh = not incident.state.closed and incident.state is not State.WAITING
        return fresh or again

    async def _cured(
        self,
        app: App,
        request: Request,
        symptoms: HostSymptoms,
        refused: Sequence[str],
        stop: asyncio.Event,
    ) -> Here:
        """Run the failed workflow as it was, and heal it when it is red here as well."""
        checkout = app.workspace.checkout(request.path)
        green = symptoms.green.commit if symptoms.green else ""
        healer = Healer(app, request, checkout, Silence(), stop, green=green)
        try:
            try:
                _, planned = app.prepare(request)
            except DocumentError as error:
                red = healer.refused(error)
            else:
                done = await app.run_plan(checkout, planned, Silence(), stop=stop)
                red = Ran(run=done, pipeline=planned.pipeline, logs=healer.logs(done))
            if red.run.status is not RunStatus.FAILED:
                return Here(red=red.run)
            healing = await healer.cure(red, self._practice.heard, _unsaved, refused)
            return Here(red=red.run, healing=healing)
        except UsageError as error:
            return Here(reason=str(error))
        finally:
            healer.close()

    def _saved(self, incident: Incident) -> Incident:
        self._practice.book.save(incident)
        return incident


def _unsaved(incident: Incident) -> None:
    """Keep nothing: what is seen here becomes part of what was seen at the host."""
