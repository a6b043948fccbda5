"""All rules are tried at once: what one of them matches is found, and nothing else."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st
from tests.failures import SMALL, small_book

from autonomous_cicd.domain.rule import MarkRule, Rule
from autonomous_cicd.rules.book import Book, Hit, Weight
from autonomous_cicd.rules.load import text_rules

LINES = [
    ("no such host a.example", ["no-host"]),
    ("missing module 'a'", ["no-module"]),
    ("no such host a, missing module 'b'", ["no-host", "no-module"]),
    ("warning: missing module 'a'", []),
    ("NO SUCH HOST a", []),
    ("no such hos", []),
    ("", []),
    ("é 🚨 no such host ä", []),
    ("é 🚨 no such host a", ["no-host"]),
    ("\ud800 no such host a", ["no-host"]),
]


def ids(hits: list[Hit]) -> list[str]:
    return [hit.rule.id for hit in hits if isinstance(hit.rule, Rule)]


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_a_line_is_matched_by_the_rules_that_mean_it(line: str, expected: list[str]) -> None:
    assert expected == ids(list(small_book().hits(line)))


@given(
    st.lists(st.sampled_from([*"abno: '.[]é\t", "missing module", "no such host", "warning"]), max_size=12)
)
def test_each_rule_by_itself_would_say_the_same(some: list[str]) -> None:
    """Asked of RE2 in the usual way, one after the other."""
    line = "".join(some)
    matches = {
        one.id: match.groupdict()
        for one in small_book().rules
        if isinstance(one, Rule)
        and (match := re2.search(one.pattern, line))
        and not (one.unless and re2.search(one.unless, line))
    }
    assert matches == {
        hit.rule.id: hit.groups for hit in small_book().hits(line) if isinstance(hit.rule, Rule)
    }


def test_what_groups_hold_is_told_by_name() -> None:
    (host,) = small_book().hits("no such host a.example")
    (module,) = small_book().hits("missing module 'größe'")
    assert ({"package": "a.example"}, {"module": "größe"}) == (host.groups, module.groups)


def test_a_group_that_took_no_part_is_empty() -> None:
    text = SMALL.replace("(?P<package>[\\w.-]+)", "(?:in (?P<package>\\w+)|here)")
    (hit,) = Book(text_rules(text.replace("dial: no such host example.org", "no such host here"), "x")).hits(
        "no such host here"
    )
    assert {"package": ""} == hit.groups


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("no such host a", {Weight.TROUBLE}),
        ("nothing of the kind", {Weight.NOTHING}),
        ("All checks passed!", {Weight.SIGN}),
        ("warning: missing module 'a'", {Weight.NOTHING}),
    ],
)
def test_a_line_matters_as_much_as_what_it_means(line: str, expected: set[Weight]) -> None:
    assert {small_book().weight(line)} == expected


def test_what_somebody_else_wants_to_see_matters_too() -> None:
    book = Book(text_rules(SMALL, "x"), ["needle"])
    assert book.weight("a needle") >= Weight.TROUBLE
    assert [] == list(book.hits("a needle"))
    assert ["a needle"] == found(book, "hay", "a needle", "hay")


def test_marks_are_found_beside_rules() -> None:
    hits = list(small_book().hits("##[error]Process completed with exit code 1."))
    assert any(isinstance(hit.rule, MarkRule) for hit in hits)


def found(book: Book, *lines: str) -> list[str]:
    """Return the lines of a block in which some cue stands."""
    block = "".join(f"\n{line}" for line in [*lines, ""]).encode()
    return [block[start:end].decode() for start, end in book.lines(block)]


@given(st.lists(st.sampled_from([line for line, _ in LINES if "\ud800" not in line]), max_size=20))
def test_in_a_block_every_line_that_a_rule_matches_is_found_once(lines: list[str]) -> None:
    """Others may be found too, but each as it stands there, and in order."""
    looked = found(small_book(), *lines)
    assert [line for line in lines if ids_of(line)] == [line for line in looked if ids_of(line)]
    rest = iter(lines)
    assert all(line in rest for line in looked)


def ids_of(line: str) -> list[str]:
    return ids(list(small_book().hits(line)))


@pytest.mark.parametrize(
    "block", [b"\n", b"\n\n\n", b"\n\xff\xfe\x00\n", b"\n" + bytes(range(256)) * 10 + b"\n"]
)
def test_whatever_the_bytes_are_they_can_be_searched(block: bytes) -> None:
    assert [] == list(small_book().lines(block))


def test_a_book_without_rules_finds_nothing() -> None:
    book = Book([])
    assert [] == found(book, "no such host a")
    assert ([], Weight.NOTHING) == (list(book.hits("no such host")), book.weight("no such host"))
