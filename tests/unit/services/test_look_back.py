"""What became of our changes in a project's history."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.incidents import an_attempt, an_incident
from tests.pasts import MemoryPast

from autonomous_cicd.adapters.casebook import MemoryCasebook
from autonomous_cicd.domain.change import Commit
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.errors import Unavailable
from autonomous_cicd.services.look_back import SECONDS, look_back

PATCH = Patch.of([changed_file("a", "1\n", "2\n")])
ONE, TWO = {"a": "1\n"}, {"a": "2\n"}
HEALED = an_incident(project="/p", patch=PATCH, attempts=(an_attempt(),))
NOW = HEALED.ended + 10.0


def book_of(incident: Incident) -> MemoryCasebook:
    book = MemoryCasebook()
    book.save(incident)
    if incident.failure:
        book.learn(incident.attempts[-1].remedy, incident.failure.category, success=True, seconds=1.0)
    return book


def after(*states: tuple[str, dict[str, str]], incident: Incident = HEALED, now: float = NOW) -> Incident:
    book = book_of(incident)
    for _ in range(2):
        look_back(book, "/p", MemoryPast(states), now)
    (record,) = book.records()
    found = book.incident(incident.id)
    assert record.reverted == bool(found.undone and not incident.undone)
    return found


def test_a_change_that_was_undone_counts_as_wrong_once() -> None:
    found = after(("Begin", ONE), ("Heal test", TWO), ("Undo it", ONE))
    assert (State.RESOLVED, f"{2:040x}", f"{3:040x}") == (found.state, found.taken, found.undone)
    assert f"{f'{3:040x}'[:12]} undid it" == found.history[-1].what


def test_a_change_that_is_still_there_was_taken_over() -> None:
    found = after(("Begin", ONE), ("Heal test", TWO), ("More", {**TWO, "b": "x\n"}))
    assert (f"{2:040x}", "") == (found.taken, found.undone)


@pytest.mark.parametrize(
    "incident",
    [
        replace(HEALED, patch=Patch()),
        replace(HEALED, delivery=None),
        replace(HEALED, state=State.ESCALATED),
        replace(HEALED, undone="a person"),
    ],
)
def test_what_was_never_left_or_is_known_is_not_looked_for(incident: Incident) -> None:
    assert incident == after(("Begin", ONE), ("Heal test", TWO), ("Undo it", ONE), incident=incident)


def test_what_never_came_into_the_history_was_not_undone() -> None:
    found = after(("Begin", TWO), ("Something", ONE))
    assert ("", "") == (found.taken, found.undone)
    assert HEALED == after(("Heal test", TWO), now=HEALED.ended + SECONDS + 1)


def test_without_a_history_nothing_is_known() -> None:
    class Broken(MemoryPast):
        def commits(self, limit: int = 50) -> tuple[Commit, ...]:
            raise Unavailable("git does not answer")

    class Shallow(MemoryPast):
        def patch_of(self, commit: str) -> Patch:
            raise Unavailable("it is not there")

    for past in (Broken([]), Shallow([("Begin", ONE), ("Heal", TWO)]), MemoryPast([])):
        book = book_of(HEALED)
        look_back(book, "/p", past, NOW)
        assert HEALED == book.incident(HEALED.id)
