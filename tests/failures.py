"""Makes sightings, failures, lessons and small books of rules for tests of diagnosing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from autonomous_cicd.domain.cause import Outcome
from autonomous_cicd.domain.diagnosis import Category, Failure, Quote, Severity, Sighting
from autonomous_cicd.domain.lesson import Lesson
from autonomous_cicd.domain.log import Sign
from autonomous_cicd.domain.rule import MarkRule, Rule, cues_of
from autonomous_cicd.rules.book import Book
from autonomous_cicd.services.diagnose import Diagnoser, Diagnosis

__all__ = [
    "SMALL",
    "a_diagnosis",
    "a_failure",
    "a_lesson",
    "a_mark_rule",
    "a_rule",
    "a_sighting",
    "small_diagnoser",
]


def a_rule(name: str, pattern: str, category: Category = Category.NETWORK, **more: Any) -> Rule:
    """Return a rule."""
    given = {
        "severity": Severity.HIGH,
        "confidence": 0.9,
        "cause": f"{name} happened",
        "cues": cues_of(pattern),
        **more,
    }
    return Rule(id=name, pattern=pattern, category=category, **given)


def a_mark_rule(sign: Sign, pattern: str) -> MarkRule:
    """Return what tells the course of a run."""
    return MarkRule(sign=sign, pattern=pattern, cues=cues_of(pattern))


SMALL: tuple[Rule | MarkRule, ...] = (
    a_mark_rule(Sign.RUN_FAILED, "^the run failed"),
    a_mark_rule(Sign.RUN_PASSED, "^the run passed"),
    a_mark_rule(Sign.COMMAND, "^run: "),
    a_mark_rule(Sign.STEP_PASSED, "^step is fine"),
    a_rule("no-host", r"no such host (?P<package>[\w.-]+)", cause="{package} has no address"),
    a_rule(
        "no-module",
        "missing module '(?P<module>[^']+)'",
        Category.DEPENDENCY_MISSING,
        cause="{module} is not installed",
        remedies=("dependency_update/missing_dependency",),
    ),
)
"""A book small enough to be known by heart."""


@lru_cache(maxsize=1)
def _small_book() -> Book:
    return Book(SMALL)


def small_diagnoser(redact: Callable[[str], str] = str, **more: Any) -> Diagnoser:
    """Return a diagnoser that knows the small book and no parsers."""
    return Diagnoser(_small_book(), (), redact, **more)


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
