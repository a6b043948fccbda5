"""Heal: diagnose, try a remedy, prove it, until the pipeline is green or a person has to take over."""

from __future__ import annotations

import asyncio
import math
import secrets
import shlex
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import field, replace

from autonomous_cicd.cases import Case, Ran, Remedy, Ward
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.incident import Attempt, Incident, State
from autonomous_cicd.domain.objection import Objection
from autonomous_cicd.domain.patch import NOTHING, Patch
from autonomous_cicd.domain.remedy import Edit, Escalate, Prescription, Rerun, Risk
from autonomous_cicd.domain.run import RunStatus
from autonomous_cicd.domain.verification import Outcome, Verification
from autonomous_cicd.errors import Conflict, PortError, UsageError
from autonomous_cicd.ports import Clock
from autonomous_cicd.services.carry_out import said
from autonomous_cicd.services.failing import Broken, broken, unchecked
from autonomous_cicd.services.hand_over import hand_over
from autonomous_cicd.services.verify import Tested, trial_of, verify
from autonomous_cicd.values import dataclass

__all__ = ["MOST_CAUSES", "Healing", "Heard", "Steps", "heal"]

MOST_CAUSES = 6
"""Causes of one red run that are healed one after the other; with more a person is wanted."""

Guard = Callable[[Patch], tuple[Objection, ...]]
"""Tells what speaks against a change: it would hide the failure, reach too far, or needs a consent."""


class Heard:
    """Is told how a healing goes on; here nobody listens."""

    def found(self, incident: Incident) -> None:
        """Hear what is wrong."""

    def trying(self, incident: Incident, remedy: Remedy, what: str) -> None:
        """Hear what is tried next."""

    def passed_over(self, remedy: Remedy, why: str) -> None:
        """Hear that a remedy could not be asked: an index does not answer, a tool is missing."""

    def tried(self, incident: Incident, attempt: Attempt) -> None:
        """Hear what came of it."""

    def ended(self, incident: Incident) -> None:
        """Hear how an incident ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What the loop works with."""

    ward: Ward
    remedies: Sequence[Remedy]
    weigh: Callable[[Remedy, Failure], float]
    """How promising a remedy is by its record, as a factor."""
    guard: Guard
    save: Callable[[Incident], None]
    """Keeps an incident, durably."""
    clock: Clock
    stop: asyncio.Event
    attempts: int = 3
    """Most attempts for one cause."""
    until: float = math.inf
    """When nothing more is tried, because something else is proven and waits."""
    forbidden: Callable[[], bool] = lambda: False
    """Whether somebody stopped all healing."""
    heard: Heard = field(default_factory=Heard)


@dataclass(frozen=True, slots=True, kw_only=True)
class Healing:
    """What became of a red run."""

    ran: Ran
    """The last run: green, when it was healed."""
    patch: Patch
    """Everything that made it green; nothing when a rerun was enough."""
    incidents: tuple[Incident, ...]
    risk: Risk = Risk.SAFE
    confidence: float = 1.0
    asks: str = ""
    """Why a person has to agree in any case."""
    unchecked: tuple[str, ...] = ()
    """What was not checked, so that nobody knows whether all is green."""
    stopped: str = ""
    """Why it ended before its time."""
    interrupted: bool = False
    """Whether it was this process that was to end."""

    @property
    def green(self) -> bool:
        """Whether the pipeline ended green."""
        return self.ran.run.status is RunStatus.PASSED and not self.stopped and not self.unchecked


async def heal(red: Ran, steps: Steps) -> Healing:
    """Heal a red run: each cause on top of what was proven for those before it."""
    return await _Loop(steps, red).all()


class _Loop:
    """One healing under way."""

    def __init__(self, steps: Steps, red: Ran) -> None:
        self.steps = steps
        self.first = red
        self.ran = red
        self.patch = NOTHING
        self.incidents: list[Incident] = []
        self.incident: Incident
        self.passed_over: dict[str, list[str]] = {}
        self.risk = Risk.SAFE
        self.confidence = 1.0
        self.asks: list[str] = []

    async def all(self) -> Healing:
        """Heal cause after cause."""
        while (wrong := self._next()) and not self.steps.stop.is_set():
            incident = self._opened(wrong)
            self.incidents.append(await self._ended_by(incident, wrong))
            if self.incidents[-1].state is not State.HEALING:
                break
        stopped = self._stopped()
        green = self.ran.run.status is RunStatus.PASSED and not stopped
        left_out = [self._opened(one) for one in unchecked(self.ran.run)] if green else []
        self.incidents += [self._escalated(one, "only a person can give it") for one in left_out]
        return Healing(
            ran=self.ran,
            patch=self.patch if green else NOTHING,
            incidents=tuple(self._closed(one, stopped, green=green) for one in self.incidents),
            risk=self.risk,
            confidence=self.confidence,
            asks="; ".join(dict.fromkeys(self.asks)),
            unchecked=tuple(one.failure.message for one in left_out if one.failure),
            stopped=stopped,
            interrupted=bool(stopped) and not self.steps.forbidden(),
        )

    async def _ended_by(self, incident: Incident, wrong: Broken) -> Incident:
        """Return what became of the next cause."""
        if self.steps.forbidden():
            return incident
        if len(self.incidents) == MOST_CAUSES:
            return self._escalated(incident, f"it has more than {MOST_CAUSES} causes")
        self.incident = incident
        return await self._one(wrong)

    def _stopped(self) -> str:
        """Return why nothing more may be done; "" when something may."""
        if self.steps.forbidden():
            return "all healing is stopped: `autonomous-cicd stop --off` lets it go on"
        return "it was interrupted" if self.steps.stop.is_set() else ""

    def _next(self) -> Broken | None:
        return next(broken(self.ran, self.steps.ward.diagnose), None)

    async def _one(self, wrong: Broken) -> Incident:
        """Try remedies against one cause; the incident is HEALING when one of them helped."""
        tried = 0
        async for remedy, prescription in self._prescriptions(wrong, lambda: self.incident.attempts):
            if self.steps.stop.is_set():
                return self.incident
            if isinstance(prescription, Escalate):
                return self._escalated(self.incident, prescription.reason, prescription.proposed)
            if tried >= self.steps.attempts or self._late:
                break
            attempt, ran = await self._attempt(remedy, prescription, wrong)
            self.incident = self._saved(self.incident.tried(attempt, self.steps.clock.now()))
            self.steps.heard.tried(self.incident, attempt)
            if attempt.verification.outcome is Outcome.STOPPED:
                return self.incident
            if attempt.success and ran:
                self._take(attempt, prescription, remedy, wrong, ran)
                return self.incident
            tried += attempt.verification.outcome is not Outcome.REFUSED
        return self._escalated(self.incident, self._in_vain(tried))

    @property
    def _late(self) -> bool:
        return self.steps.clock.now() >= self.steps.until

    def _in_vain(self, tried: int) -> str:
        """Return why a person has to go on."""
        nothing = "no remedy knows a way that could be proven"
        if self._late:
            return "the time for healing was used up (`self_healing.time_budget`)"
        if not tried:
            return nothing
        if not any(one.patch for one in self.incident.attempts):
            return f"it fails every time, and {nothing}"
        return f"{'one attempt' if tried == 1 else f'{tried} attempts'} did not help"

    async def _prescriptions(
        self, wrong: Broken, attempts: Callable[[], tuple[Attempt, ...]]
    ) -> AsyncIterator[tuple[Remedy, Prescription]]:
        """Yield what the remedies propose, the most promising first; what needs a consent comes last."""
        case = self.steps.ward.case(self.ran, wrong.failure, wrong.task, self.patch)
        seen: set[str] = set()
        later: list[tuple[Remedy, Edit]] = []
        for remedy in self._ranked(wrong.failure):
            if self._late:
                return
            for one in await self._prescribed(remedy, replace(case, attempts=attempts())):
                if not isinstance(one, Edit):
                    yield remedy, one
                elif one.patch.id not in seen:
                    seen.add(one.patch.id)
                    found = self._with_consents(one)
                    if found.asks and not any(not said.consent for said in self.steps.guard(one.patch)):
                        later.append((remedy, found))
                    else:
                        yield remedy, one
        for remedy, edit in later:
            yield remedy, edit

    def _with_consents(self, edit: Edit) -> Edit:
        """Return an edit that says why a person has to agree to it, if one has."""
        asks = [edit.asks] if edit.asks else []
        guarded = self.steps.guard(edit.patch)
        asks += [str(one) for one in guarded if one.consent and not one.what.startswith(edit.meant or "\0")]
        return replace(edit, asks="; ".join(asks))

    async def _attempt(
        self, remedy: Remedy, prescription: Rerun | Edit, wrong: Broken
    ) -> tuple[Attempt, Ran | None]:
        """Try one prescription, unless it must not be tried."""
        began = self.steps.clock.now()
        summary = prescription.reason or "run it again, unchanged"
        self.steps.heard.trying(self.incident, remedy, summary)
        patch = prescription.patch if isinstance(prescription, Edit) else NOTHING
        if refusals := [str(one) for one in self.steps.guard(patch) if not one.consent]:
            tested = self._untested(Outcome.REFUSED, "; ".join(refusals))
        else:
            if isinstance(prescription, Rerun) and prescription.after:
                await self._wait(prescription.after)
            tested = await self._tested(patch, wrong, flaky=getattr(prescription, "flaky", False))
        attempt = Attempt(
            remedy=remedy.name,
            strategy=remedy.strategy,
            summary=summary,
            verification=tested.verification,
            patch=patch,
            seconds=self.steps.clock.now() - began,
        )
        return attempt, tested.ran

    async def _wait(self, seconds: float) -> None:
        """Wait, but no longer than until everything is to end."""
        ends = [
            asyncio.ensure_future(one) for one in (self.steps.clock.sleep(seconds), self.steps.stop.wait())
        ]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for one in ends:
            one.cancel()

    async def _tested(self, patch: Patch, wrong: Broken, *, flaky: bool) -> Tested:
        if self.steps.stop.is_set():
            return self._untested(Outcome.STOPPED, self._stopped())
        try:
            whole = self.patch.then(patch)
        except Conflict as error:
            return self._untested(Outcome.REFUSED, str(error))
        ward, now = self.steps.ward, self.steps.clock.now
        known = {"before": self.ran, "first": self.first}
        return await verify(ward, whole, **known, wrong=wrong, now=now, flaky=flaky)

    def _untested(self, outcome: Outcome, reason: str) -> Tested:
        red = (trial_of(self.ran, "as it was"),)
        return Tested(verification=Verification(outcome=outcome, reason=reason, red=red))

    def _take(
        self, attempt: Attempt, prescription: Rerun | Edit, remedy: Remedy, wrong: Broken, ran: Ran
    ) -> None:
        """Go on from what helped."""
        self.ran = ran
        self.patch = self.patch.then(attempt.patch)
        if isinstance(prescription, Edit):
            order = list(Risk)
            self.risk = max(self.risk, remedy.risk, key=order.index)
            self.confidence = min(self.confidence, wrong.failure.confidence)
            self.asks += [prescription.asks] if prescription.asks else []

    def _ranked(self, failure: Failure) -> list[Remedy]:
        """Return the remedies that suit, the most promising first."""
        weighed = [(self._weight(remedy, failure), remedy) for remedy in self.steps.remedies]
        return [remedy for weight, remedy in sorted(weighed, key=lambda pair: -pair[0]) if weight > 0]

    async def _prescribed(self, remedy: Remedy, case: Case) -> Sequence[Prescription]:
        try:
            return await remedy.prescribe(case)
        except (PortError, UsageError) as error:
            self._pass_over(remedy, said(error))
        except Exception as error:  # noqa: BLE001 - a border: one remedy with a bug must not end the others
            self._pass_over(remedy, f"it has a bug: {type(error).__name__}: {error}")
        return ()

    def _pass_over(self, remedy: Remedy, why: str) -> None:
        self.steps.heard.passed_over(remedy, why)
        self.passed_over.setdefault(self.incident.id, []).append(f"{remedy.name}: {why}")

    def _weight(self, remedy: Remedy, failure: Failure) -> float:
        try:
            return remedy.suits(failure) * self.steps.weigh(remedy, failure)
        except Exception as error:  # noqa: BLE001 - the same border
            self._pass_over(remedy, f"it has a bug: {type(error).__name__}: {error}")
            return 0.0

    def _opened(self, wrong: Broken) -> Incident:
        now, run = self.steps.clock.now(), self.first.run
        incident = Incident(
            id=secrets.token_hex(6),
            project=run.project,
            run=run.id,
            commit=run.commit,
            task=wrong.task,
            opened=now,
        )
        incident = incident.at(now, State.OPEN, f"{wrong.task} failed").diagnosed(wrong.failure, now)
        self.steps.heard.found(incident)
        return self._saved(incident)

    def _escalated(self, incident: Incident, why: str, proposed: Patch = NOTHING) -> Incident:
        commit, name = incident.commit, incident.task
        commands = [f"git checkout {commit}"] if commit else []
        known = self.ran.pipeline is not None and any(name == one.name for one in self.ran.pipeline.tasks)
        only = f" --only {shlex.quote(name)}" if known else ""
        commands.append(f"autonomous-cicd run .{only} --no-cache")
        sentence = f"{why[0].upper()}{why[1:]}."
        proven = {"proven": self.patch.diff(), "proposed": proposed.diff()}
        passed_over = self.passed_over.get(incident.id, ())
        page = hand_over(incident, why=sentence, reproduce=commands, passed_over=passed_over, **proven)
        return self._ended(incident.escalated(page, self.steps.clock.now(), why))

    def _closed(self, incident: Incident, stopped: str, *, green: bool) -> Incident:
        """Return an incident that was healed as resolved, or as handed over when the run stayed red."""
        if incident.state.closed:
            return incident
        if not green:
            return self._escalated(incident, stopped or "its remedy helped, but the run stayed red")
        last = incident.attempts[-1]
        return self._ended(incident.resolved(last.patch, self.steps.clock.now(), last.summary))

    def _ended(self, incident: Incident) -> Incident:
        self.steps.heard.ended(incident)
        return self._saved(incident)

    def _saved(self, incident: Incident) -> Incident:
        self.steps.save(incident)
        return incident
