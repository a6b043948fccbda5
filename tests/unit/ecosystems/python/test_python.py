"""What stands in tests/cases/ecosystems/python.yml is what is recognised and proposed."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.ecosystems.python.written import cases, outcome

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    assert case["expect"] == outcome(case)


def test_every_case_has_a_name_of_its_own() -> None:
    names = [case["name"] for case in CASES]
    assert sorted(set(names)) == sorted(names)
