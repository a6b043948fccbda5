"""Lines are kept as they come, within bounds, and shown without secrets."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable

import pytest

from autonomous_cicd.domain.redaction import Redactor
from autonomous_cicd.services.kept_lines import ROOM, WIDEST, KeptLines, Run

BODY = [base64.b64encode(random.Random(seed).randbytes(48)).decode() for seed in range(4)]
KEY = ["-----BEGIN PRIVATE KEY-----", *BODY, "-----END PRIVATE KEY-----"]


def kept(lines: list[str], cued: list[int], redact: Callable[[str], str] = str) -> dict[int, str]:
    made = KeptLines(redact)
    made.add([Run(1, [line.encode() for line in lines])], {number: lines[number - 1] for number in cued})
    return dict(made.lines())


@pytest.mark.parametrize("cued", [[], [1], [2, 4], [6]])
def test_a_secret_that_spans_lines_is_removed_whichever_of_them_are_looked_at(cued: list[int]) -> None:
    shown = kept(KEY, cued, Redactor().redact)
    assert [] == [line for line in BODY if line in str(shown)]


@pytest.mark.parametrize("cued", [1, 2, 3])
def test_a_part_of_a_key_is_removed_together_with_the_line_that_gives_it_away(cued: int) -> None:
    whole = [f"X{'a1B2' * 20}", f"error:{'aB' * 40}", f"{'a1C2' * 20}"]
    shown = kept(whole, [cued], Redactor().redact)
    assert kept(whole, [], Redactor().redact) == shown


def test_what_nobody_asks_for_is_not_made_to_text() -> None:
    seen: list[str] = []

    def redact(text: str) -> str:
        seen.append(text)
        return text

    made = KeptLines(redact)
    made.add([Run(number, [b"line"]) for number in range(1, 400, 2)], {3: "wanted", 9: "also"})
    lines = made.lines()
    assert [] == seen
    assert ("wanted", "line", "also") == (lines[3], lines[399], lines[9])
    assert seen[0] == "wanted\nalso"
    assert len(seen) == 2
    assert seen[1].count("line") <= 60


def test_a_long_line_is_cut_in_its_middle() -> None:
    shown = kept(["x" * 5_000, "y" * 5_000, "z" * 500_000], [1])
    assert all(len(line) <= WIDEST for line in shown.values())
    assert len(shown) == 3


def test_of_too_much_the_beginning_and_the_end_are_kept() -> None:
    made = KeptLines(str)
    for start in range(1, 100_000, 10):
        made.add([Run(start, [b"x" * 1_000] * 10)], {})
    lines = made.lines()
    assert {1, 10_000, 99_000, 100_000} <= set(lines)
    assert 50_000 not in lines
    assert sum(map(len, lines.values())) <= 2 * ROOM + 20_000


def test_the_last_lines_of_the_log_follow_what_was_kept() -> None:
    made = KeptLines(str)
    made.add([Run(2, [b"kept"])], {2: "plain"})
    lines = made.lines([Run(5, [b"other", b"", b"last"])], {5: "cued"})
    assert [2, 5, 6, 7] == list(lines)
    assert ["plain", "cued", "", "last"] == list(lines.values())
    assert {0, 1, 3, 4, 8}.isdisjoint(lines)
    with pytest.raises(KeyError):
        lines[4]
