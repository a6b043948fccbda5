from __future__ import annotations

import pytest

from autonomous_cicd.ecosystems.python.shapes import (
    distribution,
    distributions,
    has,
    lines,
    string,
    strings,
    table,
)


@pytest.mark.parametrize(
    ("requirement", "name"),
    [
        ("Zope.Interface>=1", "zope-interface"),
        ("a_b[x] ; python_version > '3'", "a-b"),
        ("pytest", "pytest"),
        ("x @ https://host/x.whl", "x"),
        ("https://host/x.whl", ""),
        ("git+https://host/x", ""),
        ("./local", ""),
        ("../local", ""),
        (".", ""),
        ("-r x", ""),
        ("", ""),
    ],
)
def test_the_name_of_what_a_requirement_asks_for(requirement: str, name: str) -> None:
    assert name == distribution(requirement)


def test_names_of_many() -> None:
    assert distributions(["A", "a>=1", "./b", "c"]) == frozenset(("a", "c"))


def test_values_of_the_wrong_type_are_nothing() -> None:
    assert (table([1]), table({"a": 1}, "a"), table({"a": {"b": {"c": 1}}}, "a", "b")) == ({}, {}, {"c": 1})
    assert (string(1), string(" a "), strings("a"), strings(["a", 1]), strings(None)) == (
        "",
        "a",
        ("a",),
        ("a",),
        (),
    )
    assert (has({"a": {}}, "a"), has({"a": 1}, "a"), has({}, "a", "b")) == (True, False, False)


def test_lines_that_say_nothing_are_left_out() -> None:
    assert lines("\n a \n# no\n; no\nb # why\n c#d\n") == ("a", "b", "c#d")
