"""A log in, its failures out, the root cause first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from tests.failures import small_diagnoser

from autonomous_cicd.domain.cause import Outcome
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.log import Log
from autonomous_cicd.services.diagnose import MOST, Diagnosis, Heard
from autonomous_cicd.services.green import Green

RED = "##[error]Process completed with exit code 1."
GREEN = "Job succeeded"


def diagnose(*lines: str, failed: bool = False, green: Green | None = None) -> Diagnosis:
    raw = "\n".join(lines).encode()
    return small_diagnoser().diagnose([raw], failed=failed, green=green)


def test_the_cause_is_told_with_its_line_and_its_proof() -> None:
    (found,) = diagnose("+ make", "dial: no such host a.example", RED).failures
    assert (Category.NETWORK, 2, "no-host") == (found.category, found.line, found.rule)
    assert "dial: no such host a.example" == found.message == found.evidence[0].text
    assert "a.example has no address" == found.cause
    assert found.remedies


def test_the_log_is_measured() -> None:
    found = diagnose("a", "b", GREEN)
    assert (Outcome.PASSED, 3, 17, ()) == (found.outcome, found.lines, found.bytes, found.failures)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("no such host a", RED), Outcome.FAILED),
        (("no such host a", GREEN), Outcome.PASSED),
        (("no such host a",), Outcome.OPEN),
        ((), Outcome.OPEN),
    ],
)
def test_how_the_run_ended_is_told(lines: Sequence[str], expected: Outcome) -> None:
    assert expected is diagnose(*lines).outcome


def test_a_run_that_passed_has_no_failures() -> None:
    assert () == diagnose("no such host a", "retrying", "fine", GREEN).failures


def test_a_run_that_failed_for_no_known_cause_says_so_and_shows_its_last_lines() -> None:
    (found,) = diagnose("all is strange", "very strange", "", RED, "Post job cleanup.").failures
    assert (Category.UNKNOWN, "very strange") == (found.category, found.message)
    assert {"very strange", "all is strange"} <= {quote.text for quote in found.evidence}
    assert found.confidence < 0.5


def test_a_line_is_told_once() -> None:
    """Also when it is an effect, and guessed at for want of anything better."""
    found = diagnose("+ make all", "make: *** [all] Error 2", RED).failures
    assert [one.line for one in found] == list(dict.fromkeys(one.line for one in found))


def test_a_log_that_is_known_to_be_red_is_never_without_a_failure() -> None:
    assert () == diagnose("odd").failures
    found = diagnose("odd", failed=True)
    assert (Outcome.FAILED, ["odd"]) == (found.outcome, [one.message for one in found.failures])


@pytest.mark.parametrize("lines", [(), ("",), ("", "  ", "")])
def test_an_empty_log_stops_nothing(lines: Sequence[str]) -> None:
    assert () == diagnose(*lines).failures
    assert () == diagnose(*lines, failed=True).failures


def test_what_is_usual_in_a_green_log_is_doubted() -> None:
    green = Green()
    green.read([b"dial: no such host a.example\nfine\n"])
    log = ("dial: no such host a.example", "missing module 'x'", RED)
    assert Category.NETWORK is diagnose(*log).failures[0].category
    found = diagnose(*log, green=green).failures[0]
    assert Category.DEPENDENCY_MISSING is found.category


def test_what_was_left_out_of_the_pieces_is_noted() -> None:
    """Also what is only known when the last piece was read."""
    notes: list[str] = []

    def pieces() -> Sequence[bytes]:
        notes.append("half of it")
        return [b"a"]

    found = small_diagnoser().diagnose(pieces(), unread=notes)
    assert ("half of it",) == found.notes == found.unread


def test_the_step_is_told() -> None:
    found = small_diagnoser().diagnose([b"no such host a\n"], failed=True, step="fetch")
    assert "fetch" == found.failures[0].place.step


def test_what_was_learned_comes_before_who_is_asked() -> None:
    def learned(failures: Sequence[Failure]) -> tuple[Failure, ...]:
        return tuple(replace(one, cause="learned") for one in failures)

    def asked(failures: Sequence[Failure], log: Log) -> Heard:
        assert "no such host a" == log[1]
        return Heard(tuple(replace(one, cause=f"{one.cause}, asked") for one in failures), ("in vain",))

    diagnoser = small_diagnoser(learned=learned, asked=asked)
    found = diagnoser.diagnose([b"no such host a\n"], failed=True, unread=["half of it"])
    assert "learned, asked" == found.failures[0].cause
    assert (("half of it", "in vain"), ("half of it",)) == (found.notes, found.unread)


def test_the_number_of_failures_is_bounded() -> None:
    assert len(diagnose(*[f"no such host h{n}" for n in range(500)], failed=True).failures) <= MOST


def test_secrets_are_in_nothing_that_is_told() -> None:
    diagnoser = small_diagnoser(lambda text: text.replace("hunter2", "***"))
    raw = b"hunter2\nno such host hunter2.example\nhunter2\n" + RED.encode()
    assert "hunter2" not in str(diagnoser.diagnose([raw]))
