"""The line that may say why a run failed, where nothing is known."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.guess import SAYING, likeliest, loud


def guessed(*lines: str) -> tuple[str, bool]:
    numbers, score = likeliest(list(enumerate(lines, 1)))
    return (lines[numbers[0] - 1] if numbers else ""), score >= SAYING


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("frob: reading", "frob error: cannot open store", "2 errors found", "Build failed"), 1),
        (("ok a", "warning: could not find b", "fatal: c does not exist", "bye"), 2),
        (("Error: parrot missing", "    at Frob.run (frob.js:1:2)", "    at main (frob.js:9:1)"), 0),
        (("a.frob:3: unknown word", "b.frob:9: unknown word", "frob: 2 problems"), 0),
        (("INFO error handler is not set", "frob.FrobError: no parrots are left"), 1),
        (("frob: 1 of 2 is fine", "❌ FAIL: balance 0 < 0.1", "frob: bye"), 1),
        (("raise FrobError('must not happen')", "FrobError: must not happen"), 1),
    ],
)
def test_what_states_an_error_and_says_something_is_likeliest(lines: tuple[str, ...], expected: int) -> None:
    assert (lines[expected], True) == guessed(*lines)


def test_where_no_line_says_anything_the_last_is_likeliest() -> None:
    assert ("three", False) == guessed("one", "two", "three", "")


def test_nothing_is_guessed_of_nothing() -> None:
    assert ((), 0.0) == likeliest([])


def test_only_statements_are_loud() -> None:
    lines = ("Error: no parrots", "0 errors", "warning: error ahead", "FAIL parrot_test", "all is well")
    assert ["Error: no parrots", "FAIL parrot_test"] == [line for line in lines if loud(line)]
