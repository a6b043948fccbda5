"""A condition is known before the run when what is late cannot change it."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.expression.evaluate import Scope
from autonomous_cicd.domain.expression.foretell import foretell, is_late
from autonomous_cicd.domain.workflow import Json

SCOPE = Scope({"github": {"event_name": "push", "text": "{"}, "matrix": {"os": "linux"}})
LATE = frozenset({"needs", "steps"})


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", None),
        ("true", None),
        ("false", False),
        ("github.event_name == 'release'", False),
        ("always()", True),
        ("${{ always() }}", True),
        ("always() && github.event_name == 'release'", False),
        ("success() || failure()", None),
        ("!cancelled()", None),
        ("needs.a.result == 'success'", None),
        ("needs.a.result == 'success' && github.event_name == 'release'", False),
        ("github.event_name == 'release' && needs.a.result", False),
        ("always() && (needs.a.result || github.event_name == 'push')", True),
        ("always() && !(needs.a.result || github.event_name == 'push')", False),
        ("always() && (needs.a.result || github.event_name == 'release')", None),
        ("fromJSON(github.text) && false", False),
        ("always() && fromJSON(github.text)", None),
        ("hashFiles('x') == ''", None),
        ("${{ false }} == true", None),
        ("always() == ${{ false }}", None),
        ("${{ false }}${{ always() }}", None),
    ],
)
def test_answers_while_something_is_late(text: str, answer: bool | None) -> None:
    assert answer is foretell(text, SCOPE, late=LATE)


@pytest.mark.parametrize(
    ("text", "answer"),
    [("", True), ("success()", True), ("failure()", False), ("cancelled()", False), ("true", True)],
)
def test_a_job_that_needs_none_knows_how_things_went(text: str, answer: bool) -> None:
    assert answer is foretell(text, SCOPE, late=frozenset())


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("inputs.level > 2 && always()", None),
        ("inputs.other == 1 && always()", True),
        ("inputs.other == 2", False),
        ("Inputs['LEVEL'] && false", False),
        ("inputs[github.event_name] && always()", None),
        ("toJSON(inputs) == '' && always()", None),
    ],
)
def test_single_entries_may_be_late(text: str, answer: bool | None) -> None:
    scope = Scope({"github": {"event_name": "push"}, "inputs": {"other": 1}})
    assert answer is foretell(text, scope, late=frozenset({"inputs.level"}))


@pytest.mark.parametrize(
    ("value", "late"),
    [
        ("${{ steps.a }}", True),
        (["x", {"y": "${{ needs.*.result }}"}], True),
        ("${{ matrix.os }}", False),
        (1, False),
    ],
)
def test_values_are_late(value: Json, late: bool) -> None:
    assert is_late(value, LATE) is late
