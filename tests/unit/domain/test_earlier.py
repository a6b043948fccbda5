"""Of a file's changes only those are taken back that have to be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.earlier import restored

LINES = st.lists(st.sampled_from(["a = 1", "b = 2", "c: x", "", "d"]), max_size=8)


def test_only_the_broken_line_is_put_back() -> None:
    before = "a = 1\nb = 2\nc = 3\n"
    now = "a = 10\nb 2\nc = 3\nd = 4\n"
    assert "a = 10\nb = 2\nc = 3\nd = 4\n" == restored(now, before, lambda text: "b 2" not in text, 2)


def test_a_line_beside_a_wanted_one_is_taken_out_alone() -> None:
    before = "[x]\nname = one\n"
    now = "[x]\nbad\nname = one two\n"
    assert "[x]\nname = one two\n" == restored(now, before, lambda text: "bad" not in text, 2)


def test_nothing_is_returned_when_nothing_helps() -> None:
    assert "" == restored("a\n", "b\n", lambda text: False)
    assert "" == restored("a\n", "a\n", lambda text: True)


@given(LINES, LINES)
def test_all_changes_taken_back_give_what_was_there(old: list[str], new: list[str]) -> None:
    before, now = "\n".join(old), "\n".join(new)
    found = restored(now, before, lambda text: text == before)
    assert found in ((before, "") if before == now else (before,))
