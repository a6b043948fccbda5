"""What became of each test."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.outcomes import outcomes, same_outcomes

REPORT = """<?xml version="1.0"?>
<testsuites><testsuite name="pytest">
<testcase classname="tests.test_a" name="test_one" time="0.1"/>
<testcase classname="tests.test_a" name="test_two"><failure message="no">x</failure></testcase>
<testcase classname="tests.test_a" name="test_two"/>
<testcase classname="tests.test_a" name="test_three"><skipped/></testcase>
<testcase classname="tests.test_a" name="test_four"><properties/><error/></testcase>
</testsuite></testsuites>"""


def test_each_test_has_its_outcome() -> None:
    wanted = {"test_one": "passed", "test_two": "failed", "test_three": "skipped", "test_four": "failed"}
    assert {f"tests.test_a::{name}": word for name, word in wanted.items()} == outcomes(REPORT)


@given(st.text())
def test_what_is_no_report_has_no_outcomes(text: str) -> None:
    assert {} == outcomes(text)


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        ({"a": "passed"}, {"a": "passed"}, True),
        ({"a": "passed"}, {"a": "passed", "b": "passed"}, True),
        ({"a": "passed"}, {"a": "skipped"}, False),
        ({"a": "passed", "b": "passed"}, {"a": "passed"}, False),
        ({str(i): "passed" for i in range(10)}, {str(i): "passed" for i in range(9)}, True),
        ({}, {}, False),
        ({}, {"a": "passed"}, False),
    ],
)
def test_same(before: dict[str, str], now: dict[str, str], same: bool) -> None:
    assert same is same_outcomes(before, now)
