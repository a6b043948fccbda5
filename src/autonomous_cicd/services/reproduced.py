"""Reproduced: whether what fails here is what failed at the code host."""

from __future__ import annotations

from collections.abc import Sequence

from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.incident import Incident
from autonomous_cicd.services.host_symptoms import Sick

__all__ = ["TRANSIENT", "incident_here", "same_cause"]

TRANSIENT = frozenset({Category.NETWORK, Category.RATE_LIMIT, Category.INFRASTRUCTURE, Category.FLAKY_TEST})
"""Causes that pass by themselves."""


def same_cause(there: Failure, here: Failure) -> bool:
    """Return whether two failures have one cause, as far as two logs can tell.

    The machines differ, so their messages may: then kind and place have to agree. Of a place the first thing
    counts that both logs tell; the rule that saw it alone says only when neither tells a place.
    """
    if there.fingerprint == here.fingerprint:  # it leaves numbers out: two tests may fail with one message
        return not _of_other_tests(there, here)
    if there.category is not here.category:
        return False
    places = [(one.place.package, one.place.test, one.place.file) for one in (there, here)]
    told = [a == b for a, b in zip(*places, strict=True) if a and b]
    if told or any(any(place) for place in places):
        return told[:1] == [True]
    return bool(there.rule) and there.rule == here.rule


def _of_other_tests(there: Failure, here: Failure) -> bool:
    """Whether both name tests that failed, and not one of them is the same."""
    tests = [{one.place.test, *one.tests} - {""} for one in (there, here)]
    return all(tests) and tests[0].isdisjoint(tests[1])


def incident_here(sick: Sequence[Sick], incidents: Sequence[Incident]) -> Incident | None:
    """Return what was seen here of a cause that failed jobs have at the host; None when it was not seen."""
    for incident in incidents:
        failure = incident.failure
        if failure and any(_same(one, incident, failure) for one in sick):
            return incident
    return None


def _same(one: Sick, incident: Incident, here: Failure) -> bool:
    """Whether they have one cause; of a job whose log says nothing only the name can be compared."""
    unknown = one.failure.category is Category.UNKNOWN
    return same_cause(one.failure, here) or (unknown and one.job.name == incident.task)
