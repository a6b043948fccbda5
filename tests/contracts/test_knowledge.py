"""Knowledge: the same suite over memory, SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autonomous_cicd.adapters.database import DatabaseStore
from autonomous_cicd.adapters.memory_store import MemoryStore
from autonomous_cicd.domain.diagnosis import Category, Failure, Place, Quote, Severity
from autonomous_cicd.domain.lesson import Lesson, Teacher
from autonomous_cicd.ports import Knowledge, Store

NOW = 1_700_000_000.0

FAILURE = Failure(
    category=Category.DEPENDENCY_MISSING,
    severity=Severity.HIGH,
    confidence=0.95,
    message="ModuleNotFoundError: No module named 'requests' \x00 \ud800",
    line=7,
    evidence=(Quote(7, "ModuleNotFoundError"), Quote(9, "exit code 1")),
    fingerprint="0123456789abcdef",
    cause="requests is not installed",
    explanation="It is not installed.",
    rule="python-missing-module",
    place=Place(file="a.py", line=3, test="t", package="requests", step="test"),
    remedies=("dependency_update/missing_dependency",),
    effects=(Quote(9, "exit code 1"),),
    files=("a.py",),
    tests=("t",),
    suspects=("requirements.txt",),
)
LESSON = Lesson(
    fingerprint="0123456789abcdef",
    category=Category.NETWORK,
    words=("no", "module", "é"),
    rule="python-missing-module",
    diagnosed=Category.DEPENDENCY_MISSING,
    teacher=Teacher.HEALING,
    at=NOW,
)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    where = "" if request.param == "memory" else tmp_path / "store.db"
    if request.param == "postgres":
        where = request.getfixturevalue("postgres_url")
    opened: Store = DatabaseStore(where, lambda: NOW) if where else MemoryStore()
    yield opened
    opened.close()


@pytest.fixture
def knowledge(store: Store) -> Knowledge:
    return store.knowledge


def test_nothing_is_known_at_first(knowledge: Knowledge) -> None:
    assert () == knowledge.diagnosed()
    assert () == knowledge.lessons()


def test_what_was_seen_is_known_with_everything_that_was_told(knowledge: Knowledge) -> None:
    plain = replace(FAILURE, message="plain")
    knowledge.save("/p", [plain], NOW)
    (found,) = knowledge.diagnosed("0123")
    assert (plain, 1, NOW, "/p") == (found.failure, found.times, found.last_seen, found.project)


def test_hostile_text_does_not_stop_it(knowledge: Knowledge) -> None:
    knowledge.save("/p\x00", [FAILURE], NOW)
    assert 1 == len(knowledge.diagnosed())


def test_the_same_cause_is_counted(knowledge: Knowledge) -> None:
    """In each project on its own, and told as it was seen last."""
    for now, confidence in ((1.0, 0.5), (2.0, 0.6)):
        knowledge.save("/p", [replace(FAILURE, message="m", confidence=confidence)], NOW + now)
    knowledge.save("/q", [replace(FAILURE, message="m")], NOW)
    found = knowledge.diagnosed(FAILURE.fingerprint)
    assert [("/p", 2, 0.6, NOW + 2), ("/q", 1, 0.95, NOW)] == [
        (one.project, one.times, one.failure.confidence, one.last_seen) for one in found
    ]


def test_only_that_beginning_of_a_fingerprint_is_found(knowledge: Knowledge) -> None:
    knowledge.save(
        "/p", [replace(FAILURE, message="m"), replace(FAILURE, message="n", fingerprint="ff")], NOW
    )
    assert ["n"] == [one.failure.message for one in knowledge.diagnosed("f")]
    assert () == knowledge.diagnosed("0124")
    assert 1 == len(knowledge.diagnosed(limit=1))


def test_lessons_are_kept_in_order(knowledge: Knowledge) -> None:
    other = replace(LESSON, category=Category.UNKNOWN, teacher=Teacher.PERSON, at=NOW + 1)
    knowledge.learn([LESSON, other])
    assert (LESSON, other) == knowledge.lessons()
    assert (other,) == knowledge.lessons(1)
    assert () == knowledge.lessons(0)


def test_nothing_to_keep_is_no_error(knowledge: Knowledge) -> None:
    knowledge.save("/p", [], NOW)
    knowledge.learn([])
    assert () == knowledge.lessons()
