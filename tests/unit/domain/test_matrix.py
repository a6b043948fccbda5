"""A matrix stands for the combinations that the code host would run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from autonomous_cicd.domain.matrix import LIMIT, combinations, expand, label
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import UsageError

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases/workflow/matrix.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["combinations"], ids=lambda case: case["name"])
def test_combinations(case: dict[str, Any]) -> None:
    assert case["values"] == combinations(case["matrix"])
    assert case["labels"] == [label("test", dict(found.shown)) for found in expand(case["matrix"])]


@pytest.mark.parametrize("case", CASES["errors"], ids=lambda case: case["reason"])
def test_a_wrong_matrix_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=case["reason"]):
        combinations(case["matrix"])


@pytest.mark.parametrize("sizes", [(LIMIT + 1,), (1_000, 1_000)])
def test_a_matrix_is_limited(sizes: tuple[int, ...]) -> None:
    matrix: dict[str, Json] = {str(size + at): list(range(size)) for at, size in enumerate(sizes)}
    with pytest.raises(UsageError, match=f"at most {LIMIT} combinations"):
        combinations(matrix)


def test_a_long_label_is_cut_as_at_the_host() -> None:
    found = label("test", {"a": "x" * 200})
    assert len(found) == 100
    assert found.endswith("...")
