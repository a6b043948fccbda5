"""Scripts that are asked for by a name which they do not have any more."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.renamed_scripts import Asked, asked_for, called_otherwise, named_now, scripts_of


@pytest.mark.parametrize(
    ("line", "kind", "name"),
    [
        ('npm error Missing script: "unit"', "node", "unit"),
        ("npm ERR! missing script: unit", "node", ""),
        ("ERR_PNPM_NO_SCRIPT  Missing script: test:unit", "node", "test:unit"),
        ('error Command "lint" not found.', "node", "lint"),
        ('Usage Error: Couldn\'t find a script named "lint".', "node", "lint"),
        ('error: Script not found "build"', "node", "build"),
        ("make: *** No rule to make target 'lint'.  Stop.", "make", "lint"),
        ("make: *** No rule to make target 'a.o', needed by 'all'.  Stop.", "make", ""),
    ],
)
def test_what_is_asked_for(line: str, kind: str, name: str) -> None:
    assert ([Asked(kind, name)] if name else []) == list(asked_for(f"{line}\n"))


MAKE = "lint: deps\n\truff check\n\nunit:\n\tpytest\n\tcoverage report\nX := 1\n"


def test_what_files_define() -> None:
    assert {"lint": "\truff check\n", "unit": "\tpytest\n\tcoverage report\n"} == scripts_of("make", MAKE)
    assert {"a": "b"} == scripts_of("node", json.dumps({"scripts": {"a": "b", "c": 1}}))
    assert [{}, {}, {}] == [scripts_of("node", text) for text in ("[", "[]", '{"scripts": 1}')]


@pytest.mark.parametrize(
    ("before", "now", "name"),
    [
        ({"unit": "x", "lint": "y"}, {"test:unit": "x", "lint": "y"}, "test:unit"),
        ({"unit": "x", "all": "x"}, {"all": "x"}, ""),
        ({"unit": "x"}, {"a": "x", "b": "x"}, ""),
        ({"unit": "x"}, {"test:unit": "z"}, ""),
        ({}, {"u-nit": "z", "lint": "y"}, "u-nit"),
        ({}, {"unit:ci": "z"}, ""),
        ({"unit": "x"}, {"unit": "z"}, ""),
    ],
)
def test_the_name_that_it_has_now(before: dict[str, str], now: dict[str, str], name: str) -> None:
    assert name == named_now("unit", before, now)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("node", "run: npm run unit", "run: npm run test:u"),
        ("node", "npm run --silent unit && yarn unit", "npm run --silent test:u && yarn test:u"),
        ("node", "pnpm run -r unit", "pnpm run -r test:u"),
        ("node", "npm run unit:ci; npm run units", "npm run unit:ci; npm run units"),
        ("node", "npm unit", "npm unit"),
        ("make", "make -j4 unit; make units; remake unit", "make -j4 test:u; make units; remake unit"),
    ],
)
def test_who_calls_it(kind: str, text: str, expected: str) -> None:
    assert expected == called_otherwise(kind, text, "unit", "test:u")


def test_short_forms_are_written_out() -> None:
    assert "npm run check" == called_otherwise("node", "npm test", "test", "check")


@given(st.text(max_size=200))
def test_what_is_no_call_stays(text: str) -> None:
    assert text == called_otherwise("node", text, "some:script", "other")
