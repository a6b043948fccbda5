"""Rows: what does not come back as it was is refused, not guessed at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.runs import a_run

from autonomous_cicd.adapters.records import (
    indexed,
    pack,
    run_from,
    run_row,
    storable,
    task_from,
    task_row,
    unpack,
)
from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.domain.run import TaskResult, TaskStatus

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=50)
DAMAGE = (AttributeError, KeyError, TypeError, ValueError)


@given(st.binary(max_size=2000))
def test_a_log_comes_back(log: bytes) -> None:
    assert log == unpack(pack(log))


def test_a_small_log_stays_as_it_is_and_a_large_one_shrinks() -> None:
    assert pack(b"small").endswith(b"small")
    assert len(pack(b"x" * 10_000)) < 100


@pytest.mark.parametrize("stored", [b"", b"\x01", b"\x01garbage", b"\x02x", pack(b"x" * 10_000)[:-5]])
def test_a_damaged_log_is_refused(stored: bytes) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        unpack(stored)


@given(ANY_TEXT)
def test_storable_text_can_be_encoded_and_has_no_zero(text: str) -> None:
    assert 0 not in storable(text).encode()


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_ordinary_text_is_stored_as_it_is(text: str) -> None:
    assert text == storable(text)


@given(ANY_TEXT, st.integers(0, 2000))
def test_what_is_looked_up_by_is_short(text: str, times: int) -> None:
    assert len(indexed(text * times)) <= 500


def test_long_texts_stay_apart() -> None:
    assert indexed("x" * 501) != indexed("x" * 502)
    assert "x" * 500 == indexed("x" * 500)


def test_a_plain_result_needs_no_details() -> None:
    row = task_row(1, 2, TaskResult(name="test", status=TaskStatus.PASSED), b"")
    assert "" == row[-2]


@pytest.mark.parametrize(
    "detail",
    ["{", "[]", "1", '{"pipeline": 1}', '{"gates": [], "skipped": []}', '{"gates": [1], "skipped": []}'],
)
def test_a_damaged_run_is_refused(detail: str) -> None:
    with pytest.raises(DAMAGE):
        run_from(("run-1", "passed", 0.0, 0.0, detail), [])


@pytest.mark.parametrize(
    ("status", "detail"),
    [("unheard of", ""), ("passed", "{"), ("passed", "[]"), ("passed", '{"steps": [[1]]}')],
)
def test_a_damaged_result_is_refused(status: str, detail: str) -> None:
    row = ("test", status, 0.0, 0.0, 0, 0, None, 0.0, 0, "", "", detail)
    with pytest.raises(DAMAGE):
        task_from(row)


def test_whether_a_check_was_left_out_is_kept() -> None:
    skipped = (Skipped("a", "b", check=True), Skipped("c", "d"))
    run = a_run(skipped=skipped)
    row = run_row(run, 1)
    assert skipped == run_from((row[0], row[2], row[3], row[4], row[-1]), ()).skipped
