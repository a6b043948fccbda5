"""Verdict, Decision, Policy: may we act? One pure function."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from autonomous_cicd.domain.globs import Names
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Risk
from autonomous_cicd.domain.track import TrackRecord, stage_of
from autonomous_cicd.values import dataclass

__all__ = ["PIPELINE_FILES", "Autonomy", "Choice", "Decision", "Policy", "Proposal", "decide"]

PIPELINE_FILES = (
    ".github/workflows/**",
    ".github/actions/**",
    ".github/dependabot.y*ml",
    ".gitlab-ci.yml",
    ".circleci/**",
    ".travis.yml",
    "azure-pipelines.yml",
    "Jenkinsfile",
    ".autonomous-cicd.yml",
    ".autonomous-cicd/**",
    "CODEOWNERS",
    ".github/CODEOWNERS",
)
"""Files that say how a project is checked, and by whom: changed only with a person's consent."""


class Autonomy(StrEnum):
    """How far things are done unasked."""

    OBSERVE = "observe"
    PROPOSE = "propose"
    ACT = "act"


class Choice(StrEnum):
    """What is to be done with a proven change."""

    ACT = "act"
    ASK = "ask"
    """Keep it until a person agrees."""
    WATCH = "watch"
    """Say what would be done, and do nothing."""
    ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done, and why."""

    choice: Choice
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the operator allows."""

    autonomy: Autonomy = Autonomy.OBSERVE
    confidence: float = 0.75
    """From which on nobody has to be asked."""
    protected: tuple[str, ...] = ()
    """Patterns of files that are changed only with a person's consent, besides `PIPELINE_FILES`."""
    fixes_per_day: int = 10
    aggressive: bool = False
    """Whether remedies of high risk need no consent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is about to be done."""

    patch: Patch
    risk: Risk
    confidence: float
    asked: bool = False
    """Whether a person asked for it here and now, by `run --heal`: a branch and a patch are left then."""
    approved: str = ""
    """Id of the patch that a person approved."""
    asks: str = ""
    """Why the remedy itself wants a person's consent."""
    record: TrackRecord | None = None
    """How the remedy did so far, in such cases."""
    spent: int = 0
    """Fixes of the last 24 hours."""
    stopped: bool = False
    """Whether somebody pulled the kill switch."""


def decide(proposal: Proposal, policy: Policy) -> Decision:
    """Return whether something may be done, and why."""
    if proposal.stopped:
        return Decision(Choice.WATCH, ("everything is stopped: `autonomous-cicd stop --off` lets it go on",))
    if proposal.spent >= policy.fixes_per_day:
        reason = f"{proposal.spent} fixes were delivered in the last 24 hours, no more are allowed"
        return Decision(Choice.ASK, (reason,))
    if proposal.approved and proposal.approved == proposal.patch.id:
        return Decision(Choice.ACT, ("a person approved this very change",))
    if proposal.asks:
        return Decision(Choice.ASK, (proposal.asks,))
    if proposal.asked:
        return Decision(Choice.ACT, ("a person asked for it",))
    if policy.autonomy is Autonomy.OBSERVE:
        return Decision(Choice.WATCH, ("autonomy is `observe`: nothing is done unasked",))
    if reasons := tuple(_doubts(proposal, policy)):
        return Decision(Choice.ASK, reasons)
    return Decision(Choice.ACT, (f"autonomy is `{policy.autonomy.value}`, and nothing speaks against it",))


def _doubts(proposal: Proposal, policy: Policy) -> Iterator[str]:
    """Yield why a person has to be asked."""
    if proposal.confidence < policy.confidence:
        yield f"confidence {proposal.confidence:.0%} is below {policy.confidence:.0%}"
    if policy.autonomy is Autonomy.ACT and proposal.record and stage_of(proposal.record) != "act":
        yield f"{proposal.record.remedy} has not helped often enough to act unasked"
    if proposal.risk is Risk.HIGH and not policy.aggressive:
        yield "it changes what the project does"
    for name in _matching(proposal.patch.files, (*PIPELINE_FILES, *policy.protected)):
        yield f"{name} is protected"


def _matching(names: Sequence[str], patterns: Sequence[str]) -> tuple[str, ...]:
    return tuple(Names(list(names)).select(patterns))
