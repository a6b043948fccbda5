"""Flaky tests: proven by a run that passed on the same files, and listed only by a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.benches import failure_of
from tests.incidents import an_attempt, an_incident

from autonomous_cicd.documents import read_yaml
from autonomous_cicd.domain.diagnosis import Category, Place
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.domain.patch import NOTHING
from autonomous_cicd.domain.quarantine import (
    FlakyTest,
    Quarantine,
    flaky_tests,
    proposed,
    read_quarantine,
)
from autonomous_cicd.domain.quarantine import tests_of as names_of
from autonomous_cicd.domain.remedy import Strategy
from autonomous_cicd.domain.verification import Outcome

TODAY = date(2026, 1, 31)
FAILURE = replace(
    failure_of("assert 1 == 2\n", Category.TEST_FAILURE), place=Place(file="tests/test_a.py", test="test_b")
)
TEST = "tests/test_a.py::test_b"
ENTRY = {"test": TEST, "owner": "Ann", "reason": "it waits", "since": "2026-01-01", "expires": "2026-02-01"}


def seen(opened: float, outcome: Outcome = Outcome.GREEN, **more: Any) -> Incident:
    retry = an_attempt(outcome, strategy=Strategy.RETRY, patch=NOTHING)
    return an_incident(**{"failure": FAILURE, "attempts": (retry,), "opened": opened, **more})


def flaky(**more: Any) -> FlakyTest:
    return FlakyTest(**{"test": TEST, "times": 2, "first": 1.0, "last": 2.0, "commit": "c" * 40, **more})


def test_what_passed_when_it_was_run_again_is_flaky() -> None:
    assert (flaky(),) == flaky_tests([seen(2.0), seen(1.0)])


@pytest.mark.parametrize(
    "incident",
    [
        seen(1.0, Outcome.SAME),
        seen(1.0, attempts=(an_attempt(),)),
        seen(1.0, attempts=()),
        seen(1.0, failure=None),
        seen(1.0, failure=failure_of("503\n", Category.NETWORK)),
        seen(1.0, failure=failure_of("assert\n", Category.TEST_FAILURE)),
    ],
)
def test_what_was_not_proven_is_not_flaky(incident: Incident) -> None:
    assert () == flaky_tests([incident])


@pytest.mark.parametrize(
    ("state", "opened", "broken"),
    [
        (State.ESCALATED, 3.0, True),
        (State.RESOLVED, 3.0, True),
        (State.DISMISSED, 3.0, False),
        (State.OPEN, 3.0, False),
        (State.ESCALATED, 0.5, False),
    ],
)
def test_what_was_broken_since_is_not_only_flaky(state: State, opened: float, broken: bool) -> None:
    found = flaky_tests([seen(1.0), seen(2.0), seen(opened, Outcome.SAME, state=state)])
    assert (flaky(broken=broken),) == found


def test_names_are_told_with_their_files() -> None:
    other = replace(FAILURE, place=Place(file="src/a.py", test="test_b"), tests=("tests/x.py::t", "suite/t"))
    assert {"test_b", "tests/x.py::t", "suite/t"} == names_of(other)


def known(*entries: Any, **more: Any) -> Quarantine:
    return read_quarantine({"tests": list(entries), **more})


def test_a_list_is_read() -> None:
    found = known(ENTRY, cap=3)
    (entry,) = found.entries
    assert (3, "Ann", date(2026, 2, 1)) == (found.cap, entry.owner, entry.expires)
    assert (True, False) == (entry.holds(TODAY), entry.holds(date(2026, 2, 1)))
    assert (entry, None) == (found.entry(TEST), found.entry("other"))
    assert Quarantine() == read_quarantine(None) == read_quarantine({"tests": None})


@pytest.mark.parametrize(
    "value",
    [
        [],
        {"cap": 0},
        {"cap": True},
        {"cap": "9"},
        {"cap": 1.5},
        {"tests": {"a": 1}},
        {"tests": ["x"]},
        {"tests": [{**ENTRY, "owner": " "}]},
        {"tests": [{**ENTRY, "expires": "soon"}]},
        {"tests": [{**ENTRY, "since": 1}]},
        {"tests": [ENTRY, ENTRY]},
    ],
)
def test_a_list_that_is_not_as_it_should_be_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_quarantine(value)


EXISTING = """\
# ours
cap: 2
tests:  # the slow ones
- test: x  # y
  owner: Bob
  reason: it waits
  since: 2025-01-01
  expires: 2025-01-15
"""


def read(text: str) -> Quarantine:
    return read_quarantine(read_yaml(text).value)


@pytest.mark.parametrize("text", ["", EXISTING, EXISTING.rstrip("\n"), "cap: 2\ntests:\n"])
def test_a_proposal_adds_to_the_end_and_can_be_read(text: str) -> None:
    before = read(text)
    after = proposed(text, before, [flaky(), flaky(test="z: #1", broken=True)], " Ann: <a@b> ", TODAY)
    assert after.startswith(text.rstrip("\n"))
    entry = read(after).entry(TEST)
    assert entry is not None
    assert ("Ann: <a@b>", date(2026, 2, 14)) == (entry.owner, entry.expires)
    assert "failed and passed on the same files 2 times, last on cccccccccccc" == entry.reason
    assert len(before.entries) + 1 == len(read(after).entries)


@pytest.mark.parametrize(
    ("text", "quarantine", "tests"),
    [
        ("", Quarantine(), []),
        ("", Quarantine(), [flaky(broken=True)]),
        ("", known(ENTRY), [flaky()]),
        ("", known({**ENTRY, "test": "x"}, cap=1), [flaky()]),
        ("tests: []\n", Quarantine(), [flaky()]),
        ("tests:\n- test: x\ncap: 3\n", Quarantine(), [flaky()]),
    ],
)
def test_nothing_is_proposed(text: str, quarantine: Quarantine, tests: list[FlakyTest]) -> None:
    with pytest.raises(ValueError, match=r"."):
        proposed(text, quarantine, tests, "Ann", TODAY)


def test_what_has_ended_makes_room() -> None:
    ended = known({**ENTRY, "test": "x", "expires": "2026-01-15"}, cap=1)
    assert TEST in proposed("tests:\n", ended, [flaky(times=1, commit="")], "Ann", TODAY)
