"""A red run at the code host: found out why, reproduced here, healed and proposed, or handed over."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace

from autonomous_cicd.app import App, Request
from autonomous_cicd.cases import Ran
from autonomous_cicd.domain.at_host import BRANCHES, AtHost
from autonomous_cicd.domain.code_host import HostedRun
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.domain.pipeline import Source
from autonomous_cicd.domain.run import RunStatus
from autonomous_cicd.errors import DocumentError, NotFound, Unavailable, UsageError
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
        self.trusted = False
        """Whether its code may be executed; found out with the diagnosis."""

    async def diagnosed(self) -> tuple[HostSymptoms, tuple[Incident, ...]]:
        """Find out why it is red: one incident for each cause."""
        symptoms = await host_symptoms(
            self._practice.host, self._practice.clinic(self._run.repository), self._run
        )
        self.trusted = await self._is_trusted()
        return symptoms, tuple(self._opened(sick) for sick in symptoms.causes())

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
        incidents = self.left_alone(incidents)
        if not self.trusted:
            return tuple(incidents)
        each = zip(symptoms.causes(), incidents, strict=True)
        pairs = [(sick, one) for sick, one in each if self.due(one, again=again)]
        if not pairs:
            return tuple(incidents)
        if self._practice.desk.switch.exists():
            return tuple(self._saved(one.at(self._now(), one.state, STOPPED)) for one in incidents)
        try:
            done = await self._treated(symptoms, pairs)
        except (DocumentError, NotFound) as error:
            why = f"it cannot be worked on: {error}"
            done = tuple(self._saved(one.escalated(why, self._now(), why)) for _, one in pairs)
        kept = {one.id: one for one in done}
        return tuple(kept.get(one.id, one) for one in incidents)

    async def _treated(
        self, symptoms: HostSymptoms, pairs: Sequence[tuple[tuple[Sick, ...], Incident]]
    ) -> tuple[Incident, ...]:
        """Heal in a clone what is due. Raises NotFound without the commit, DocumentError for bad settings."""
        async with self._practice.clone(self._run) as clone:
            request = Request(
                path=clone,
                source=Source.WORKFLOW.value,
                workflow=self._run.path.rpartition("/")[2],
                event=self._run.event,
            )
            app = self._practice.app_for(clone, self._run.repository, request)
            incidents = [one for _, one in pairs]
            refused = [id for one in incidents if one.at_host for id in one.at_host.refused]
            async with self._practice.stopping() as stop:
                here = await self._cured(app, request, symptoms, refused, stop)
            if self._practice.stop.is_set():
                raise Unavailable("it was interrupted, and goes on later")
            if stop.is_set() or self._practice.desk.switch.exists():  # it may have been let go since
                return tuple(self._saved(one.at(self._now(), one.state, STOPPED)) for one in incidents)
            return await Leaving(self._practice, app, self._run, clone).done(pairs, here, symptoms)

    async def _is_trusted(self) -> bool:
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

    def left_alone(self, incidents: Sequence[Incident]) -> tuple[Incident, ...]:
        """Return the incidents; those about which nothing may be done with their end told."""
        return tuple(self._left_alone(one) for one in incidents)

    def _left_alone(self, incident: Incident) -> Incident:
        """Return an incident about which nothing is done with its end told; others as they are."""
        place = incident.at_host
        if place is None or incident.state.closed or incident.state is State.WAITING:
            return incident
        if not place.trusted:
            why = "the code is from outside of the repository: it is diagnosed, and not executed here"
            return self._saved(incident.at(self._now(), State.DISMISSED, why))
        if self.trusted and self._run.branch.startswith(BRANCHES):
            why = f"{self._run.branch} is a branch of ours: nothing is proposed on top of it"
            return self._saved(incident.at(self._now(), State.DISMISSED, why))
        if place.seen > self._most and self.trusted:
            why = f"it was seen in {place.seen} runs of the same commit: no more is done unasked"
            return self._saved(incident.escalated(incident.hand_over or why, self._now(), why))
        return incident

    @property
    def _most(self) -> int:
        return int(self._practice.app.settings.self_healing.max_healing_attempts)

    def _opened(self, sick: Sequence[Sick]) -> Incident:
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
            trusted=self.trusted,
        )
        every = self._practice.known(run.repository, failure.fingerprint)
        known = next((one for one in every if one.id == id), every[0] if every else None)
        if known and known.id == id and known.at_host:
            return self._seen_again(known, known.at_host, place)
        if known and known.at_host:  # the same cause at another commit: what stands at the host is taken on
            old = known.at_host
            here = next(
                (one.at_host for one in every if one.at_host and one.at_host.branch == run.branch), None
            )
            number = here.pull_request if here else 0  # one for another branch stays what it is
            place = replace(place, pull_request=number, issue=old.issue, refused=old.refused)
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

    def _seen_again(self, known: Incident, old: AtHost, place: AtHost) -> Incident:
        """Return the incident of a cause that is seen in another run of the same commit.

        A stranger's run of a commit of ours changes nothing; a commit of a stranger that became ours does.
        """
        if (old.run, old.attempt) == (place.run, place.attempt) or (old.trusted and not self.trusted):
            return known
        ours = self.trusted and not old.trusted
        stands = old.pull_request and not old.gone
        reopened = known.state is State.HEALING or (known.state is State.RESOLVED and not stands)
        seen = replace(
            place if ours else old,
            run=place.run,
            attempt=place.attempt,
            job=place.job,
            seen=old.seen + 1,
            gone=0,
        )
        state = State.OPEN if reopened or ours else known.state
        what = f"seen again in run {place.run}"
        return self._saved(replace(known, at_host=seen).at(self._now(), state, what))

    def due(self, incident: Incident, *, again: bool) -> bool:
        """Return whether something is to be done about an incident: once a run, and not for ever the same."""
        place, most = incident.at_host, self._most
        if place is None or place.seen > most or len(place.refused) >= most:
            return False
        if not self.trusted or self._run.branch.startswith(BRANCHES):
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
