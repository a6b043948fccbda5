"""Strategy, Risk, Prescription: what may be tried against a failure."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from autonomous_cicd.domain.patch import NOTHING, Patch
from autonomous_cicd.values import dataclass

__all__ = ["Edit", "Escalate", "Prescription", "Rerun", "Risk", "Strategy"]


class Strategy(StrEnum):
    """The guides' names under which remedies are grouped, reported and counted."""

    RETRY = "retry"
    DEPENDENCY_UPDATE = "dependency_update"
    RESOURCE_ADJUSTMENT = "resource_adjustment"
    CONFIGURATION_FIX = "configuration_fix"
    ROLLBACK = "rollback"
    ALTERNATIVE_APPROACH = "alternative_approach"
    ESCALATE_TO_HUMAN = "escalate_to_human"
    AGENT = "agent"


class Risk(StrEnum):
    """How much can go wrong when a remedy is mistaken although its proof holds."""

    SAFE = "safe"
    """It changes nothing, or only what a tool of the project's writes anyway."""
    LOW = "low"
    """It changes how the project is built or checked, not what it does."""
    HIGH = "high"
    """It changes what the project does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """Run it again, unchanged."""

    after: float = 0.0
    """Seconds to wait before."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Change files."""

    patch: Patch
    """Relative to the project as the remedy found it."""
    reason: str
    """What it does and why it helps, in one sentence for a person."""
    flaky: bool = False
    """Whether it is to help against something that fails only sometimes: green once proves little then."""
    asks: str = field(default="")
    """Why a person has to agree to it in any case; empty: nobody has to."""
    meant: tuple[str, ...] = ()
    """What would else need a consent and is what the failure itself asks for: how objections begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    """Hand over to a person at once: nothing that could be tried would be right."""

    reason: str
    proposed: Patch = NOTHING
    """What would make it green, and is not done unless a person says that it is right."""


Prescription = Rerun | Edit | Escalate
"""What a remedy proposes for one case."""
