"""Lines that say the same with other particulars are put together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.clusters import ANY, clusters

LINES = st.lists(
    st.tuples(st.text("ab 1.:/", min_size=1, max_size=20).filter(str.strip), st.integers(1, 5)), max_size=20
)


def test_lines_that_differ_in_a_word_are_one_cluster() -> None:
    lines = [("upload of apples was refused today", 2), ("upload of pears was refused today", 3)]
    (found,) = clusters(lines)
    assert ("upload", "of", ANY, "was", "refused", "today") == found.words
    assert (tuple(line for line, _ in lines), 5) == (found.lines, found.times)


def test_lines_that_differ_in_numbers_only_have_all_words_in_common() -> None:
    (found,) = clusters([("retry 3 of 5", 1), ("retry 4 of 5", 1)])
    assert ANY not in found.words
    assert 2 == found.times


def test_lines_that_say_something_else_stay_apart() -> None:
    found = clusters([("the disk is full", 1), ("no route to host", 1), ("the disk is full now", 1)])
    assert 3 == len(found)


def test_the_most_frequent_comes_first() -> None:
    found = clusters([("rare thing happened", 1), ("common trouble everywhere", 9)])
    assert [9, 1] == [one.times for one in found]


def test_empty_lines_are_no_cluster() -> None:
    assert () == clusters([("", 3), ("  ", 1)])


@given(LINES)
def test_no_line_and_no_count_is_lost(lines: list[tuple[str, int]]) -> None:
    found = clusters(lines)
    assert sum(times for _, times in lines) == sum(one.times for one in found)
    assert sorted(line for line, _ in lines) == sorted(line for one in found for line in one.lines)
