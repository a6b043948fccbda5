"""What recurs and no rule knows becomes a draft of a rule, and the draft works."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st
from tests.failures import a_failure, a_lesson

from autonomous_cicd.domain.diagnosis import Category, Diagnosed
from autonomous_cicd.domain.lesson import Experience, Lesson
from autonomous_cicd.rules.load import text_rules
from autonomous_cicd.services.suggest import Suggestion, suggestions


def seen(message: str, times: int = 3, category: Category = Category.UNKNOWN, **more: object) -> Diagnosed:
    failure = a_failure(message, category=category, **{"confidence": 0.2, **more})
    return Diagnosed(project="/p", times=times, last_seen=1.0, failure=failure)


def drafts(*given: Diagnosed, lessons: tuple[Lesson, ...] = ()) -> list[Suggestion]:
    return list(suggestions(given, Experience.of(lessons)))


@pytest.mark.parametrize(
    "messages",
    [
        ("the frobnicator refused to start",),
        ("frobnicator 12 refused to start on port 8080", "frobnicator 13 refused to start on port 9"),
        ("frobnicator at /srv/a/x.cfg refused", "frobnicator at /opt/b/y.cfg refused"),
        ("cannot frobnicate https://a.example/x?y=(1)", "cannot frobnicate https://b.example/z"),
        ("run 0123abcd9 was frobnicated at 05:06:07", "run ffee00998 was frobnicated at 23:59:59"),
        ("upload of apples was refused today", "upload of pears was refused today"),
        ('it\'s "quoted" [and] (bracketed) {braced} 100% $HOME \\back+slash*',),
        ("frobnicator: ein Fehler wegen Größe é 🚨",),
        ("tabs\tand  spaces\tin a frobnicator",),
    ],
)
def test_the_draft_is_a_rule_that_matches_what_was_seen(messages: tuple[str, ...]) -> None:
    (draft,) = drafts(*(seen(message) for message in messages))
    (rule,) = text_rules(draft.toml(), "draft.toml")
    assert (draft.id, draft.pattern, Category.UNKNOWN) == (rule.id, rule.pattern, rule.category)
    for message in messages:
        assert re2.search(rule.pattern, message), rule.pattern
    assert not re2.search(rule.pattern, "something else altogether failed here")
    assert 3 * len(messages) == draft.times


PRINTED = st.characters(
    codec="utf-8", exclude_categories=["C", "Zs", "Zl", "Zp"], include_characters=" \t", max_codepoint=0xFFFF
)


@given(st.lists(st.text(PRINTED, min_size=1, max_size=60), min_size=1, max_size=4))
def test_whatever_a_log_says_a_draft_can_be_read(messages: list[str]) -> None:
    for draft in drafts(*(seen(message) for message in messages)):
        (rule,) = text_rules(draft.toml(), "draft.toml")
        assert draft.examples == rule.match


@pytest.mark.parametrize(
    "given",
    [
        seen("the frobnicator refused to start", times=1),
        seen("the frobnicator refused to start", category=Category.NETWORK, confidence=0.9),
        seen("12 345 6.7"),
        seen("a b"),
    ],
)
def test_what_is_rare_or_known_or_says_nothing_is_not_suggested(given: Diagnosed) -> None:
    assert [] == drafts(given)


def test_the_most_frequent_comes_first() -> None:
    found = drafts(seen("rare trouble somewhere", 2), seen("common breakage everywhere", 9))
    assert [9, 2] == [one.times for one in found]


def test_the_category_is_what_a_person_said() -> None:
    message = "the frobnicator refused to start"
    lesson = a_lesson(Category.CONFIGURATION, ["frobnicator"])
    assert Category.CONFIGURATION is drafts(seen(message), lessons=(lesson,))[0].category
