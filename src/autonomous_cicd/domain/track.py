"""TrackRecord: how often a remedy helped in a kind of case; AuditEntry: what was decided and done."""

from __future__ import annotations

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.values import dataclass

__all__ = ["AuditEntry", "Stage", "TrackRecord", "stage_of"]

PRIOR = (4.0, 1.0)
"""Successes and failures that a remedy without any record is credited with."""
_STEPS = ((3, 0.5, "suggest"), (10, 0.8, "propose"), (30, 0.9, "act"))
"""Tries, and share of successes, from which on a remedy has earned a stage."""

Stage = str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecord:
    """How often a remedy helped against a category of causes."""

    remedy: str
    category: Category
    tries: int = 0
    successes: int = 0
    seconds: float = 0.0
    """That its tries took, all together."""
    reverted: int = 0
    """Changes of it that somebody undid later: each counts as a failure."""

    @property
    def parameters(self) -> tuple[float, float]:
        """The parameters of the Beta distribution of its chance to help."""
        good = max(0, self.successes - self.reverted)
        return PRIOR[0] + good, PRIOR[1] + self.tries - good

    @property
    def rate(self) -> float:
        """Its chance to help, as far as the record tells."""
        good, bad = self.parameters
        return good / (good + bad)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line of the audit trail, which is only ever added to."""

    at: float
    """Seconds since the epoch."""
    actor: str
    """Who did it: `autonomous-cicd`, or a person."""
    what: str
    """What was decided or done, in one plain sentence."""
    incident: str = ""
    project: str = ""
    detail: str = ""
    """The id of the patch, the reasons, the key of the intent."""


def stage_of(record: TrackRecord) -> Stage:
    """Return what a remedy has earned by its record: label, suggest, propose or act."""
    good = max(0, record.successes - record.reverted)
    earned = "label"
    for tries, share, stage in _STEPS:
        if record.tries >= tries and good / record.tries >= share:
            earned = stage
    return earned
