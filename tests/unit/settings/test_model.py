from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from autonomous_cicd.settings.load import problems
from autonomous_cicd.settings.model import model, schema
from autonomous_cicd.settings.section import Section
from autonomous_cicd.settings.tasks import TaskSettings
from autonomous_cicd.settings.tree import declared, parts

CASES = Path(__file__).parents[2] / "cases" / "settings"
REFUSED = yaml.safe_load((CASES / "refused.yml").read_text())

SEMANTIC = (
    "state directory", "runner", "be let through", "a token", "the store", "a webhook", "tokens are sent",
    "without a command", "need that does not", "needs itself", "inputs outside", "folder outside",
    "two tasks of one name", "without a name", "a name beside", "looks like an option", "same key of a task",
    "four fields", "two names of one option", "key twice", "broken syntax", "a tag", "a list at the top",
    "of our own file", "options at the top",
)  # fmt: skip
"""What a schema cannot say."""


@cache
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema())


def valid(value: object) -> bool:
    return validator().is_valid(value)


def nested(path: str, value: object) -> object:
    tree: Any = value
    for name in reversed(["autonomous_cicd", *path.split(".")]):
        tree = {name: tree}
    return tree


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_the_schema_explains_every_option() -> None:
    text = str(schema())
    options = (*declared().values(), *TaskSettings.options.values())
    for explained in [*(one.help for one in options), *(part.help for part in parts().values())]:
        assert explained in text or repr(explained)[1:-1] in text


@pytest.mark.parametrize("path", declared())
def test_every_default_fits_the_schema(path: str) -> None:
    one = declared()[path]
    assert valid(nested(path, one.kind.write(one.default)))


@pytest.mark.parametrize(
    "case",
    [one for one in REFUSED if not any(word in one["name"] for word in SEMANTIC)],
    ids=lambda one: one["name"],
)
def test_the_schema_refuses_what_is_refused(case: dict[str, Any]) -> None:
    assert not valid(yaml.safe_load(case["file"]))


@pytest.mark.parametrize(
    "tasks",
    [
        {"a": "x", "b": ["y", "z"], "c": {"run": "x", "timeout-minutes": 3, "needs": "a"}},
        [{"name": "a", "commands": ["x", ["y", "z"]], "env": {"A": 1, "B": None}, "memory": "1Gi"}],
    ],
)
def test_the_schema_knows_both_forms_of_tasks(tasks: object) -> None:
    assert valid(nested("pipeline.tasks", tasks))


SCALARS = (
    st.booleans()
    | st.integers(-5, 2000)
    | st.floats(-5, 2000).map(lambda number: round(number, 3))
    | st.sampled_from(
        ["4", "0.5", "8Gi", "true", "off", "none", "adaptive", "smart", "x y", "A", "0 2 * * *", ""]
    )
)


@settings(deadline=None)
@given(st.sampled_from(sorted(declared())), SCALARS)
def test_the_schema_accepts_what_is_accepted(path: str, value: object) -> None:
    """What the reader takes, an editor does not complain about; the operator may say everything."""
    accepted = not problems(None, environment={"HOME": "/h"}, overrides={path: value})
    if accepted and not (path in ("pipeline.tasks", "state_dir") or _lenient(path, value)):
        assert valid(nested(path, value)), (path, value)


def _lenient(path: str, value: object) -> bool:
    """Whether a spelling is meant for variables only: numbers with blanks, whole numbers as 4.0."""
    kind = declared()[path].kind
    words = f"{type(kind).__name__} {type(getattr(kind, 'kind', None)).__name__}"
    return isinstance(value, float | str) and ("Whole" in words or "Size" in words)


def test_the_model_validates_a_file() -> None:
    made: Any = model().model_validate(nested("pipeline.max_concurrent_tasks", 3))
    assert 3 == made.autonomous_cicd.pipeline.max_concurrent_tasks
    with pytest.raises(ValidationError):
        model().model_validate(nested("pipeline.jbos", 3))


def test_every_section_is_in_the_schema() -> None:
    names = schema()["$defs"]
    assert {f"Tree_{path.replace('.', '_')}" for path in parts()} <= names.keys()
    assert all(issubclass(part.cls, Section) for part in parts().values())
