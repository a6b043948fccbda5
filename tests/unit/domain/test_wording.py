"""Words that a person reads."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.wording import hedged, plural


@pytest.mark.parametrize(
    ("count", "noun", "expected"),
    [
        (1, "log", "1 log"),
        (0, "log", "0 logs"),
        (2, "log", "2 logs"),
        (1, "dependency", "1 dependency"),
        (7, "dependency", "7 dependencies"),
    ],
)
def test_one_is_singular(count: int, noun: str, expected: str) -> None:
    assert expected == plural(count, noun)


def test_only_what_is_doubted_is_called_a_guess() -> None:
    assert "This is a guess. It broke." == hedged("It broke.", 0.5)
    assert "It broke." == hedged("It broke.", 0.6)
    assert "It broke." == hedged(hedged("It broke.", 0.5), 0.9)
    assert "This is a guess. It broke." == hedged(hedged("It broke.", 0.1), 0.2)
