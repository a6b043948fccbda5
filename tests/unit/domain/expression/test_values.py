"""Values of the expression language become text, numbers and truth as at the code host."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.expression.values import (
    equal,
    fold,
    greater,
    less,
    parse_number,
    to_number,
    to_text,
    truthy,
)
from autonomous_cicd.domain.workflow import Json

CASES = yaml.safe_load(
    (Path(__file__).parents[3] / "cases/workflow/expressions.yml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES["numbers"], ids=lambda case: case["text"])
def test_numbers_are_written_as_javascript_does(case: dict[str, float | str]) -> None:
    assert case["text"] == to_text(case["number"])


def test_endless_integers_are_written() -> None:
    assert to_text(10**400) == "Infinity"
    assert to_text(-(10**400)) == "-Infinity"
    assert to_text(10**25) == "1e+25"


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "true"), (False, "false"), ("x", "x"), ([1], "Array"), ({"a": 1}, "Object")],
)
def test_other_values_are_written(value: Json, text: str) -> None:
    assert text == to_text(value)


@pytest.mark.parametrize(
    ("value", "truth"),
    [(None, False), (0, False), (-0.0, False), (math.nan, False), ("", False), (False, False),
     (1, True), ("false", True), (" ", True), ([], True), ({}, True), (math.inf, True)],
)  # fmt: skip
def test_truth(value: Json, truth: bool) -> None:
    assert truthy(value) is truth


@pytest.mark.parametrize(
    ("value", "number"),
    [(None, 0.0), (True, 1.0), (2, 2.0), ("", 0.0), (" 3 ", 3.0), ("+Infinity", math.inf), ("0x1F", 31.0)],
)
def test_numbers_are_read(value: Json, number: float) -> None:
    assert number == to_number(value)


@pytest.mark.parametrize("text", ["x", "1_000", "1,5", "0x", "0b1", "1e", "nan1", "--1", "٣"])
def test_what_is_no_number_is_not_read(text: str) -> None:
    assert math.isnan(parse_number(text))
    assert math.isnan(to_number([1]))


def test_order_is_asked_both_ways() -> None:
    assert less("A", "b")
    assert greater("b", "A")
    assert not less({}, {})
    assert not less([1], 2)


def test_lists_are_equal_to_themselves_only() -> None:
    one: Json = [1]
    assert equal(one, one)
    assert not equal(one, [1])
    assert not equal({}, [])


def test_case_is_folded_character_by_character() -> None:
    assert fold("straße") == "STRAßE"
    assert fold("\u0131i") == "\u0131I"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_it_was_written(number: float) -> None:
    expected = number if number.is_integer() else float(f"{number:.15g}")
    assert expected == parse_number(to_text(number))


@given(st.text(), st.text())
def test_equality_is_symmetrical(left: str, right: str) -> None:
    assert equal(left, right) is equal(right, left)
