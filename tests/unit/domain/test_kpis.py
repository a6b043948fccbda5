"""KPIs: counted from incidents alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.benches import failure_of

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.incident import Entry, Incident, State
from autonomous_cicd.domain.kpis import Kpis, kpis


def incident(state: State, seconds: float = 0.0, category: Category = Category.NETWORK) -> Incident:
    history = (Entry(at=100.0 + seconds, state=state, what="it ended"),)
    failure = failure_of("503", category)
    return Incident(
        id="i", project="/p", run="r", failure=failure, state=state, opened=100.0, history=history
    )


def test_without_incidents_nothing_is_claimed() -> None:
    assert Kpis() == kpis([])
    assert (0.0, None, 0) == (Kpis().success_rate, Kpis().wrong_rate, Kpis().by_people)


def test_each_state_counts_where_it_belongs() -> None:
    states = [State.RESOLVED, State.RESOLVED, State.ESCALATED, State.WAITING, State.DISMISSED, State.OPEN]
    found = kpis([incident(state) for state in states])
    assert (6, 2, 1, 1, 1) == (
        found.incidents,
        found.healed,
        found.handed_over,
        found.waiting,
        found.dismissed,
    )
    assert (2 / 3, 3) == (found.success_rate, found.by_people)


def test_the_time_to_recovery_is_of_what_was_healed() -> None:
    """A clock that went back makes none negative."""
    found = kpis([incident(State.RESOLVED, 10), incident(State.RESOLVED, -50), incident(State.ESCALATED, 99)])
    assert 5.0 == pytest.approx(found.recovery_seconds)


def test_what_nobody_understands_is_not_supported() -> None:
    known = incident(State.RESOLVED)
    unknown = incident(State.ESCALATED, category=Category.UNKNOWN)
    assert 1 / 3 == pytest.approx(kpis([known, unknown, replace(unknown, failure=None)]).supported)


def test_what_was_undone_later_was_wrong() -> None:
    kept = replace(incident(State.RESOLVED), taken="c" * 40)
    wrong = replace(incident(State.RESOLVED), undone="a person")
    found = kpis([kept, wrong, incident(State.RESOLVED), incident(State.ESCALATED)])
    assert (1, 2, 0.5, 0.5) == (found.undone, found.looked, found.wrong_rate, found.success_rate)


def test_what_nobody_looked_at_is_not_called_right() -> None:
    assert None is kpis([incident(State.RESOLVED)]).wrong_rate
