"""Leaving: what is left at the host of a red run - a pull request, an issue, a re-run, or nothing."""

from __future__ import annotations

import functools
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from autonomous_cicd.app import App
from autonomous_cicd.desk import Desk
from autonomous_cicd.domain.at_host import branch_of
from autonomous_cicd.domain.code_host import HostedRun, PullRequest
from autonomous_cicd.domain.decision import Autonomy, Choice, Decision, Proposal
from autonomous_cicd.domain.incident import Delivery, Incident, State
from autonomous_cicd.domain.notice import Notice, NotificationType
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.run import Run, RunStatus, TaskStatus
from autonomous_cicd.errors import NotFound, PortError, UsageError
from autonomous_cicd.journeys.practice import Practice
from autonomous_cicd.services.deliver_at_host import Stopped, Words
from autonomous_cicd.services.heal import Healing
from autonomous_cicd.services.host_symptoms import HostSymptoms, Sick
from autonomous_cicd.services.pen import Pen
from autonomous_cicd.services.proposal_text import Proposed, issue_text, pull_request_text
from autonomous_cicd.services.reproduced import TRANSIENT, incident_here, same_cause
from autonomous_cicd.services.track import record_of
from autonomous_cicd.services.verify import trial_of
from autonomous_cicd.values import dataclass

__all__ = ["Here", "Leaving"]

GREEN = "the branch is green meanwhile"
NO_BRANCH = "there is no branch"
NEWER = "a newer commit of the branch has a run of its own"
ELSEWHERE = (
    "other workflow files and combinations were not run here: the host's own checks of this branch do that"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """What came of running the failed workflow here."""

    red: Run | None = None
    """The run as the project was; None when it could not be run."""
    healing: Healing | None = None
    reason: str = ""
    """Why it could not be run."""


class Leaving:
    """Leaves at the host what may be left there of one red run."""

    def __init__(self, practice: Practice, app: App, run: HostedRun, clone: Path) -> None:
        """Take the App of the clone: its settings are the repository's own."""
        self._practice = practice
        self._app = app
        self._run = run
        self._clone = clone
        self._now = practice.app.clock.now

    async def done(
        self, pairs: Sequence[tuple[Sequence[Sick], Incident]], here: Here, symptoms: HostSymptoms
    ) -> tuple[Incident, ...]:
        """Decide what becomes of each cause, leave it, and return the incidents as they are then."""
        healing = here.healing
        seen = {one.id: incident_here(sick, healing.incidents) if healing else None for sick, one in pairs}
        found: list[Incident] = []
        healed = [
            _with_proof(one, known) for _, one in pairs if (known := seen[one.id]) and _is_healed(known)
        ]
        if healing and healed and _is_proven(healing):
            found += await self._proposed(healed, healing, symptoms)
        for sick, one in pairs:
            if not any(one.id == each.id for each in found):
                found.append(await self._not_healed(sick, one, here, seen[one.id], symptoms))
        for incident in found:
            await self._practice.tell(_notice(incident, self._practice.pen))
        return tuple(found)

    async def propose(
        self, healed: Sequence[Incident], proposed: Proposed, decision: Decision, *, asked: bool = False
    ) -> tuple[Incident, ...]:
        """Open the pull request that was decided for; return the incidents as they are then.

        `asked`: a person wants this very one, also when somebody closed the last one.
        """
        first, run = healed[0], self._run
        try:
            why = await self._obstacle()
            if not why:
                left = await self._practice.deliver.propose(
                    run.repository,
                    first.fingerprint,
                    functools.partial(self._words, proposed),
                    proposed.patch,
                    clone=self._clone,
                    commit=run.commit,
                    base=run.branch,
                    incident=first.id,
                    numbers=self._numbers(healed, proposed.patch),
                    asked=asked,
                )
                why = left.note
        except (PortError, UsageError) as error:
            if _may_pass(error):
                raise
            why = str(error)
        if why == GREEN:
            return tuple(self._saved(one.resolved(one.patch, self._now(), GREEN)) for one in healed)
        if why == NEWER:
            return tuple(self._saved(one.at(self._now(), State.DISMISSED, NEWER)) for one in healed)
        if why.startswith(NO_BRANCH):  # nobody's consent makes it possible
            return tuple([await self.handed_over(one, why, proposed.unchecked) for one in healed])
        if why:
            held = Decision(Choice.ASK, (f"it was not proposed: {why}",))
            return tuple([await self.held(one, proposed, held) for one in healed])
        assert left.pull_request is not None
        there = left.pull_request
        return tuple(self._with_pull_request(one, proposed, there, left.commit, decision) for one in healed)

    def _numbers(self, healed: Sequence[Incident], patch: Patch) -> list[int]:
        """Return the pull requests of ours about these causes, or with this very change of this commit."""
        same = [
            one
            for one in self._practice.seen(self._run.repository)
            if (one.commit, one.patch) == (self._run.commit, patch)
        ]
        return [
            one.at_host.pull_request for one in (*healed, *same) if one.at_host and one.at_host.pull_request
        ]

    async def _proposed(
        self, healed: Sequence[Incident], healing: Healing, symptoms: HostSymptoms
    ) -> list[Incident]:
        decision = self._decided(healing)
        first = healed[0]
        proposed = Proposed(
            incidents=tuple(healed),
            patch=healing.patch,
            branch=branch_of(first.fingerprint),
            confidence=healing.confidence,
            risk=healing.risk,
            unchecked=(*healing.unchecked, *self._left_out(healing, symptoms), ELSEWHERE),
            also=tuple(one for each in healing.incidents for one in each.attempts if one.success),
            last=trial_of(healing.ran, "everything, with all of it"),
        )
        if decision.choice is Choice.ACT:
            return [*await self.propose(healed, proposed, decision)]
        return [await self.held(one, proposed, decision) for one in healed]

    def _decided(self, healing: Healing) -> Decision:
        """Return whether the change may be proposed at the host."""
        desk = Desk(self._app)
        last = [one for one in healing.incidents if one.state is State.RESOLVED][-1]
        return desk.decision(
            Proposal(
                patch=healing.patch,
                risk=healing.risk,
                confidence=healing.confidence,
                asks=healing.asks,
                record=record_of(desk.casebook.records(), last),
                stopped=desk.switch.exists(),
            ),
            self._run.repository,
        )

    async def _obstacle(self) -> str:
        """Return why a fix for the commit of the run is of no use any more; "" when it is of use."""
        run, host = self._run, self._practice.host
        head = await host.branch(run.repository, run.branch) if run.branch else ""
        if not head:
            return f"{NO_BRANCH} {run.branch!r} any more: nothing can be proposed to it"
        if head == run.commit:
            return ""
        name = run.path.rpartition("/")[2]
        try:
            newer = await host.runs(run.repository, workflow=name, branch=run.branch, commit=head, limit=5)
        except NotFound:  # the workflow is gone, or has another name
            return ""
        if any(one.conclusion == "success" for one in newer):
            return GREEN
        return NEWER if newer else ""

    def _left_out(self, healing: Healing, symptoms: HostSymptoms) -> list[str]:
        """Return which failed jobs were not run here."""
        ran = {task.name for task in healing.ran.run.tasks}
        return [
            f"job {one.job.name} was not run here"
            for one in symptoms.sick
            if one.job.id and one.job.name not in ran
        ]

    def _words(self, proposed: Proposed, branch: str, commit: str) -> Words:
        whole = replace(proposed, branch=branch, commit=commit)
        return Words(*pull_request_text(whole, self._practice.pen))

    def _with_pull_request(
        self, incident: Incident, proposed: Proposed, there: PullRequest, commit: str, decision: Decision
    ) -> Incident:
        assert incident.at_host is not None
        place = replace(incident.at_host, pull_request=there.number, proposed=commit, checked="")
        delivered = replace(incident, at_host=place, delivery=Delivery(branch=there.head))
        why = f"proposed as pull request {there.number}: {'; '.join(decision.reasons)}"
        return self._saved(delivered.resolved(proposed.patch, self._now(), why))

    async def held(self, incident: Incident, proposed: Proposed, decision: Decision) -> Incident:
        """Keep a proven change until a person agrees, and tell so at the host where that is allowed."""
        waiting = incident.waiting(proposed.patch, decision, self._now())
        return await self._with_issue(self._saved(waiting), "; ".join(decision.reasons), proposed.unchecked)

    async def _not_healed(
        self,
        sick: Sequence[Sick],
        incident: Incident,
        here: Here,
        known: Incident | None,
        symptoms: HostSymptoms,
    ) -> Incident:
        """Run again what passes by itself; hand over what was not healed."""
        passed = here.red is not None and here.red.status is RunStatus.PASSED
        not_run = _not_run(sick, here.red)
        rerun_helped = bool(here.healing and here.healing.green and not here.healing.patch)
        transient = any(one.failure.category in TRANSIENT for one in sick)
        if (passed and transient and not not_run) or (rerun_helped and known):
            return await self._again(incident, symptoms)
        if here.reason:
            why = f"it could not be run here: {here.reason}"
        elif not_run and known is None:
            why = f"it could not be reproduced: {not_run}"
        elif passed:
            why = "it could not be reproduced: the same commit is green here"
        elif here.red is not None and here.red.status is RunStatus.CANCELLED:
            why = "it was interrupted"
        elif known is None and _is_red_here(sick, here.red):
            why = "it failed here as well, and was not tried: another cause of the same run was not healed"
        elif known is None:
            why = "it could not be reproduced: what fails here is something else"
        else:
            incident = replace(_with_proof(incident, known), hand_over=known.hand_over)
            why = known.history[-1].what if known.history else "no remedy helped"
        return await self.handed_over(incident, why, symptoms.notes)

    async def _again(self, incident: Incident, symptoms: HostSymptoms) -> Incident:
        """Have the host run the failed jobs again, where we may act; else say that this would help."""
        told = "it seems to pass by itself: the same commit is green here"
        if Autonomy(self._app.settings.autonomy) is not Autonomy.ACT:
            why = f"{told}; autonomy is not `act`, so nothing is run again unasked"
            return await self.handed_over(incident, why, symptoms.notes)
        most = self._app.settings.self_healing.max_healing_attempts
        not_run = await self._practice.deliver.rerun(self._run, incident.id, most)
        if not_run:
            return await self.handed_over(incident, f"{told}, but {not_run}", symptoms.notes)
        what = f"{told}; the failed jobs of run {self._run.id} are run again"
        return self._saved(incident.at(self._now(), State.HEALING, what))

    async def handed_over(self, incident: Incident, why: str, unchecked: Sequence[str]) -> Incident:
        """Give an incident to a person, and tell so at the host where that is allowed."""
        handed = incident.escalated(incident.hand_over or why, self._now(), why)
        return await self._with_issue(self._saved(handed), why, unchecked)

    async def _with_issue(self, incident: Incident, why: str, unchecked: Sequence[str]) -> Incident:
        """Tell it in one issue, where issues may be opened unasked."""
        settings = self._app.settings
        if (
            Autonomy(settings.autonomy) is Autonomy.OBSERVE
            or not settings.integrations.github.auto_create_issues
        ):
            return incident
        words = Words(
            *issue_text(
                incident, self._practice.pen, why=why, reproduce=self._commands(), unchecked=unchecked
            )
        )
        try:
            issue = await self._practice.deliver.tell(
                self._run.repository, incident.fingerprint, words, incident.id
            )
        except (PortError, UsageError) as error:
            if _may_pass(error):
                raise
            return self._saved(incident.at(self._now(), incident.state, f"no issue was opened: {error}"))
        assert incident.at_host is not None
        told = replace(incident, at_host=replace(incident.at_host, issue=issue.number))
        how = "told in" if issue.open else "not told: a person closed"
        return self._saved(told.at(self._now(), told.state, f"{how} issue {issue.number}"))

    def _commands(self) -> list[str]:
        """Return how to see the failure again."""
        name = self._run.path.rpartition("/")[2]
        run = f"autonomous-cicd run . --workflow {shlex.quote(name)} --no-cache"
        return [f"git checkout {self._run.commit}", run]

    def _saved(self, incident: Incident) -> Incident:
        self._practice.book.save(incident)
        return incident


def _not_run(sick: Sequence[Sick], red: Run | None) -> str:
    """Return which jobs that failed at the host were not run here to their end, and why; "" for none."""
    tasks = {task.name: task for task in red.tasks} if red else {}
    told = []
    for name in dict.fromkeys(one.job.name for one in sick if one.job.id):
        task = tasks.get(name)
        if task is None or task.status not in (TaskStatus.PASSED, TaskStatus.FAILED):
            reason = f" ({task.reason})" if task and task.reason else ""
            told.append(f"the job {name} was not run here{reason}")
    return "; ".join(told)


def _is_red_here(sick: Sequence[Sick], red: Run | None) -> bool:
    seen = [failure for task in red.tasks for failure in task.failures] if red else []
    return any(same_cause(one.failure, failure) for one in sick for failure in seen)


def _is_healed(here: Incident) -> bool:
    """Whether a change of ours made it pass: not another run, and not the changes for another cause."""
    return here.state is State.RESOLVED and bool(here.patch)


def _is_proven(healing: Healing) -> bool:
    return bool(healing.patch) and healing.ran.run.status is RunStatus.PASSED and not healing.stopped


def _may_pass(error: PortError | UsageError) -> bool:
    """Whether it may work later, so that everything is tried again then."""
    return isinstance(error, Stopped) or (isinstance(error, PortError) and error.passing)


def _with_proof(incident: Incident, here: Incident) -> Incident:
    """Return what was seen at the host with what was tried here."""
    return replace(incident, attempts=here.attempts, task=here.task or incident.task)


def _notice(incident: Incident, pen: Pen) -> Notice:
    place = incident.at_host
    kind = (
        NotificationType.FIX_APPLIED if incident.state is State.RESOLVED else NotificationType.WORKFLOW_FAILED
    )
    cause = incident.failure.message if incident.failure else "the cause is not known"
    return Notice(
        type=kind,
        title=f"{incident.project}: {incident.task}",
        message=cause,
        data={"state": incident.state.value, "what": incident.history[-1].what},
        url=pen.address(place.repository, f"actions/runs/{place.run}") if place else "",
        key=f"{incident.id}:{incident.state.value}",
        repository=incident.project,
    )
