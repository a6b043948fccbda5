"""Track: counts what remedies achieve, and weighs them by it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

from autonomous_cicd.casebook import Casebook
from autonomous_cicd.cases import Remedy
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.incident import Incident
from autonomous_cicd.domain.track import PRIOR, TrackRecord
from autonomous_cicd.domain.verification import Outcome

__all__ = ["record_of", "remember", "weigher"]

_UNTRIED = (Outcome.REFUSED, Outcome.STOPPED)


def remember(casebook: Casebook, incidents: Iterable[Incident]) -> None:
    """Count what was tried in these incidents."""
    for incident in incidents:
        for attempt in incident.attempts:
            if incident.failure and attempt.verification.outcome not in _UNTRIED:
                casebook.learn(
                    attempt.remedy,
                    incident.failure.category,
                    success=attempt.success,
                    seconds=attempt.seconds,
                )


def weigher(records: Iterable[TrackRecord], chance: random.Random) -> Callable[[Remedy, Failure], float]:
    """Return what weighs a remedy for a failure: Thompson sampling over its record, 1 without one.

    So a remedy that failed lately comes later, and is still tried again now and then.
    """
    known = {(one.remedy, one.category): one for one in records}
    usual = PRIOR[0] / sum(PRIOR)

    def weigh(remedy: Remedy, failure: Failure) -> float:
        record = known.get((remedy.name, failure.category))
        return chance.betavariate(*record.parameters) / usual if record and record.tries else 1.0

    return weigh


def record_of(records: Iterable[TrackRecord], incident: Incident) -> TrackRecord | None:
    """Return the record of what healed an incident, an empty one when it never helped before."""
    if not incident.attempts or not incident.failure:
        return None
    remedy, category = incident.attempts[-1].remedy, incident.failure.category
    found = (one for one in records if (one.remedy, one.category) == (remedy, category))
    return next(found, TrackRecord(remedy=remedy, category=category))
