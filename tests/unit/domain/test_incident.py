"""An incident from first sight to closing: every step adds to its history and takes nothing away."""

from __future__ import annotations

import pytest
from tests.benches import failure_of

from autonomous_cicd.domain.decision import Choice, Decision
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.incident import Attempt, Delivery, Entry, Incident, State
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.remedy import Strategy
from autonomous_cicd.domain.verification import NO_TESTS, Counts, Outcome, Verification

PATCH = Patch.of([changed_file("a", "1\n", "2\n")])
FAILURE = failure_of("error: it broke\n", Category.NETWORK)


def attempt(outcome: Outcome, remedy: str = "retry", reason: str = "") -> Attempt:
    verification = Verification(outcome=outcome, reason=reason)
    return Attempt(remedy=remedy, strategy=Strategy.RETRY, summary="run it again", verification=verification)


def test_a_life_is_told_from_the_beginning() -> None:
    opened = Incident(id="i", project="/p", run="r", opened=1.0)
    assert ("", 1.0, State.OPEN) == (opened.fingerprint, opened.ended, opened.state)
    seen = opened.at(1.0, State.OPEN, "test failed").diagnosed(FAILURE, 2.0)
    tried = seen.tried(attempt(Outcome.SAME, reason="again"), 3.0).tried(attempt(Outcome.GREEN), 4.0)
    healed = tried.resolved(PATCH, 5.0, "it helped")
    assert healed.history == (
        Entry(at=1.0, state=State.OPEN, what="test failed"),
        Entry(at=2.0, state=State.DIAGNOSED, what="network (95%): error: it broke"),
        Entry(at=3.0, state=State.HEALING, what="retry: run it again -> same (again)"),
        Entry(at=4.0, state=State.HEALING, what="retry: run it again -> green"),
        Entry(at=5.0, state=State.RESOLVED, what="it helped"),
    )
    assert (FAILURE.fingerprint, 5.0, PATCH) == (healed.fingerprint, healed.ended, healed.patch)
    assert () == opened.history
    assert (2, 0) == (healed.tries(["retry"]), healed.tries(["rollback"]))


def test_it_waits_for_that_very_change() -> None:
    held = Incident(id="i", project="/p", run="r").waiting(PATCH, Decision(Choice.ASK, ("a", "b")), 1.0)
    assert (State.WAITING, PATCH, "a; b") == (held.state, held.patch, held.history[-1].what)


def test_a_person_gets_a_page() -> None:
    left = Incident(id="i", project="/p", run="r").escalated("# page", 1.0, "nothing helped")
    assert (State.ESCALATED, "# page", "nothing helped") == (
        left.state,
        left.hand_over,
        left.history[-1].what,
    )


@pytest.mark.parametrize("state", State)
def test_some_states_are_the_end(state: State) -> None:
    assert state.closed == (state in (State.RESOLVED, State.ESCALATED, State.DISMISSED))


@pytest.mark.parametrize("outcome", Outcome)
def test_helped_has_what_removed_the_cause(outcome: Outcome) -> None:
    assert attempt(outcome).success == (outcome in (Outcome.GREEN, Outcome.PROGRESS))


def test_a_delivery_that_says_why_not_is_not_done() -> None:
    assert Delivery(branch="b").done
    assert Delivery(patch_file="p").done
    assert not Delivery(patch_file="p", note="somebody else changed it").done


def test_counts_add_up() -> None:
    total = Counts(passed=1, failed=2, skipped=3) + Counts(passed=10)
    assert (Counts(passed=11, failed=2, skipped=3), 13) == (total, total.ran)
    assert total == total + NO_TESTS
