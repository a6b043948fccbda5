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


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            ["frobnicator", "refused", "/srv/a.cfg", "12", "\u0663\u0664", "ffee00998", "{x}", "it's"]
        ),
        st.text(st.characters(exclude_characters="\n\r"), min_size=1, max_size=9),
        st.text(st.characters(categories=["Zs", "Zl", "Zp", "Cf", "Cn", "Co"]), min_size=1, max_size=2),
        st.text("\t\v\f\x1c\x1f\x85\xa0\u2028\u3000\U0001f6a8\U000e0001\U0010ffff", min_size=1, max_size=3),
    ),
    min_size=2,
    max_size=9,
).map(" ".join)


@given(st.lists(LINES, min_size=1, max_size=4))
def test_whatever_a_log_says_a_draft_matches_its_own_examples(messages: list[str]) -> None:
    found = drafts(*(seen(message) for message in messages))
    if found:
        text = "\n".join(draft.toml() for draft in found)
        read = text_rules(text, "draft.toml")
        assert [(one.id, one.pattern, one.examples) for one in found] == [
            (one.id, one.pattern, one.match) for one in read
        ]
        assert all(re2.search(one.pattern, line) for one in found for line in one.examples)


@pytest.mark.parametrize(
    "message",
    [
        "frobnicator\u00a0refused\u3000to start",
        "frobnicator refused\u2028to start",
        "frobnicator \U0001f6a8 refused \U000e0001 to \U0010ffff start",
        "frobnicator \u0663\u0664 refused to start",
        "der frobnicator \t\v lehnt ab",
    ],
)
def test_spaces_and_signs_of_all_the_world_make_a_draft(message: str) -> None:
    (draft,) = drafts(seen(message))
    (rule,) = text_rules(draft.toml(), "draft.toml")
    assert (message,) == draft.examples == rule.match


def test_what_no_document_can_hold_is_not_suggested() -> None:
    assert [] == drafts(seen("the frobnicator \udc80 refused to start"))


def test_drafts_have_different_names() -> None:
    found = drafts(
        seen("\u6f22\u5b57 " * 9), seen("\u5b57\u6f22 " * 8), seen("frob it now"), seen("frob it now again")
    )
    assert len(found) == len({one.id for one in found})


def test_what_comes_with_any_cause_is_not_suggested() -> None:
    told = seen("make: *** [all] Error 2")
    assert drafts(told)
    assert [] == list(suggestions([told], Experience(), tells=lambda line: not line.startswith("make: ***")))


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
