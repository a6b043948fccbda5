"""Every rule is proven by its own examples: they match, and the near misses do not."""

from __future__ import annotations

import re

import pytest
from tests.diagnosing import TABLES, diagnose, table

from autonomous_cicd.domain.plain import plain
from autonomous_cicd.domain.rule import Rule
from autonomous_cicd.rules.book import Book

pytestmark = pytest.mark.no_cover  # thousands of examples that all take the same few lines


@pytest.mark.parametrize("name", TABLES)
def test_examples_match_and_near_misses_do_not(name: str) -> None:
    book = Book(table(name))
    examples = [
        (rule, text, wanted)
        for rule in table(name)
        for texts, wanted in ((rule.match, True), (rule.miss, False))
        for text in texts
    ]
    wrong = [
        (rule.pattern, text, wanted)
        for rule, text, wanted in examples
        if wanted is not any(hit.rule is rule for hit in book.hits(text))
    ]
    assert not wrong


@pytest.mark.parametrize("name", TABLES)
def test_cues_stand_in_whatever_a_rule_matches(name: str) -> None:
    """Else a line that it matches would never be looked at."""
    for rule in table(name):
        book = Book([rule])
        assert not [text for text in rule.match if not list(book.lines(f"\n{text}\n".encode()))]


@pytest.mark.parametrize("name", TABLES)
def test_rules_have_examples_of_all_kinds(name: str) -> None:
    found = [rule for rule in table(name) if isinstance(rule, Rule)]
    assert not [rule.id for rule in found if not rule.match or not rule.miss]


def test_boilerplate_is_never_a_cause() -> None:
    log = "npm test\n##[error]Process completed with exit code 1.\n"
    assert "exit code" not in diagnose(log).failures[0].message


def test_what_is_shown_is_what_was_matched() -> None:
    assert "error: x" == plain(re.sub(rb"$", b"\r", b"2026-03-04T05:06:07.1234567Z error: x"))
