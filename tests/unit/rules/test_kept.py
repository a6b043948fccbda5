"""Our rules are read once and kept; nothing that is wrong with what was kept stops anything."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from autonomous_cicd.domain.rule import MarkRule, Rule
from autonomous_cicd.rules.kept import our_rules

Ours = tuple[tuple[Rule, ...], tuple[MarkRule, ...]]


def without_examples(found: Ours) -> Ours:
    """Return rules as they are kept: what only proves them is left out."""
    rules, marks = found
    return (
        tuple(replace(one, match=(), miss=()) for one in rules),
        tuple(replace(one, match=(), miss=()) for one in marks),
    )


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ours]:
    """Return a folder in which they are kept, and what is read where nothing can be kept."""
    folder = tmp_path_factory.mktemp("kept") / "caches"
    our_rules(folder)
    return folder, without_examples(our_rules(Path("/dev/null/caches")))


def test_what_is_kept_is_what_was_read(kept: tuple[Path, Ours]) -> None:
    folder, expected = kept
    assert 1 == len(list(folder.iterdir()))
    assert expected == our_rules(folder)
    assert len(expected[0]) > 100


def test_only_the_owner_can_read_or_change_it(kept: tuple[Path, Ours]) -> None:
    assert 0 == stat.S_IMODE(kept[0].stat().st_mode) & 0o077


def test_what_is_damaged_is_read_anew_and_what_is_old_is_removed(kept: tuple[Path, Ours]) -> None:
    folder, expected = kept
    (path,) = folder.iterdir()
    path.write_text('{"rules": [[1]], "marks": []}')
    old, other = folder / "rules-0123456789abcdef.json", folder / "something-else.json"
    for one in (old, other):
        one.write_text("{}")
    assert expected == without_examples(our_rules(folder))
    assert [True, False, True] == [one.exists() for one in (path, old, other)]
    other.unlink()
    assert expected == our_rules(folder)
