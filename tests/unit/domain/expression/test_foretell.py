"""A condition is known before the run when what is late cannot change it."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.expression.evaluate import Scope
from autonomous_cicd.domain.expression.foretell import foretell, knowable
from autonomous_cicd.domain.expression.parse import parse

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


def test_a_tree_is_knowable_without_late_names() -> None:
    assert knowable(parse("matrix.os == 'x'"), LATE)
    assert not knowable(parse("format('{0}', steps.a)"), LATE)
