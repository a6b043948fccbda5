"""A cause becomes a failure that a person understands."""

from __future__ import annotations

from typing import Any

import pytest
from tests.failures import a_sighting

from autonomous_cicd.domain.cause import Cause
from autonomous_cicd.domain.diagnosis import Category, Failure, Place
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.wording import meaning
from autonomous_cicd.services.explain import LINES, NAMED, WIDEST, Known, explain


def told(*lines: str, at: int = 1, known: Known | None = None, **more: Any) -> Failure:
    sighting = {name: more.pop(name) for name in list(more) if name not in ("confidence", "more", "effects")}
    cause = Cause(sighting=a_sighting(at, **sighting), **{"confidence": 0.9, **more})
    return explain(cause, Log(lines), known or Known())


def test_the_proof_begins_with_the_line_that_states_the_cause() -> None:
    found = told("a", "b", "  c", "d", at=3, evidence=(1,))
    assert ("c", 3) == (found.message, found.line)
    assert [(3, "c"), (1, "a"), (4, "d"), (2, "b")] == [(one.line, one.text) for one in found.evidence]


def test_empty_lines_and_absent_ones_prove_nothing() -> None:
    found = told("", "b", " ", at=2, evidence=(3, 99))
    assert ["b"] == [one.text for one in found.evidence]


def test_the_proof_is_of_bearable_size() -> None:
    found = told(*["x" * 9000] * 50, evidence=tuple(range(1, 50)))
    assert LINES == len(found.evidence)
    assert all(len(one.text) <= WIDEST for one in found.evidence)
    assert len(found.message) <= WIDEST


@pytest.mark.parametrize(("confidence", "expected"), [(0.0, 0.03), (0.2, 0.2), (1.0, 0.98), (3.0, 0.98)])
def test_nothing_is_ever_certain(confidence: float, expected: float) -> None:
    assert expected == told("a", confidence=confidence).confidence


def test_a_guess_is_called_one() -> None:
    assert "This is a guess." in told("a", confidence=0.25).explanation
    assert "guess" not in told("a", confidence=0.9).explanation


def test_the_paragraph_says_what_where_and_what_helps() -> None:
    found = told(
        "a",
        cause="the disk is full",
        category=Category.RESOURCE_DISK,
        remedies=("resource_adjustment/disk",),
        place=Place(file="src/a.py", line=3),
    ).explanation
    assert found.startswith("The disk is full (src/a.py, line 3). ")
    assert found.endswith("What usually helps: make room on the disk.")


@pytest.mark.parametrize(
    ("cause", "place", "begins"),
    [
        ("test_foo: assert 1 == 2", Place(test="tests/test_a.py::test_foo"), "test_foo: assert"),
        ("adds: 3 is not 4", Place(test="adds"), "adds: 3"),
        ("src/a.py is not formatted", Place(file="src/a.py"), "src/a.py is"),
        ("requests is not installed", Place(package="requests"), "requests is"),
        ("frob cannot be found", Place(), "frob cannot"),
        ("package.json is no JSON", Place(), "package.json is"),
        ("the disk is full", Place(), "The disk"),
        ("linking fails", Place(), "Linking fails"),
    ],
)
def test_a_name_that_begins_a_sentence_stays_as_it_is_written(cause: str, place: Place, begins: str) -> None:
    assert told("the frob is gone", cause=cause, place=place).explanation.startswith(begins)


def test_nothing_is_said_twice() -> None:
    said = meaning(Category.RESOURCE_DISK)
    found = told("a", cause=f"by its words, {said}", category=Category.RESOURCE_DISK).explanation
    assert found.startswith(f"By its words, {said}.")
    assert 1 == found.count(said)


def test_how_often_it_shows_is_counted() -> None:
    one, two = (a_sighting(2), a_sighting(3))
    assert "in one place more" in told("a", "b", "c", more=(one,)).explanation
    assert "in 2 places more" in told("a", "b", "c", more=(one, two)).explanation


def test_what_follows_is_told_apart_from_the_proof() -> None:
    found = told("a", "b", "c", "exit code 1", effects=(a_sighting(4),))
    assert [(4, "exit code 1")] == [(one.line, one.text) for one in found.effects]
    assert "One later message only follows from it." in found.explanation


@pytest.mark.parametrize(
    ("line", "file", "number"),
    [
        ("src/a.py:12: error: x", "src/a.py", 12),
        ('  File "src/a.py", line 12, in f', "src/a.py", 12),
        ("src/a.ts(12,3): error TS1", "src/a.ts", 12),
        ("at f (src/a.js:12:5)", "src/a.js", 12),
        ("/home/runner/work/app/app/src/a.py:12: error", "src/a.py", 12),
        ("./src/a.go:12:3: undefined: x", "src/a.go", 12),
        ("/usr/lib/python3/site-packages/x.py:12: error", "", 0),
        ("node_modules/x/index.js:12:3 broke", "", 0),
        ("nothing of the kind", "", 0),
        ("at 12:30:45 it broke", "", 0),
    ],
)
def test_the_place_is_read_from_the_proof(line: str, file: str, number: int) -> None:
    place = told(line).place
    assert (file, number) == (place.file, place.line)


def test_the_place_that_a_rule_names_comes_first() -> None:
    given = Place(file="/home/runner/work/app/app/b.py", line=7, test="t", package="p")
    assert Place(file="b.py", line=7, test="t", package="p") == told("src/a.py:12: x", place=given).place


def test_files_and_tests_of_all_that_belongs_to_it_are_named_once() -> None:
    others = tuple(a_sighting(2, place=Place(file=f"{n % 70}.py", test="t")) for n in range(200))
    found = told("a", "b", more=others)
    assert NAMED == len(found.files) == len(set(found.files))
    assert ("t",) == found.tests


def test_what_is_known_besides_the_log_is_told() -> None:
    found = told("a", known=Known(suspects=("setup.py",), step="test"))
    assert (("setup.py",), "test") == (found.suspects, found.place.step)
    assert "setup.py" in found.explanation
