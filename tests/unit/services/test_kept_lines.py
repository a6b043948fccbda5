"""Lines are kept as they come, within bounds, and shown without secrets."""

from __future__ import annotations

import base64
import random

import pytest

from autonomous_cicd.domain.redaction import Redactor
from autonomous_cicd.services.kept_lines import ROOM, WIDEST, KeptLines, Piece

NOTHING = Piece({}, str)
BODY = [base64.b64encode(random.Random(seed).randbytes(48)).decode() for seed in range(4)]
KEY = ["-----BEGIN PRIVATE KEY-----", *BODY, "-----END PRIVATE KEY-----"]


def kept(lines: list[str], cued: list[int], redact: object = str) -> dict[int, str]:
    raws = {number: line.encode() for number, line in enumerate(lines, 1)}
    made = KeptLines()
    made.add([raws], redact, {number: lines[number - 1] for number in cued})  # type: ignore[arg-type]
    return dict(made.lines(NOTHING))


@pytest.mark.parametrize("cued", [[], [1], [2, 4], [6]])
def test_a_secret_that_spans_lines_is_removed_whichever_of_them_are_looked_at(cued: list[int]) -> None:
    shown = kept(KEY, cued, Redactor().redact)
    assert [] == [line for line in BODY if line in str(shown)]


@pytest.mark.parametrize("cued", [1, 2, 3])
def test_a_part_of_a_key_is_removed_together_with_the_line_that_gives_it_away(cued: int) -> None:
    whole = f"X{'a1B2' * 20}", f"error:{'aB' * 40}", f"{'a1C2' * 20}"
    shown = kept(list(whole), [cued], Redactor().redact)
    assert kept(list(whole), [], Redactor().redact) == shown


def test_what_nobody_asks_for_is_not_made_to_text() -> None:
    seen: list[str] = []

    def redact(text: str) -> str:
        seen.append(text)
        return text

    made = KeptLines()
    made.add([{number: b"line"} for number in range(1, 400, 2)], redact, {3: "wanted"})
    lines = made.lines(NOTHING)
    assert ["wanted"] == seen
    assert ("wanted", "line") == (lines[3], lines[399])
    assert len(seen) == 2
    assert seen[1].count("line") <= 60


def test_a_long_line_is_cut_in_its_middle() -> None:
    shown = kept(["x" * 5_000, "y" * 5_000], [1])
    assert all(len(line) <= WIDEST for line in shown.values())


def test_of_too_much_the_beginning_and_the_end_are_kept() -> None:
    made = KeptLines()
    for start in range(1, 100_000, 10):
        made.add([{start + at: b"x" * 1_000 for at in range(10)}], str, {})
    lines = made.lines(NOTHING)
    assert {1, 10_000, 99_000, 100_000} <= set(lines)
    assert 50_000 not in lines
    assert sum(map(len, lines.values())) <= 2 * ROOM + 20_000


def test_others_stand_beside_and_do_not_hide_what_was_kept() -> None:
    made = KeptLines()
    made.add([{2: b"kept"}], str, {2: "plain"})
    lines = made.lines(Piece({2: b"other", 3: b"last"}, str))
    assert ({2, 3}, "plain", "last") == (set(lines), lines[2], lines[3])
    assert 4 not in lines
    assert len(lines) == 2
