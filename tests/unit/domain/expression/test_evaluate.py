"""Expressions mean here what they mean at the code host."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from autonomous_cicd.domain.expression.evaluate import (
    JobState,
    Scope,
    check,
    condition,
    evaluate,
    interpolate,
    references,
    resolve,
    status_functions,
)
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import ExpressionError, UsageError

CASES = yaml.safe_load(
    (Path(__file__).parents[3] / "cases/workflow/expressions.yml").read_text(encoding="utf-8")
)

CONTEXTS: dict[str, Json] = {
    "github": {
        "event_name": "push",
        "list": [1, 2],
        "numbers": {"1": "one"},
        "event": {"null": "kept"},
        "people": [{"name": "Ann", "tags": ["a", "b"]}, {"name": "Bob", "tags": ["c"]}, "nobody"],
    },
    "env": {"PATH": "/bin"},
    "needs": {"build": {"result": "success"}, "test": {"result": "failure"}},
}
SCOPE = Scope(CONTEXTS, hash_files=lambda patterns: f"hash of {' '.join(patterns)}")


@pytest.mark.parametrize("case", CASES["values"], ids=lambda case: case["text"])
def test_an_expression_has_its_value(case: dict[str, Any]) -> None:
    found = evaluate(case["text"], SCOPE)
    if isinstance(case["value"], float) and math.isnan(case["value"]):
        assert isinstance(found, float)
        assert math.isnan(found)
    else:
        assert case["value"] == found
        assert isinstance(found, bool) is isinstance(case["value"], bool)


@pytest.mark.parametrize("case", CASES["errors"], ids=lambda case: case["text"])
def test_a_wrong_expression_is_refused_at_its_place(case: dict[str, Any]) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(case["text"], SCOPE)
    assert case["reason"] in caught.value.reason
    assert case["position"] == caught.value.position


def test_hash_files_defaults_to_nothing() -> None:
    assert evaluate("hashFiles('**/lock')", Scope()) == ""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${{ 1 }}", 1),
        ("${{ github.list }}", [1, 2]),
        (" ${{ 1 }}", " 1"),
        ("${{ 1 }}${{ 2 }}", "12"),
        ("a ${{ github.event_name }} b ${{ null }}.", "a push b ."),
        ("${{ '}}' }}", "}}"),
        ("${{ 'it''s }}' }}", "it's }}"),
        ("x${{ github.numbers }}", "xObject"),
        ("no expression", "no expression"),
        ("$ {{ 1 }}", "$ {{ 1 }}"),
        (7, 7),
        (None, None),
        (True, True),
    ],
)
def test_text_is_interpolated(text: Json, value: Json) -> None:
    """One single expression keeps its type, a mixture is text, and what is no text passes through."""
    assert value == interpolate(text, SCOPE)


@pytest.mark.parametrize("text", ["${{ 1", "${{ '}} ", "${{ 'a }}", "a ${{ }}", "${{ } }"])
def test_a_broken_interpolation_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        interpolate(text, SCOPE)


def test_resolve_goes_through_lists_mappings_and_keys() -> None:
    value: Json = {"a": ["${{ 1 }}", {"b-${{ 2 }}": "${{ github.list }}"}], "c": 3}
    assert resolve(value, SCOPE) == {"a": [1, {"b-2": [1, 2]}], "c": 3}


def test_resolve_inserts_a_mapping() -> None:
    value: Json = {"a": "x", "${{ insert }}": "${{ github.numbers }}", "b": "y"}
    assert resolve(value, SCOPE) == {"a": "x", "1": "one", "b": "y"}


def test_resolve_refuses_bottomless_values() -> None:
    value: Json = "x"
    for _ in range(200):
        value = [value]
    with pytest.raises(ExpressionError, match="levels"):
        resolve(value, SCOPE)


@pytest.mark.parametrize(
    ("text", "state", "holds"),
    [
        ("", "success", True),
        ("  ", "failure", False),
        ("true", "success", True),
        ("true", "failure", False),
        ("${{ true }}", "cancelled", False),
        ("always()", "cancelled", True),
        ("${{ always() && false }}", "success", False),
        ("failure()", "failure", True),
        ("failure()", "success", False),
        ("!cancelled()", "failure", True),
        ("${{ !cancelled() }}", "cancelled", False),
        ("success() || failure()", "failure", True),
        ("github.event_name == 'push'", "success", True),
        ("github.event_name == 'release'", "success", False),
        # The famous trap: what is not all expression is text, and text is true.
        ("${{ false }} == true", "success", True),
        ("${{ false }}\n", "success", True),
    ],
)
def test_conditions_imply_success(text: str, state: str, holds: bool) -> None:
    assert condition(text, Scope(CONTEXTS, JobState(state))) is holds


@pytest.mark.parametrize(
    ("value", "bare", "paths"),
    [
        ("${{ secrets.TOKEN }}", False, {"secrets.TOKEN"}),
        ("secrets.TOKEN", False, set()),
        ("secrets.TOKEN", True, {"secrets.TOKEN"}),
        ("a ${{ Steps.a.outputs['b'] }} ${{ env.X || 1 }}", False, {"steps.a.outputs.b", "env.X"}),
        ("${{ matrix[env.KEY].x }}", False, {"matrix.*.x", "env.KEY"}),
        ("${{ needs.*.result }}", False, {"needs.*.result"}),
        ("${{ fromJSON(needs.a.outputs.b).c[github.d] }}", False, {"needs.a.outputs.b", "github.d"}),
        ("${{ toJSON(secrets) }}", False, {"secrets"}),
        ("${{ github.list[0] }}", False, {"github.list.0"}),
        ({"a": ["${{ vars.X }}"], "${{ vars.Y }}": 1, "${{ insert }}": "${{ vars.Z }}"}, False,
         {"vars.X", "vars.Y", "vars.Z"}),
        (None, True, set()),
        ("", True, set()),
    ],
)  # fmt: skip
def test_references_are_found(value: Json, bare: bool, paths: set[str]) -> None:
    assert paths == references(value, bare=bare)


def test_status_functions_are_found() -> None:
    assert status_functions("${{ always() && !Failure() }}") == {"always", "failure"}
    assert status_functions("success() && contains('always()', 'x')") == {"success"}
    assert status_functions("") == frozenset()


def test_check_accepts_only_the_contexts_that_are_there() -> None:
    check("${{ github.ref }} ${{ matrix.x }}", contexts=frozenset({"github", "matrix"}))
    check({"a": 1})
    with pytest.raises(ExpressionError, match="'secrets'") as caught:
        check(["${{ secrets.X }}"], contexts=frozenset({"github"}))
    assert "github" in caught.value.hint


@pytest.mark.no_cover  # millions of steps of the same few lines
@pytest.mark.parametrize(
    "text",
    [
        "format('{0}{0}{0}{0}{0}{0}{0}{0}', join(github.big, 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'))",
        "join(github.big, join(github.big, 'xxxxxxxxxxxx'))",
        "toJSON(github.deep)",
        "toJSON(github.wide)",
        "github.wide.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*",
        "fromJSON(github.nested)",
        "fromJSON(github.bottomless)",
    ],
)
def test_no_expression_makes_absurdly_much(text: str) -> None:
    """Values that refer to one another, or expressions that repeat, are refused and not carried out."""
    deep: Json = "x"
    wide: Json = ["x" * 10]
    for _ in range(150):
        deep = {"x": deep}
    for _ in range(25):
        wide = [wide, wide]
    big: Json = ["0123456789"] * 50_000
    nested = "[" * 300 + "]" * 300
    contexts: dict[str, Json] = {
        "github": {
            "deep": deep,
            "wide": wide,
            "big": big,
            "nested": nested,
            "bottomless": "[" * 100_000,
        }
    }
    with pytest.raises(ExpressionError):
        evaluate(text, Scope(contexts))


def test_a_text_of_many_expressions_is_bounded() -> None:
    big: Json = "x" * 1_000_000
    with pytest.raises(ExpressionError, match="more than"):
        interpolate("${{ github.big }}" * 11, Scope({"github": {"big": big}}))


def test_an_expression_is_bounded_in_length_and_depth() -> None:
    assert evaluate("(" * 9_000 + "1" + ")" * 9_000, SCOPE) == 1
    assert evaluate(" && ".join(["1"] * 3_000), SCOPE) == 1
    with pytest.raises(ExpressionError, match="at most 50 levels"):
        evaluate("!" * 60 + "1", SCOPE)
    with pytest.raises(ExpressionError, match="at most 21000 characters"):
        evaluate("1" * 21_001, SCOPE)


def test_an_error_shows_a_long_expression_in_part() -> None:
    with pytest.raises(UsageError) as caught:
        evaluate("1 2" + " " * 500, SCOPE)
    assert len(str(caught.value)) < 300


WORDS = """
github env contains format join toJSON fromJSON success always list people null true NaN
. [ ] ( ) * , ! && || == != < > <= >= 'x' '' ' 1 0x1f -1 .5 1e5 ${{ }} - + $
"""
PIECES = st.sampled_from([*WORDS.split(), " ", "\u00e9", "\x00", "\ud800"])


@given(st.lists(PIECES, max_size=12).map(" ".join) | st.lists(PIECES, max_size=12).map("".join) | st.text())
@settings(max_examples=300, deadline=None)
def test_nothing_but_expression_errors_comes_out(text: str) -> None:
    for attempt in (evaluate, condition, interpolate):
        try:
            attempt(text, SCOPE)
        except ExpressionError as error:
            assert str(error)
    for look in (references, check):
        try:
            look(text, bare=True)
        except ExpressionError as error:
            assert str(error)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


@given(JSON)
@settings(max_examples=150, deadline=None)
def test_json_survives_the_way_there_and_back(value: Json) -> None:
    scope = Scope({"github": {"value": _rounded(value)}})
    assert _rounded(value) == evaluate("fromJSON(toJSON(github.value))", scope)


def _rounded(value: Json) -> Json:
    """Write floats as precisely as the language does, and no halves of characters."""
    if isinstance(value, float):
        return float(f"{value:.15g}") if not value.is_integer() else value
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, dict):
        return {str(_rounded(key)): _rounded(item) for key, item in value.items()}
    return value
