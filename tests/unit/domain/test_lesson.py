"""What was confirmed is counted, and concluded from with care."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.failures import a_lesson

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.lesson import WORDS, Experience, Lesson, Teacher, words_of

NETWORK, MEMORY = Category.NETWORK, Category.RESOURCE_MEMORY
LESSONS = st.lists(
    st.builds(
        a_lesson,
        st.sampled_from([NETWORK, MEMORY, Category.LINT]),
        st.lists(st.sampled_from(["host", "refused", "killed", "memory", "style"]), max_size=4),
        fingerprint=st.sampled_from(["aa", "bb", "cc"]),
        rule=st.sampled_from(["", "r1", "r2"]),
        diagnosed=st.sampled_from([NETWORK, MEMORY]),
        teacher=st.sampled_from(Teacher),
    ),
    max_size=30,
)


def of(*lessons: Lesson) -> Experience:
    return Experience.of(lessons)


def test_words_are_those_that_do_not_vary() -> None:
    one = words_of(["Connect to 10.0.0.1:8080 failed at 05:06:07", "in /home/me/client.py"], "no-host")
    other = words_of(["connect to 127.0.0.1:9 failed at 23:59:59", "in /builds/b/client.py"], "no-host")
    assert one == other
    assert {"rule=no-host", "connect", "failed"} <= set(one)


def test_each_word_counts_once_and_only_so_many() -> None:
    assert ("again",) == words_of(["again again", "again"])
    assert WORDS == len(words_of([" ".join(f"w{chr(97 + n % 26)}{'x' * (n // 26)}" for n in range(300))]))


def test_without_lessons_nothing_is_known() -> None:
    empty = of()
    assert None is empty.same("aa")
    assert None is empty.alike(["host"])
    assert 0.6 == empty.sharpened("r1", 0.6)


def test_what_was_said_of_this_very_failure_is_known() -> None:
    known = of(*[a_lesson(NETWORK, fingerprint="aa")] * 3, a_lesson(MEMORY, fingerprint="aa"))
    guess = known.same("aa")
    assert guess is not None
    assert (NETWORK, 3) == (guess.category, guess.examples)
    assert None is known.same("bb")


def test_it_is_known_who_said_so() -> None:
    known = of(
        a_lesson(NETWORK, fingerprint="aa", teacher=Teacher.PERSON),
        *[a_lesson(MEMORY, fingerprint="aa", teacher=Teacher.IMPORT)] * 5,
    )
    person, anybody = known.same("aa", Teacher.PERSON), known.same("aa")
    assert person is not None
    assert anybody is not None
    assert (NETWORK, MEMORY) == (person.category, anybody.category)
    assert None is known.same("aa", Teacher.HEALING)


def test_what_is_alike_is_taken_for_the_same() -> None:
    known = of(*[a_lesson(NETWORK, ["host", "refused"])] * 4, *[a_lesson(MEMORY, ["killed", "memory"])] * 4)
    for words, category in ((["refused", "by", "host"], NETWORK), (["out", "of", "memory"], MEMORY)):
        guess = known.alike(words)
        assert guess is not None
        assert category is guess.category
        assert 0.5 < guess.share < 1


def test_nothing_is_alike_without_a_word_in_common_or_without_a_choice() -> None:
    assert None is of(a_lesson(NETWORK), a_lesson(MEMORY)).alike(["quite", "different"])
    assert None is of(a_lesson(NETWORK, ["host"])).alike(["host"])


def test_a_rule_that_was_right_is_believed_more_and_one_that_was_wrong_less() -> None:
    right = of(*[a_lesson(NETWORK, rule="r1", diagnosed=NETWORK)] * 5)
    wrong = of(*[a_lesson(NETWORK, rule="r1", diagnosed=MEMORY)] * 5)
    assert wrong.sharpened("r1", 0.7) < 0.7 < right.sharpened("r1", 0.7)
    assert 0.7 == right.sharpened("r2", 0.7)


@given(LESSONS, st.floats(0, 1), st.sampled_from(["r1", "r2", "r3"]))
def test_confidence_stays_between_nothing_and_certainty(
    lessons: list[Lesson], confidence: float, rule: str
) -> None:
    assert 0 <= of(*lessons).sharpened(rule, confidence) <= 1


@given(LESSONS, st.lists(st.sampled_from(["host", "killed", "style", "other"]), max_size=4))
def test_a_guess_is_never_certain_and_rests_on_what_was_learned(
    lessons: list[Lesson], words: list[str]
) -> None:
    guess = of(*lessons).alike(words)
    if guess is not None:
        assert 0 < guess.share < 1
        assert guess.examples == sum(one.category is guess.category for one in lessons)


@given(LESSONS)
def test_the_order_of_lessons_makes_no_difference(lessons: list[Lesson]) -> None:
    one, other = of(*lessons), of(*reversed(lessons))
    for fingerprint in ("aa", "bb", "cc"):
        first, second = one.same(fingerprint), other.same(fingerprint)
        assert (first and first.examples) == (second and second.examples)
    first, second = one.alike(["host", "killed"]), other.alike(["host", "killed"])
    assert (first is None) is (second is None)
    assert (first.share if first else 0) == pytest.approx(second.share if second else 0)
