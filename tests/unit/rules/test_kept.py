"""Our rules are kept as they were read; nothing that is wrong with what was kept stops anything."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from autonomous_cicd.domain.rule import MarkRule, Rule
from autonomous_cicd.rules import kept
from autonomous_cicd.rules.kept import KEPT, kept_text, our_rules
from autonomous_cicd.rules.load import marks, rules

Ours = tuple[tuple[Rule, ...], tuple[MarkRule, ...]]


pytestmark = pytest.mark.no_cover  # reading a thousand tables takes long enough


@lru_cache(maxsize=1)
def read() -> Ours:
    """Return our rules as they stand in the tables, without what only proves them."""
    return (
        tuple(replace(one, match=(), miss=()) for one in rules()),
        tuple(replace(one, match=(), miss=()) for one in marks()),
    )


def test_what_is_kept_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "rules", lambda: read()[0])  # reading them once takes long enough
    monkeypatch.setattr(kept, "marks", lambda: read()[1])
    assert kept_text() == KEPT.read_text("utf-8"), "run `./run docs`"


def test_what_is_kept_is_what_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "rules", lambda: pytest.fail("they are read anew"))
    assert read() == our_rules()
    assert len(read()[0]) > 100


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace(text[:8], "0" * 8, 1),
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("[", "", 1),
        lambda text: "",
        None,
    ],
)
def test_what_is_old_or_damaged_is_read_anew(
    damage: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "kept.jsonl"
    if callable(damage):
        other.write_text(damage(KEPT.read_text("utf-8")), "utf-8")
    monkeypatch.setattr(kept, "KEPT", other)
    monkeypatch.setattr(kept, "rules", lambda: read()[0])
    monkeypatch.setattr(kept, "marks", lambda: read()[1])
    assert read() is not our_rules()
    assert read() == our_rules()
