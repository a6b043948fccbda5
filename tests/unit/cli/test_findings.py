"""A diagnosis on a terminal: the cause, its proof, what helps; it fits a screen and steers nothing."""

from __future__ import annotations

import pytest
from tests.failures import a_diagnosis, a_failure
from tests.runs import EVIL

from autonomous_cicd.cli.findings import told
from autonomous_cicd.cli.summary import Line, Tone
from autonomous_cicd.domain.cause import Outcome
from autonomous_cicd.domain.diagnosis import Category, Failure, Quote
from autonomous_cicd.services.diagnose import Diagnosis

ROWS, COLUMNS = 30, 100


def lines(*found: Diagnosis, columns: int = COLUMNS) -> list[Line]:
    return list(told([(f"log{number}", one) for number, one in enumerate(found)], columns))


def text(*found: Diagnosis) -> str:
    return "\n".join(line.text for line in lines(*found))


def large(number: int) -> Failure:
    """Return a failure with more to say than there is room for."""
    return a_failure(
        f"trouble {number}",
        category=list(Category)[number % len(Category)],
        line=number + 1,
        explanation="A word and another one. " * 20,
        evidence=tuple(Quote(n, "proof " * 50) for n in range(1, 20)),
        remedies=("retry", "rollback", "agent/code_change", "escalate_to_human"),
    )


def test_the_cause_its_proof_and_what_helps_are_told() -> None:
    shown = text(a_diagnosis(a_failure(evidence=(Quote(7, "no such host x"), Quote(1234567, "exit code 1")))))
    assert "log0: 1 cause in 100 lines" in shown
    assert "root cause: network (medium severity, 90 % sure)" in shown
    assert "        7 | no such host x" in shown
    assert "  1234567 | exit code 1" in shown
    assert "helps: run it again after a pause [retry]" in shown
    assert "fingerprint: 0123456789abcdef" in shown


@pytest.mark.parametrize("causes", [1, 3, 50])
def test_it_fits_a_screen(causes: int) -> None:
    """Also of a log with many causes, each with much to say."""
    found = lines(a_diagnosis(*map(large, range(causes))))
    assert len(found) <= ROWS
    assert max(len(line.text) for line in found) <= COLUMNS


@pytest.mark.parametrize("columns", [40, 80, 140])
def test_it_is_as_wide_as_the_terminal(columns: int) -> None:
    found = lines(a_diagnosis(large(0), large(1)), columns=columns)
    proof = [line for line in found if " | " in line.text]
    assert {columns} == {len(line.text) for line in proof}


def test_the_root_cause_is_told_apart_from_others_and_the_rest_is_counted() -> None:
    shown = text(a_diagnosis(*map(large, range(7))))
    assert 1 == shown.count("root cause: ")
    assert shown.index("root cause: ") < shown.index("also: ")
    assert "and 4 more possible causes: --json has them" in shown


def test_many_logs_are_told_in_few_lines_each() -> None:
    found = lines(*[a_diagnosis(large(0), large(1)) for _ in range(5)], *[a_diagnosis()] * 2)
    assert len(found) <= ROWS
    assert "7 logs: a failure in 5, none in 2" == found[-1].text


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome.PASSED, "log0: no failure found in 100 lines, and the run passed"),
        (Outcome.OPEN, "log0: no failure found in 100 lines"),
    ],
)
def test_a_log_without_failure_says_so(outcome: Outcome, expected: str) -> None:
    assert [Line(expected, Tone.GOOD)] == lines(a_diagnosis(outcome=outcome))


def test_what_was_left_out_is_noted() -> None:
    assert "  note: only its first 512 MB were read" in text(
        a_diagnosis(notes=("only its first 512 MB were read",))
    )


def test_what_was_not_wholly_read_does_not_look_green() -> None:
    unread = a_diagnosis(lines=3, notes=("it was cut",), unread=("it was cut",), outcome=Outcome.OPEN)
    found = lines(unread, a_diagnosis())
    assert Line("log0: not wholly read; no failure found in 3 lines", Tone.DOUBT) == found[0]
    assert "2 logs: a failure in 0, none in 1, not known of 1" == found[-1].text


def test_a_long_note_is_told_to_its_end() -> None:
    found = lines(a_diagnosis(notes=("so many words " * 20 + "end",)))
    assert found[-1].text.endswith("end")
    assert max(len(line.text) for line in found) <= COLUMNS


def test_no_logs_are_told_in_no_lines() -> None:
    assert [] == lines()


def test_nothing_that_a_log_says_steers_the_terminal() -> None:
    evil = a_failure(
        EVIL, explanation=f"{EVIL}\nsecond", evidence=(Quote(7, EVIL), Quote(8, f"a\n{EVIL}\nb"))
    )
    found = list(told([(EVIL, a_diagnosis(evil, notes=(EVIL,)))], COLUMNS))
    for line in found:
        assert line.text == "" or line.text.isprintable(), line
        line.text.encode()
