"""What is told where no rule knows a failure."""

from __future__ import annotations

import pytest
from tests.diagnosing import diagnose
from tests.failures import small_diagnoser

from autonomous_cicd.domain.diagnosis import Category, Failure

RED = "##[error]Process completed with exit code 1."


def found(*lines: str) -> tuple[Failure, ...]:
    return small_diagnoser().diagnose(["\n".join(lines).encode()]).failures


def test_the_step_that_failed_is_searched_and_its_words_tell_the_kind() -> None:
    first = found(
        "##[group]Run frob fetch",
        "##[endgroup]",
        "frob error: parrot is missing, it is optional",
        "##[group]Run frob store",
        "##[endgroup]",
        "frob error: cannot write: disk quota is used up",
        "1 problem found",
        RED,
    )[0]
    assert (6, Category.RESOURCE_DISK, "last-lines") == (first.line, first.category, first.rule)


def test_what_a_script_said_before_it_showed_much_else_is_found() -> None:
    shown = [f'  "part {number}": {{' for number in range(900)]
    step = ("##[group]Run frob check", "##[endgroup]", "[frob-check] FAIL: beauty 25.0 < 80", *shown, RED)
    lines = ("##[group]Run frob fetch", "##[endgroup]", "frob error: parrot is missing", *step)
    first = diagnose("\n".join(lines)).failures[0]
    assert (6, Category.TEST_FAILURE) == (first.line, first.category)


def test_it_is_believed_less_than_what_a_rule_knows() -> None:
    (first, *_) = found("frob error: cannot write: disk quota is used up", RED)
    (known, *_) = found("dial: no such host a.example", RED)
    assert first.confidence < known.confidence


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("frob: starting", "Error: cannot frob the parrot"), 1),
        (("Error: cannot frob the parrot", *["frob: going on"] * 9), 0),
        (("frob: starting", "all is well"), 0),
    ],
)
def test_of_an_open_log_only_one_that_ends_with_an_error_is_told(
    lines: tuple[str, ...], expected: int
) -> None:
    assert expected == len(found(*lines))


def test_where_a_cause_is_weak_the_likeliest_lines_are_told_as_well() -> None:
    told = found(
        "+ frob fetch",
        "dial: no such host a.example",
        *["going on"] * 9,
        "+ frob store",
        "frob error: cannot write: disk quota is used up",
        RED,
    )
    assert ["no-host", "last-lines"] == [one.rule for one in told[:2]]
