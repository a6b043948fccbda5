from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autonomous_cicd.domain.decision import Autonomy
from autonomous_cicd.settings.narrow import both, common, either, highest, lowest, united, within
from autonomous_cicd.settings.words import Grade


@pytest.mark.parametrize(
    ("narrow", "allowed", "asked", "used"),
    [
        (lowest, 4, 2, 2),
        (lowest, 2, 4, 2),
        (lowest, None, 4, 4),
        (lowest, 4, None, 4),
        (lowest, None, None, None),
        (lowest, Autonomy.PROPOSE, Autonomy.ACT, Autonomy.PROPOSE),
        (lowest, Autonomy.PROPOSE, Autonomy.OBSERVE, Autonomy.OBSERVE),
        (lowest, Grade.B, Grade.C, Grade.B),
        (highest, 80.0, 70.0, 80.0),
        (highest, None, 70.0, 70.0),
        (highest, 80.0, None, 80.0),
        (both, True, False, False),
        (both, False, True, False),
        (either, True, False, True),
        (either, False, False, False),
        (united, ("a", "b"), ("b", "c"), ("a", "b", "c")),
        (common, ("a", "b"), ("b", "c"), ("b",)),
        (common, ("a",), ("b",), ("a",)),
        (common, (), ("b",), ("b",)),
        (common, ("a",), (), ("a",)),
        (within, ("a", "b"), ("b", "c"), ("b",)),
        (within, (), ("b",), ()),
        (within, ("a",), (), ()),
    ],
)
def test_the_narrower_value_counts(
    narrow: Callable[[Any, Any], Any], allowed: object, asked: object, used: object
) -> None:
    assert used == narrow(allowed, asked)


@settings(deadline=None)
@given(st.integers() | st.none(), st.integers() | st.none())
def test_asking_twice_changes_nothing(allowed: int | None, asked: int | None) -> None:
    for narrow in (lowest, highest):
        used = narrow(allowed, asked)
        assert used == narrow(allowed, used)
