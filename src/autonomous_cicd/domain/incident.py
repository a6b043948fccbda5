"""Incident: one problem from first sight to closing, with its whole history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace
from enum import StrEnum

from autonomous_cicd.domain.at_host import AtHost
from autonomous_cicd.domain.decision import Decision
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.patch import NOTHING, Patch
from autonomous_cicd.domain.remedy import Strategy
from autonomous_cicd.domain.verification import Verification
from autonomous_cicd.values import dataclass

__all__ = ["Attempt", "Delivery", "Entry", "Incident", "State"]


class State(StrEnum):
    """How far an incident has come."""

    OPEN = "open"
    DIAGNOSED = "diagnosed"
    HEALING = "healing"
    WAITING = "waiting"
    """For a person's approval."""
    RESOLVED = "resolved"
    ESCALATED = "escalated"
    """Handed over to a person."""
    DISMISSED = "dismissed"
    """A person said that nothing is to be done."""

    @property
    def closed(self) -> bool:
        """Whether nothing more is done about it unasked."""
        return self in (State.RESOLVED, State.ESCALATED, State.DISMISSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of an incident's history."""

    at: float
    """Seconds since the epoch."""
    state: State
    what: str
    """What happened, in one plain sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A prescription that was tried, and what came of it."""

    remedy: str
    strategy: Strategy
    summary: str
    """What was tried and why, in one sentence."""
    verification: Verification
    patch: Patch = NOTHING
    decision: Decision | None = None
    seconds: float = 0.0

    @property
    def success(self) -> bool:
        """Whether it helped."""
        return self.verification.passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Where a proven change was left."""

    branch: str = ""
    patch_file: str = ""
    applied: bool = False
    """Whether it is in the working tree."""
    note: str = ""
    """Why it could not be done as it was wished."""

    @property
    def done(self) -> bool:
        """Whether the change was left where it was wished."""
        return not self.note


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One problem. Every step returns a new one with one more entry of history."""

    id: str
    project: str
    """Absolute path of the checkout; of what was seen at a code host, the repository as owner/name."""
    run: str
    """Id of the run in which it was seen."""
    commit: str = ""
    task: str = ""
    failure: Failure | None = None
    state: State = State.OPEN
    opened: float = 0.0
    attempts: tuple[Attempt, ...] = ()
    history: tuple[Entry, ...] = ()
    patch: Patch = NOTHING
    """What waits for approval, or was proven."""
    delivery: Delivery | None = None
    hand_over: str = field(default="")
    """The page for the person who takes over, in Markdown."""
    taken: str = ""
    """The commit of the project's history that took its change over, as far as somebody looked."""
    undone: str = ""
    """What undid its change later: a commit, or a person who rejected it."""
    at_host: AtHost | None = None
    """Where at the code host it was seen; None when it was seen here."""

    @property
    def fingerprint(self) -> str:
        """The same for the same cause."""
        return self.failure.fingerprint if self.failure else ""

    @property
    def ended(self) -> float:
        """When its last step was."""
        return self.history[-1].at if self.history else self.opened

    def at(self, now: float, state: State, what: str) -> Incident:
        """Return it in another state, with what happened."""
        return replace(self, state=state, history=(*self.history, Entry(at=now, state=state, what=what)))

    def diagnosed(self, failure: Failure, now: float) -> Incident:
        """Return it with its cause known."""
        known = f"{failure.category.value} ({failure.confidence:.0%}): {failure.message}"
        return replace(self, failure=failure).at(now, State.DIAGNOSED, known)

    def tried(self, attempt: Attempt, now: float) -> Incident:
        """Return it with one more attempt."""
        outcome = attempt.verification
        said = f"{attempt.remedy}: {attempt.summary} -> {outcome.outcome.value}"
        more = replace(self, attempts=(*self.attempts, attempt))
        return more.at(now, State.HEALING, f"{said} ({outcome.reason})" if outcome.reason else said)

    def waiting(self, patch: Patch, decision: Decision, now: float) -> Incident:
        """Return it waiting for a person's approval of that very change."""
        return replace(self, patch=patch).at(now, State.WAITING, "; ".join(decision.reasons))

    def resolved(self, patch: Patch, now: float, what: str) -> Incident:
        """Return it solved."""
        return replace(self, patch=patch).at(now, State.RESOLVED, what)

    def escalated(self, hand_over: str, now: float, why: str) -> Incident:
        """Return it handed over to a person."""
        return replace(self, hand_over=hand_over).at(now, State.ESCALATED, why)

    def tries(self, remedies: Sequence[str]) -> int:
        """Return how often one of these remedies was tried."""
        return sum(one.remedy in remedies for one in self.attempts)
