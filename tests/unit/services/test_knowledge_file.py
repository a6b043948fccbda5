"""Knowledge goes from one place to another as one file; whatever is wrong with it is told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.failures import a_lesson

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.lesson import Lesson, Teacher
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.services.knowledge_file import MOST, from_file, to_file

LESSONS = st.lists(
    st.builds(
        a_lesson,
        st.sampled_from(Category),
        st.lists(st.text(st.characters(exclude_categories=["C"]), max_size=40), max_size=5),
        fingerprint=st.text("0123456789abcdef", max_size=16),
        rule=st.text("abc-", max_size=20),
        diagnosed=st.sampled_from(Category),
        teacher=st.just(Teacher.IMPORT),
        at=st.integers(0, 2**31).map(float),
    ),
    max_size=5,
)


@given(LESSONS)
def test_what_was_learned_comes_through(lessons: list[Lesson]) -> None:
    assert tuple(lessons) == from_file(to_file(lessons), "k.json")


@pytest.mark.parametrize("teacher", Teacher)
def test_whoever_taught_it_there_here_it_is_imported(teacher: Teacher) -> None:
    """Nobody can claim in a file to be a person here."""
    (found,) = from_file(to_file([a_lesson(teacher=teacher)]), "k.json")
    assert Teacher.IMPORT is found.teacher
    value = json.loads(to_file([a_lesson()]))
    value["lessons"][0]["teacher"] = "person"
    assert Teacher.IMPORT is from_file(json.dumps(value), "k.json")[0].teacher


def changed(**changes: Any) -> str:
    value = json.loads(to_file([a_lesson(), replace(a_lesson(), fingerprint="b")]))
    for name, one in changes.items():
        value["lessons"][1][name] = one
    return json.dumps(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "k.json"),
        ("not json", "k.json"),
        ("[]", "no file of knowledge of this version"),
        ("{}", "no file of knowledge of this version"),
        ('{"autonomous-cicd-knowledge": 2, "lessons": []}', "no file of knowledge of this version"),
        ('{"autonomous-cicd-knowledge": 1}', "has no list of at most"),
        ('{"autonomous-cicd-knowledge": 1, "lessons": {}}', "has no list of at most"),
        ('{"autonomous-cicd-knowledge": 1, "lessons": [3]}', "lesson 1 is damaged"),
        ('{"autonomous-cicd-knowledge": 1, "lessons": [null]}', "lesson 1 is damaged"),
        ('{"autonomous-cicd-knowledge": 1, "lessons": [{}]}', "lesson 1 is damaged"),
        (changed(category="gremlins"), "lesson 2 is damaged"),
        (changed(category=["network"]), "lesson 2 is damaged"),
        (changed(words="network"), "lesson 2 is damaged"),
        (changed(words=["x" * 5000]), "lesson 2 is damaged"),
        (changed(words=[1]), "lesson 2 is damaged"),
        (changed(fingerprint=3), "lesson 2 is damaged"),
        (changed(fingerprint="x" * 5000), "lesson 2 is damaged"),
        (changed(rule=None), "lesson 2 is damaged"),
        (changed(diagnosed="gremlins"), "lesson 2 is damaged"),
        (changed(at="yesterday"), "lesson 2 is damaged"),
        (changed(at=None), "lesson 2 is damaged"),
        (changed(at=[]), "lesson 2 is damaged"),
        ("[" * 100_000, "k.json"),
    ],
)
def test_a_damaged_file_is_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(DocumentError, match=r"k\.json") as caught:
        from_file(text, "k.json")
    assert said in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_file_with_far_too_many_lessons_is_refused() -> None:
    text = json.dumps({"autonomous-cicd-knowledge": 1, "lessons": [0] * (MOST + 1)})
    with pytest.raises(DocumentError, match="has no list of at most"):
        from_file(text, "k.json")


def test_far_too_many_words_are_cut() -> None:
    (_, found) = from_file(changed(words=[f"w{n}" for n in range(5000)]), "k.json")
    assert len(found.words) <= 100


def test_what_is_not_known_of_a_lesson_may_be_missing() -> None:
    text = (
        '{"autonomous-cicd-knowledge": 1, "lessons": [{"fingerprint": "a", "category": "lint", "words": []}]}'
    )
    assert (Lesson(fingerprint="a", category=Category.LINT, words=(), teacher=Teacher.IMPORT),) == from_file(
        text, "k.json"
    )
