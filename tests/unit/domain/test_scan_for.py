"""Of each pattern the rare part is looked for: whatever the pattern matches has one of the parts in it."""

from __future__ import annotations

import re

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st
from tests.diagnosing import TABLES, table

from autonomous_cicd.domain.rule import Cue
from autonomous_cicd.domain.scan_for import BEGINNING, escaped, scans_of

WORDS = [r"missing", r"module", r"\d+", r"no such", r"\s*", r"x?", r".*", r"\S+", r"[a-f]", r"={3,}", r"é"]
PIECES = st.recursive(
    st.sampled_from(WORDS),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda some: f"(?:{'|'.join(some)})"),
        inner.map(lambda one: f"(?P<a>{one})" if "?P" not in one else one),
        inner.map(lambda one: f"(?:{one})?"),
        inner.map(lambda one: f"(?i:{one})"),
    ),
    max_leaves=8,
)


def found(parts: tuple[str, ...], line: str) -> bool:
    return any(re2.search(part, f"\n{line}\n") for part in parts)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("cannot find .* in (?:cargo|crate)", {"cannot\\ find\\ ", "\\ in\\ cargo", "\\ in\\ crate"}),
        (r"(?P<file>\S+\.go):(?P<line>\d+): ", {r"\.go\:\d{1,}\:\ "}),
        ("(?:segmentation|bus) fault", {r"segmentation\ fault", r"bus\ fault"}),
        ("x*=+ no tests$", {r"\=\ no\ tests"}),
        (r"^\s*kaputt", {rf"{BEGINNING}kaputt"}),
        ("(?i)[1-9][0-9]* kaputt", {r"(?i:\ kaputt)"}),
        (r"[1-9]\d* kaputt", {r"\d\ kaputt"}),
        ("(?i)kaputt", {"(?i:kaputt)"}),
        (r"\d+\S*", set()),
        (".*", set()),
    ],
)
def test_the_parts_are_tight_and_rare(pattern: str, expected: set[str]) -> None:
    parts = set(scans_of(pattern))
    assert parts <= expected
    assert bool(expected) is bool(parts)


def test_what_a_person_chose_is_taken_unless_the_pattern_has_something_much_rarer() -> None:
    said = [Cue("kaputt")]
    assert ("kaputt",) == scans_of("is kaputt|a kaputt", said)
    assert (r"certificate\ expi",) == scans_of("certificate expired.* kaputt", [Cue("ka")])


@pytest.mark.no_cover  # thousands of lines that say the same
@pytest.mark.parametrize("name", TABLES)
def test_every_example_of_a_rule_is_found(name: str) -> None:
    examples = [(rule, line) for rule in table(name) for line in rule.match if "\n" not in line]
    assert [] == [line for rule, line in examples if not found(rule.scans, line)]


@given(PIECES.filter(lambda one: one.count("?P") < 2), st.data())
def test_whatever_a_pattern_matches_has_a_part_in_it(pattern: str, data: st.DataObject) -> None:
    line = data.draw(st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True))
    parts = scans_of(pattern)
    if parts and "\n" not in line and line.isprintable() and re2.search(pattern, line):
        assert found(parts, line)


@pytest.mark.parametrize("line", ["kaputt", "\t kaputt", "\fkaputt", "> kaputt", " \f\t\r kaputt"])
def test_what_stands_before_the_beginning_of_a_line_may_be_any_blank(line: str) -> None:
    assert found(scans_of(r"^\s*kaputt"), line) and found(scans_of(r"^\s*kaputt"), f"09:01:02 {line}")
    assert not found(scans_of("^kaputt"), "-kaputt")


@pytest.mark.parametrize("text", ["a.b", "two\nlines", "(ä)", "\t-"])
def test_a_text_is_looked_for_as_it_stands(text: str) -> None:
    assert re2.fullmatch(escaped(Cue(text)), text)
    assert re2.fullmatch(escaped(Cue(text, any_case=True)), text.upper())
