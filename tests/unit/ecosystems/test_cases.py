"""Every case of JavaScript, Go, Rust and Java is recognised and planned as it says."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.ecosystems.cases import ECOSYSTEMS, load, outcome

CASES = [(language, case) for language in ECOSYSTEMS for case in load(language)]


@pytest.mark.parametrize(
    ("language", "case"), CASES, ids=[f"{language}: {case['name']}" for language, case in CASES]
)
def test_case(language: str, case: dict[str, Any]) -> None:
    assert case["expect"] == outcome(language, case)
