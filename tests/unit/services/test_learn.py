"""What was learned sharpens what the rules leave open, and never makes anything bolder than it may be."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.failures import a_failure, a_lesson

from autonomous_cicd.domain.diagnosis import Category, Failure, Quote
from autonomous_cicd.domain.fingerprint import fingerprint
from autonomous_cicd.domain.lesson import Experience, Lesson, Teacher, words_of
from autonomous_cicd.domain.wording import meaning, remedy_words
from autonomous_cicd.services.learn import BOLDEST, SURE, lesson_of, sharpened, with_experience

NETWORK, MEMORY, UNKNOWN = Category.NETWORK, Category.RESOURCE_MEMORY, Category.UNKNOWN


def of(*lessons: Lesson) -> Experience:
    return Experience.of(lessons)


def learned(failure: Failure, category: Category, teacher: Teacher = Teacher.PERSON) -> Lesson:
    found = lesson_of(failure, category, teacher, 12.0)
    assert found
    return found


def poison(failure: Failure, category: Category, teacher: Teacher, times: int = 200) -> Sequence[Lesson]:
    """Return what an attacker would teach: over and over, with the very words and fingerprint."""
    return [learned(failure, category, teacher)] * times


def test_a_lesson_has_what_is_needed_to_know_it_again() -> None:
    failure = a_failure("no such host example.org")
    lesson = learned(failure, MEMORY)
    assert (failure.fingerprint, MEMORY, NETWORK) == (lesson.fingerprint, lesson.category, lesson.diagnosed)
    assert ("no-host", Teacher.PERSON, 12.0) == (lesson.rule, lesson.teacher, lesson.at)
    assert words_of(["no such host example.org"], "no-host") == lesson.words


def test_without_lessons_nothing_changes() -> None:
    assert (a_failure(),) == with_experience([a_failure()], of())


def test_what_a_person_corrected_is_so_the_next_time() -> None:
    failure = a_failure(confidence=0.95)
    found = sharpened(failure, of(learned(failure, MEMORY)))
    assert MEMORY is found.category
    assert found.confidence <= 0.9
    assert failure.remedies != found.remedies
    assert "What was learned once says" in found.explanation


def test_what_is_told_follows_the_category_that_was_learned() -> None:
    failure = a_failure(
        confidence=0.3,
        cause="the host has no address",
        explanation=f"This is a guess. No address: {meaning(NETWORK)}. What usually helps: retry.",
        effects=(Quote(9, "exit code 1"),),
        suspects=("a.py (source)",),
    )
    found = sharpened(failure, of(learned(failure, MEMORY)))
    assert meaning(MEMORY) == found.cause
    assert f"What was learned once says what this is: {meaning(MEMORY)}." in found.explanation
    assert "One later message only follows from it." in found.explanation
    assert "this changed: a.py (source)." in found.explanation
    assert found.explanation.endswith(f"What usually helps: {remedy_words(found.remedies[0])}.")
    for old in ("guess", meaning(NETWORK), "address", "retry"):
        assert old not in found.explanation


def test_what_was_confirmed_is_no_guess_any_more() -> None:
    failure = a_failure(confidence=0.3, explanation="This is a guess. The host has no address.")
    found = sharpened(failure, of(learned(failure, NETWORK)))
    assert "The host has no address." == found.explanation


def test_what_is_believed_less_becomes_a_guess() -> None:
    failure = a_failure(confidence=0.7)
    wrong = [a_lesson(MEMORY, [], fingerprint=f"{n}", rule="no-host", diagnosed=NETWORK) for n in range(20)]
    assert sharpened(failure, of(*wrong)).explanation.startswith("This is a guess. ")


def effect(*others: str) -> Failure:
    """Return what is told of a line that comes with any cause, with other lines beside it."""
    message = "make: *** [all] Error 2"
    return a_failure(
        message,
        category=UNKNOWN,
        confidence=0.3,
        rule="last-lines",
        fingerprint="ee",
        evidence=tuple(Quote(n, text) for n, text in enumerate((message, *others), 1)),
    )


def tells(line: str) -> bool:
    return not line.startswith(("make: ***", "+ "))


def test_a_mere_effect_teaches_nothing_of_others_that_end_in_it() -> None:
    lesson = lesson_of(effect("+ make", "out of oil"), MEMORY, Teacher.PERSON, 0.0, tells)
    assert lesson
    assert MEMORY is sharpened(effect("+ make all", "out of oil"), of(lesson), tells).category
    for other in (effect(), effect("+ make"), effect("+ make", "no such file")):
        assert UNKNOWN is sharpened(other, of(lesson), tells).category


def test_of_a_mere_effect_alone_nothing_is_learned() -> None:
    assert None is lesson_of(effect("+ make"), MEMORY, Teacher.PERSON, 0.0, tells)


def test_what_is_guessed_by_its_place_teaches_nothing_of_other_guesses() -> None:
    """However often: that nothing was recognised is nothing that they have in common."""
    lessons = [
        learned(a_failure(f"{word} broke", rule="last-lines", category=UNKNOWN, fingerprint=word), MEMORY)
        for word in ("apple", "pear", "plum", "grape")
    ]
    more = [a_lesson(NETWORK, ["host"], fingerprint=f"{n}") for n in range(4)]
    other = a_failure("something odd", rule="last-lines", category=UNKNOWN, confidence=0.3, fingerprint="o")
    assert UNKNOWN is sharpened(other, of(*lessons, *more)).category


def test_a_rule_gets_no_credit_for_what_a_lesson_said() -> None:
    failure = a_failure(fingerprint=fingerprint(NETWORK, "no such host example.org"))
    corrected = sharpened(failure, of(learned(failure, MEMORY)))
    assert (MEMORY, NETWORK) == (corrected.category, learned(corrected, MEMORY).diagnosed)


def test_what_a_person_confirmed_is_surer() -> None:
    failure = a_failure(confidence=0.5)
    found = sharpened(failure, of(learned(failure, NETWORK)))
    assert NETWORK is found.category
    assert found.confidence > 0.5


def test_a_correction_concerns_only_that_failure() -> None:
    lesson = learned(a_failure(), MEMORY)
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
