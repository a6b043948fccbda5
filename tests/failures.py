"""Makes sightings, failures, lessons and small books of rules for tests of diagnosing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from autonomous_cicd.domain.cause import Outcome
from autonomous_cicd.domain.diagnosis import Category, Failure, Quote, Severity, Sighting
from autonomous_cicd.domain.lesson import Lesson
from autonomous_cicd.rules.book import Book
from autonomous_cicd.rules.load import marks, text_rules
from autonomous_cicd.services.diagnose import Diagnoser, Diagnosis

__all__ = [
    "SMALL",
    "a_diagnosis",
    "a_failure",
    "a_lesson",
    "a_sighting",
    "small_book",
    "small_diagnoser",
]


SMALL = r"""
[[rule]]
id = "no-host"
pattern = 'no such host (?P<package>[\w.-]+)'
category = "network"
confidence = 0.9
cause = "{package} has no address"
match = ["dial: no such host example.org"]

[[rule]]
id = "no-module"
pattern = "missing module '(?P<module>[^']+)'"
unless = "warning"
category = "dependency_missing"
confidence = 0.9
cause = "{module} is not installed"
"""
"""Rules few enough to be known by heart."""


@lru_cache(maxsize=1)
def small_book() -> Book:
    """Return a book of all marks and these few rules."""
    return Book([*marks(), *text_rules(SMALL, "small.toml")])


def small_diagnoser(redact: Callable[[str], str] = str, **more: Any) -> Diagnoser:
    """Return a diagnoser that knows the small book and no parsers."""
    return Diagnoser(small_book(), (), redact, **more)


def a_sighting(line: int, **more: Any) -> Sighting:
    """Return what a rule saw in a line."""
    given = {
        "rule": f"rule-{more.get('category', Category.TEST_FAILURE)}",
        "category": Category.TEST_FAILURE,
        "severity": Severity.HIGH,
        "confidence": 0.9,
        "cause": f"line {line} says so",
        **more,
    }
    return Sighting(line=line, **given)


def a_failure(message: str = "no such host example.org", **more: Any) -> Failure:
    """Return a failure that is explained."""
    given = {
        "category": Category.NETWORK,
        "severity": Severity.MEDIUM,
        "confidence": 0.9,
        "line": 7,
        "evidence": (Quote(more.get("line", 7), message),),
        "fingerprint": "0123456789abcdef",
        "cause": "the host has no address",
        "explanation": "The host has no address: something on the network could not be reached.",
        "rule": "no-host",
        "remedies": ("retry",),
        **more,
    }
    return Failure(message=message, **given)


def a_diagnosis(*failures: Failure, **more: Any) -> Diagnosis:
    """Return what a log says."""
    how = Outcome.FAILED if failures else Outcome.PASSED
    given = {"outcome": how, "lines": 100, "bytes": 1000, **more}
    return Diagnosis(failures=failures, **given)


def a_lesson(
    category: Category = Category.NETWORK, words: Sequence[str] = ("no", "host"), **more: Any
) -> Lesson:
    """Return what somebody confirmed."""
    return Lesson(category=category, words=tuple(words), **{"fingerprint": "0123456789abcdef", **more})
