"""Knowledge as one file, so that repositories can share it: words and categories, never a line of a log."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from autonomous_cicd.documents import read_json
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.lesson import WORDS, Lesson, Teacher
from autonomous_cicd.errors import DocumentError

__all__ = ["from_file", "to_file"]

VERSION = 1
MOST = 50_000
LARGEST = 20_000_000
_LONGEST = 100


def to_file(lessons: Iterable[Lesson]) -> str:
    """Return the lessons as the text of a file."""
    told = [
        {
            "fingerprint": one.fingerprint,
            "category": one.category.value,
            "words": list(one.words),
            "rule": one.rule,
            "diagnosed": one.diagnosed.value,
            "at": round(one.at),
        }
        for one in lessons
    ]
    return (
        json.dumps({"autonomous-cicd-knowledge": VERSION, "lessons": told}, indent=1, ensure_ascii=True)
        + "\n"
    )


def from_file(text: str, file: str) -> tuple[Lesson, ...]:
    """Return the lessons of a file; whoever taught them there, here they are imported.

    Raises DocumentError that says what is wrong with it.
    """
    value = read_json(text, file=file, limit=LARGEST).value
    if not isinstance(value, dict) or value.get("autonomous-cicd-knowledge") != VERSION:
        hint = "make it with `autonomous-cicd knowledge export FILE`"
        raise DocumentError("is no file of knowledge of this version", file=file, hint=hint)
    lessons = value.get("lessons")
    if not isinstance(lessons, list) or len(lessons) > MOST:
        raise DocumentError(f"has no list of at most {MOST} lessons", file=file)
    return tuple(_lesson(one, number, file) for number, one in enumerate(lessons, 1))


def _lesson(value: Any, number: int, file: str) -> Lesson:
    try:
        return _made(value)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DocumentError(f"lesson {number} is damaged ({error})", file=file) from None


def _made(value: Mapping[str, Any]) -> Lesson:
    words = value["words"]
    if not isinstance(words, list) or not all(
        isinstance(word, str) and len(word) <= _LONGEST for word in words
    ):
        raise ValueError("its words are no list of words")
    fingerprint, rule = value["fingerprint"], value.get("rule", "")
    if not all(isinstance(one, str) and len(one) <= _LONGEST for one in (fingerprint, rule)):
        raise ValueError("its fingerprint or its rule is no short text")
    return Lesson(
        fingerprint=fingerprint,
        category=Category(value["category"]),
        words=tuple(words[:WORDS]),
        rule=rule,
        diagnosed=Category(value.get("diagnosed", "unknown")),
        teacher=Teacher.IMPORT,
        at=float(value.get("at", 0)),
    )
