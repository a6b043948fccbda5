"""Of a log whose host says that all went well, nothing more is read than that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.failures import small_book, small_diagnoser

from autonomous_cicd.domain.cause import Outcome
from autonomous_cicd.domain.encoded import as_utf8
from autonomous_cicd.services import passed
from autonomous_cicd.services.diagnose import Diagnosis
from autonomous_cicd.services.passed import FirstLook, ends_of

GREEN = b"Current runner version: '2.311.0'\nno such host a\nPost job cleanup.\n"
LINES = st.sampled_from(
    [
        b"Current runner version: '2.311.0'",
        b"2026-03-04T05:06:07.1234567Z Post job cleanup.",
        b"\x1b[32mJob succeeded\x1b[0m",
        b"\x1b[31;1mERROR: Job failed: exit code 1\x1b[0;m",
        b"##[error]Process completed with exit code 1.",
        b"##[error]src/app.py:3:1: no such host b",
        b"##[warning]Process exited with status 1",
        b"##[section]Starting: Build",
        b"##[section]Finishing: Build",
        b"##[command]/usr/bin/docker run --name example",
        b"##[group]Run make",
        b"no such host c",
        b"retrying",
        b"a\rJob succeeded\r",
        b"nothing special",
        b"",
        b"\xff\x00\x1b",
        b"x" * 9000,
        b"\x1b[0KJob \x1b[1;32msucc\x1b[0meeded",
        b"^[[31mERROR: ^[[1mJob failed^[[0m: exit code 1",
        b"[31mERROR: Job [1mfailed: exit code 1",
        b"a sign of lost colours[0m",
    ]
)
COLOURS = [
    b"\x1b[0m",
    b"\x1b[38;5;1m\x1b[K",
    b"\x1b]8;;a\x07",
    b"\x1b]0;b\x1b\\",
    b"\x1b(B",
    b"^[[1m",
    b"\\033[0;31m",
]
LOGS = st.lists(LINES, max_size=30).map(b"\n".join)


def pieces(raw: bytes, size: int) -> list[bytes]:
    return [raw[at : at + size] for at in range(0, len(raw), size)]


def read_in_full(coming: Iterable[bytes]) -> Diagnosis:
    diagnoser = small_diagnoser()
    scan = diagnoser.scan()
    for piece in coming:
        scan.feed(piece)
    return diagnoser.judged(scan.end())


def first_look(raw: bytes, size: int = 7) -> FirstLook:
    return FirstLook(ends_of(small_book()), pieces(raw, size))


@given(LOGS, st.integers(1, 2000))
def test_the_verdict_is_that_of_reading_all_of_it(raw: bytes, size: int) -> None:
    assert read_in_full(as_utf8(pieces(raw, size))) == small_diagnoser().diagnose(pieces(raw, size))


@given(LOGS, st.integers(1, 2000))
def test_what_did_not_surely_pass_is_there_to_be_read_again(raw: bytes, size: int) -> None:
    look = first_look(raw, size)
    assert look.passed() <= (read_in_full(pieces(raw, size)).outcome is Outcome.PASSED)
    assert raw == b"".join(look.again())


@given(st.lists(st.sampled_from([*COLOURS, b""]), min_size=11, max_size=11))
def test_colours_hide_nothing(some: list[bytes]) -> None:
    """They are not taken off the whole log, but none keeps a sign from being found."""
    sign = b"Job failed:"
    line = b"".join(colour + sign[at : at + 1] for at, colour in enumerate(some)) + b" exit code 1"
    assert not first_look(line + b"\nJob succeeded\n").passed()


def test_a_log_that_passed_is_not_read_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    diagnoser = small_diagnoser()
    monkeypatch.delattr(type(diagnoser), "scan")
    found = diagnoser.diagnose([GREEN, GREEN], unread=["left out"])
    assert (Outcome.PASSED, 6, 2 * len(GREEN)) == (found.outcome, found.lines, found.bytes)
    assert ((), ("left out",), ("left out",)) == (found.failures, found.unread, found.notes)
    with pytest.raises(AttributeError):
        diagnoser.diagnose([GREEN], failed=True)


@pytest.mark.parametrize(
    "line",
    [b"##[error]src/app.py:3:1: odd", b"##[section]Starting: Build", b"+ exit 1", b"##[command]docker run x"],
)
def test_where_it_is_not_sure_the_rest_is_read_once(line: bytes) -> None:
    def coming() -> Iterator[bytes]:
        yield GREEN + line + b"\n"
        read.append(1)
        yield b"Job succeeded\n"

    read: list[int] = []
    look = FirstLook(ends_of(small_book()), coming())
    assert not look.passed()
    assert [] == read
    assert GREEN + line + b"\nJob succeeded\n" == b"".join(look.again())


def test_no_more_is_held_than_is_bearable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passed, "HELD", 100)
    look = first_look(GREEN * 10, 60)
    assert not look.passed()
    assert GREEN * 10 == b"".join(look.again())
