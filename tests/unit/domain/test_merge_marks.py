"""What a merge left is ended where one side says all that the other says."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.merge_marks import first_mark, forgotten, settled


def merge(ours: str, theirs: str, base: str = "") -> str:
    return f"a\n<<<<<<< HEAD\n{ours}{base}=======\n{theirs}>>>>>>> other\nz\n"


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        (merge("b\n", "b\nc\n"), "a\nb\nc\nz\n"),
        (merge("b\nc\n", "c\n"), "a\nb\nc\nz\n"),
        (merge("  b\n", "b\n"), "a\n  b\nz\n"),
        (merge("b\n", "b\nc\n", "||||||| 1234567\nx\n"), "a\nb\nc\nz\n"),
        (merge("b\n", "b\nc\n") + merge("d\n", "d\n"), "a\nb\nc\nz\na\nd\nz\n"),
        (merge("b\n", "c\n"), ""),
        (merge("", "c\n"), ""),
        (merge("c\n", ""), ""),
        (merge("b\nc\n", "c\nb\n"), ""),
        (merge("b\n", "b\nc\n") + merge("d\n", "e\n"), ""),
        ("a\n=======\nz\n", ""),
        ("a\nz\n", ""),
    ],
)
def test_a_merge_is_ended_with_the_side_that_holds_the_other(text: str, ended: str) -> None:
    assert ended == settled(text)
    assert bool(first_mark(text)) is ("<<<<<<<" in text)
    assert not ended or not forgotten(text, ended)


@pytest.mark.parametrize(
    ("after", "lost"),
    [("a\nb\nc\nz\n", False), ("a\nc\n    b\nz\n", False), ("a\nb\nz\n", True), ("a\nz\n", True)],
)
def test_what_a_side_wanted_is_not_forgotten(after: str, lost: bool) -> None:
    assert lost is forgotten(merge("b\n", "c\n"), after)
