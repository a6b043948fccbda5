"""A log goes by once, in pieces of any size; what matters of it stays."""

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.failures import small_book

from autonomous_cicd.domain.log import Sign
from autonomous_cicd.services.scan import Scan, Seen

ENDED = b"##[error]Process completed with exit code 1."
LINES = st.sampled_from(
    [
        b"+ make test",
        b"dial: no such host a.example",
        b"\x1b[31mmissing module 'x'\x1b[0m\r",
        b"2026-03-04T05:06:07.1234567Z no such host b.example",
        b"warning: missing module 'x'",
        b"OK",
        b"nothing special",
        b"",
        b"\xff\x00\x1b",
        b"x" * 9000 + b" no such host c.example",
        ENDED,
    ]
)
LOGS = st.lists(LINES, max_size=120).map(b"\n".join)


def scanned(pieces: Iterable[bytes], redact: Any = str) -> Seen:
    scan = Scan(small_book(), (), redact)
    for piece in pieces:
        scan.feed(piece)
    return scan.end()


def everything(seen: Seen) -> tuple[object, ...]:
    kept = [(number, seen.log[number]) for number in seen.log.numbers()]
    return seen.sightings, seen.marks, seen.bytes, seen.log.count, kept


def cut_at(raw: bytes, borders: Sequence[int]) -> list[bytes]:
    places = [0, *sorted(border % (len(raw) + 1) for border in borders), len(raw)]
    return [raw[start:end] for start, end in itertools.pairwise(places)]


@given(LOGS, st.lists(st.integers(0, 10**6), max_size=20))
def test_the_size_of_the_pieces_makes_no_difference(raw: bytes, borders: list[int]) -> None:
    assert everything(scanned([raw])) == everything(scanned(cut_at(raw, borders)))


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_it_may_come_byte_by_byte(size: int) -> None:
    raw = b"+ make\r\n" + b"fill\n" * 200 + b"no such host a\n\x1b[1mmissing module 'y'\x1b[0m\n" + ENDED
    pieces = [raw[at : at + size] for at in range(0, len(raw), size)]
    assert everything(scanned([raw])) == everything(scanned(pieces))


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("end", [b"", b"\n"])
@pytest.mark.parametrize("above", [0, 1, 5000])
def test_lines_have_the_numbers_that_an_editor_shows(newline: bytes, end: bytes, above: int) -> None:
    raw = (b"fill" + newline) * above + b"no such host a" + newline + b"last" + (newline if end else b"")
    seen = scanned([raw])
    assert [above + 1] == [one.line for one in seen.sightings]
    assert above + 2 == seen.log.count
    assert ("no such host a", "last") == (seen.log[above + 1], seen.log[above + 2])


@pytest.mark.parametrize(
    ("raw", "count"), [(b"", 0), (b"\n", 1), (b"a", 1), (b"a\n", 1), (b"a\n\n", 2), (b"a\nb", 2)]
)
def test_lines_are_counted(raw: bytes, count: int) -> None:
    seen = scanned([raw])
    assert (count, len(raw)) == (seen.log.count, seen.bytes)


def test_a_long_line_does_not_shift_those_below() -> None:
    raw = b"x" * 3_000_000 + b"\nno such host a\n"
    assert [2] == [one.line for one in scanned([raw]).sightings]


def test_a_huge_line_is_looked_at_in_its_beginning_and_end_and_kept_short() -> None:
    piece = b"y" * (1 << 20)
    seen = scanned([b"no such host a ", *[piece] * 20, b" missing module 'z'"])
    assert ["no-host", "no-module"] == sorted(one.rule for one in seen.sightings)
    assert 1 == seen.log.count
    assert len(seen.log[1]) < 3000


def test_what_a_line_says_is_filled_into_the_cause() -> None:
    (one,) = scanned([b"missing module 'left {package} pad'\n"]).sightings
    assert ("left {package} pad is not installed", "left {package} pad") == (one.cause, one.place.package)


def test_an_exception_of_a_rule_counts() -> None:
    assert () == scanned([b"warning: missing module 'x'\n"]).sightings


def test_what_the_host_marks_as_an_error_is_understood_behind_the_mark() -> None:
    assert ["no-host"] == [one.rule for one in scanned([b"##[error]no such host a\n"]).sightings]


def test_the_text_of_a_command_is_not_its_output() -> None:
    """The host shows what it is about to run: an error message in there was not printed."""
    raw = b'##[group]Run echo\necho "no such host a"\n##[endgroup]\nno such host b\n+ echo no such host c\n'
    assert [4] == [one.line for one in scanned([raw]).sightings]


def test_the_course_of_the_run_is_seen() -> None:
    marks = scanned([b"+ make test\nOK\n" + ENDED]).marks
    assert [(Sign.COMMAND, 1), (Sign.STEP_PASSED, 2), (Sign.RUN_FAILED, 3)] == [
        (one.sign, one.line) for one in marks
    ]


def test_only_what_is_near_to_trouble_or_to_the_end_is_kept() -> None:
    raw = b"fill\n" * 10_000 + b"no such host a\n" + b"fill\n" * 10_000
    log = scanned([raw]).log
    assert 20_001 == log.count
    assert len(log) < 300
    for number in (10_001, 9_995, 10_010, 20_001):
        assert number in log
    assert 5000 not in log


def test_tens_of_thousands_of_errors_are_bounded_and_the_ends_are_there() -> None:
    count = 25_000
    seen = scanned([b"".join(b"no such host h%d.example\n" % number for number in range(count))])
    lines = [one.line for one in seen.sightings]
    assert len(lines) <= 20_000
    assert {1, 100, count - 100, count} <= set(lines)


def test_what_was_seen_so_far_can_be_asked_at_any_time() -> None:
    scan = Scan(small_book(), (), str)
    scan.feed(b"no such host a\nhalf a li")
    assert [1] == [one.line for one in scan.seen().sightings]
    scan.feed(b"ne\nno such host b")
    assert [1, 3] == [one.line for one in scan.end().sightings]


def test_secrets_are_gone_before_anything_is_kept() -> None:
    raw = b"fill\n" * 9 + b"no such host a.example hunter2\nhunter2\n" + b"fill\n" * 200 + b"hunter2"
    seen = scanned([raw], lambda text: text.replace("hunter2", "***"))
    assert "hunter2" not in str(everything(seen))
    assert "no such host a.example ***" == seen.log[seen.sightings[0].line]


def test_of_the_last_lines_no_more_is_held_than_is_looked_at() -> None:
    scan = Scan(small_book(), (), str)
    tracemalloc.start()
    for _ in range(80):
        scan.feed(b"y" * 300_000 + b"\n")
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 2_000_000
    assert 80 == scan.end().log.count
