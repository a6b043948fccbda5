"""What was learned sharpens what the rules leave open, and never makes anything bolder than it may be."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.failures import a_failure, a_lesson

from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.lesson import Experience, Lesson, Teacher, words_of
from autonomous_cicd.services.learn import BOLDEST, SURE, lesson_of, sharpened, with_experience

NETWORK, MEMORY, UNKNOWN = Category.NETWORK, Category.RESOURCE_MEMORY, Category.UNKNOWN


def of(*lessons: Lesson) -> Experience:
    return Experience.of(lessons)


def poison(failure: Failure, category: Category, teacher: Teacher, times: int = 200) -> Sequence[Lesson]:
    """Return what an attacker would teach: over and over, with the very words and fingerprint."""
    return [lesson_of(failure, category, teacher, float(n)) for n in range(times)]


def test_a_lesson_has_what_is_needed_to_know_it_again() -> None:
    failure = a_failure("no such host example.org")
    lesson = lesson_of(failure, MEMORY, Teacher.PERSON, 12.0)
    assert (failure.fingerprint, MEMORY, NETWORK) == (lesson.fingerprint, lesson.category, lesson.diagnosed)
    assert ("no-host", Teacher.PERSON, 12.0) == (lesson.rule, lesson.teacher, lesson.at)
    assert words_of(["no such host example.org"], "no-host") == lesson.words


def test_without_lessons_nothing_changes() -> None:
    assert (a_failure(),) == with_experience([a_failure()], of())


def test_what_a_person_corrected_is_so_the_next_time() -> None:
    failure = a_failure(confidence=0.95)
    found = sharpened(failure, of(lesson_of(failure, MEMORY, Teacher.PERSON, 0.0)))
    assert MEMORY is found.category
    assert found.confidence <= 0.9
    assert failure.remedies != found.remedies
    assert "What was learned once says" in found.explanation


def test_what_a_person_confirmed_is_surer() -> None:
    failure = a_failure(confidence=0.5)
    found = sharpened(failure, of(lesson_of(failure, NETWORK, Teacher.PERSON, 0.0)))
    assert NETWORK is found.category
    assert found.confidence > 0.5


def test_a_correction_concerns_only_that_failure() -> None:
    lesson = lesson_of(a_failure(), MEMORY, Teacher.PERSON, 0.0)
    other = a_failure("tests failed", fingerprint="ff", rule="tests", confidence=0.95)
    assert other == sharpened(other, of(lesson))


@pytest.mark.parametrize("teacher", [Teacher.IMPORT, Teacher.HEALING])
@pytest.mark.parametrize("confidence", [SURE, 0.9, 0.99])
def test_a_poisoned_history_does_not_touch_a_sure_diagnosis(teacher: Teacher, confidence: float) -> None:
    failure = a_failure(confidence=confidence)
    found = sharpened(failure, of(*poison(failure, MEMORY, teacher)))
    assert (NETWORK, failure.remedies) == (found.category, found.remedies)


@pytest.mark.parametrize("teacher", [Teacher.IMPORT, Teacher.HEALING])
@pytest.mark.parametrize("category", [UNKNOWN, NETWORK])
@pytest.mark.parametrize("confidence", [0.1, 0.5, 0.79])
def test_a_poisoned_history_never_makes_a_category_bold(
    teacher: Teacher, category: Category, confidence: float
) -> None:
    failure = a_failure(category=category, confidence=confidence)
    found = sharpened(
        failure, of(*poison(failure, MEMORY, teacher), a_lesson(Category.LINT, ["style"], fingerprint="f"))
    )
    if found.category is not category:
        assert found.confidence <= BOLDEST


def test_what_the_rules_leave_open_is_named_by_likeness() -> None:
    lessons = [
        *[a_lesson(MEMORY, ["worker", "was", "killed"], fingerprint=f"a{n}") for n in range(5)],
        *[a_lesson(NETWORK, ["host", "unreachable"], fingerprint=f"b{n}") for n in range(5)],
    ]
    failure = a_failure("worker was killed", category=UNKNOWN, confidence=0.2, rule="", fingerprint="c")
    found = sharpened(failure, of(*lessons))
    assert MEMORY is found.category
    assert 0.5 < found.confidence <= BOLDEST


def test_a_single_lesson_of_something_alike_is_not_enough() -> None:
    lessons = [a_lesson(MEMORY, ["worker", "killed"], fingerprint="a"), *[a_lesson(NETWORK, ["host"])] * 3]
    failure = a_failure("worker killed", category=UNKNOWN, confidence=0.2, rule="", fingerprint="c")
    assert UNKNOWN is sharpened(failure, of(*lessons)).category


def test_the_root_cause_stays_the_first() -> None:
    failures = [a_failure(confidence=0.5), a_failure("tests failed", line=9, fingerprint="b")]
    found = with_experience(failures, of(*poison(failures[0], MEMORY, Teacher.HEALING)))
    assert [one.line for one in failures] == [one.line for one in found]


FAILURES = st.builds(
    a_failure,
    st.sampled_from(["no such host", "worker killed", "odd thing"]),
    category=st.sampled_from([NETWORK, MEMORY, UNKNOWN]),
    confidence=st.floats(0.01, 0.99),
    fingerprint=st.sampled_from(["aa", "bb"]),
    rule=st.sampled_from(["", "r1"]),
)
LESSONS = st.lists(
    st.builds(
        a_lesson,
        st.sampled_from([NETWORK, MEMORY, Category.LINT]),
        st.lists(st.sampled_from(["no", "such", "host", "worker", "killed"]), max_size=4),
        fingerprint=st.sampled_from(["aa", "bb", "cc"]),
        rule=st.sampled_from(["", "r1"]),
        diagnosed=st.sampled_from([NETWORK, MEMORY]),
        teacher=st.sampled_from([Teacher.IMPORT, Teacher.HEALING]),
    ),
    max_size=20,
)


@given(FAILURES, LESSONS)
def test_what_only_experience_says_is_never_bold(failure: Failure, lessons: list[Lesson]) -> None:
    found = sharpened(failure, of(*lessons))
    assert 0 <= found.confidence <= 0.99
    if found.category is not failure.category:
        assert failure.confidence < 1
        assert found.confidence <= BOLDEST
    assert (failure.line, failure.evidence, failure.fingerprint) == (
        found.line,
        found.evidence,
        found.fingerprint,
    )
