"""Every rule is proven by its own examples: they match, and the near misses do not."""

from __future__ import annotations

import re
from functools import lru_cache

import pytest
from tests.diagnosing import diagnose

from autonomous_cicd.domain.plain import plain
from autonomous_cicd.domain.rule import MarkRule, Rule
from autonomous_cicd.rules.book import Book
from autonomous_cicd.rules.load import marks, rules

RULES: list[Rule | MarkRule] = [*rules(), *marks()]


@lru_cache(maxsize=1)
def book() -> Book:
    return Book(RULES)


def name(rule: Rule | MarkRule) -> str:
    return rule.id if isinstance(rule, Rule) else f"{rule.sign}-{rule.pattern[:30]}"


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_its_examples_match_and_its_near_misses_do_not(rule: Rule | MarkRule) -> None:
    for text, wanted in [*((one, True) for one in rule.match), *((one, False) for one in rule.miss)]:
        assert wanted is any(hit.rule is rule for hit in book().hits(text)), text


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_its_cues_stand_in_whatever_it_matches(rule: Rule | MarkRule) -> None:
    """Else a line that it matches would never be looked at."""
    for text in rule.match:
        assert list(book().lines(f"\n{text}\n".encode())), text


@pytest.mark.parametrize("rule", rules(), ids=name)
def test_it_has_examples_of_all_kinds(rule: Rule) -> None:
    assert len(rule.match) >= 1
    assert len(rule.miss) >= 1


def test_boilerplate_is_never_a_cause() -> None:
    log = "npm test\n##[error]Process completed with exit code 1.\n"
    assert "exit code" not in diagnose(log).failures[0].message


def test_what_is_shown_is_what_was_matched() -> None:
    assert "error: x" == plain(re.sub(rb"$", b"\r", b"2026-03-04T05:06:07.1234567Z error: x"))
