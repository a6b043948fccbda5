"""Failures are kept as JSON and come back as they were."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.failures import a_failure

from autonomous_cicd.adapters.failure_values import failure_from, failure_values
from autonomous_cicd.domain.diagnosis import Category, Failure, Place, Quote, Severity

QUOTES = st.lists(st.builds(Quote, st.integers(0, 10**9), st.text(max_size=20)), max_size=3).map(tuple)
TEXTS = st.lists(st.text(max_size=20), max_size=3).map(tuple)
FAILURES = st.builds(
    Failure,
    category=st.sampled_from(Category),
    severity=st.sampled_from(Severity),
    confidence=st.floats(0, 1),
    message=st.text(),
    line=st.integers(0, 10**9),
    evidence=QUOTES,
    fingerprint=st.text("0123456789abcdef", max_size=16),
    cause=st.text(),
    explanation=st.text(),
    rule=st.text(max_size=20),
    place=st.builds(
        Place,
        file=st.text(max_size=20),
        line=st.integers(0, 10**6),
        test=st.text(max_size=20),
        package=st.text(max_size=20),
        step=st.text(max_size=20),
    ),
    remedies=TEXTS,
    effects=QUOTES,
    files=TEXTS,
    tests=TEXTS,
    suspects=TEXTS,
)


@given(FAILURES)
def test_nothing_of_a_failure_is_lost(failure: Failure) -> None:
    assert failure == failure_from(json.loads(json.dumps(failure_values(failure))))


@pytest.mark.parametrize(
    "change",
    [
        {"category": "no_such_category"},
        {"severity": "dreadful"},
        {"place": ["a.py"]},
        {"evidence": [[1, "a", "b"]]},
        {"evidence": None},
        {"tests": 3},
    ],
)
def test_damaged_values_are_told(change: dict[str, Any]) -> None:
    values = json.loads(json.dumps(failure_values(a_failure()))) | change
    with pytest.raises((ValueError, KeyError, TypeError)):
        failure_from(values)


@pytest.mark.parametrize("name", sorted(failure_values(a_failure())))
def test_a_value_that_is_missing_is_told(name: str) -> None:
    values = failure_values(a_failure())
    del values[name]
    with pytest.raises(KeyError, match=name):
        failure_from(values)
