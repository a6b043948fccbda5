"""Changing one entry of a JSON file leaves the rest byte for byte."""

from __future__ import annotations

import difflib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.json_surgery import append, put, remove

CASES = [
    ('{\n  "a": "1",\n  "c": "3"\n}\n', ("b",), '{\n  "a": "1",\n  "b": "x",\n  "c": "3"\n}\n'),
    ('{\n  "c": "1",\n  "a": "3"\n}\n', ("b",), '{\n  "c": "1",\n  "a": "3",\n  "b": "x"\n}\n'),
    ('{\n  "a": "1"\n}', ("a",), '{\n  "a": "x"\n}'),
    ('{\n\t"d": {}\n}\n', ("d", "b"), '{\n\t"d": {\n\t\t"b": "x"\n\t}\n}\n'),
    ('{\r\n    "d": { }\r\n}\r\n', ("d", "b"), '{\r\n    "d": {\r\n        "b": "x"\r\n    }\r\n}\r\n'),
    ('{"d":{"a":"1"}}', ("d", "b"), '{"d":{"a":"1","b":"x"}}'),
    ('{"d": {"a": "1"}}\n', ("e", "b"), '{"d": {"a": "1"},"e": {"b": "x"}}\n'),
    ('{\n  "d": {"a": "1", "c": "2"}\n}\n', ("d", "b"), '{\n  "d": {"a": "1", "b": "x", "c": "2"}\n}\n'),
    ('{\n  "B": "1",\n  "a": "2"\n}\n', ("c",), '{\n  "B": "1",\n  "a": "2",\n  "c": "x"\n}\n'),
    ('{\n  "a" : "1"\n}\n', ("b",), '{\n  "a" : "1",\n  "b" : "x"\n}\n'),
    ("{}\n", ("a",), '{"a": "x"}\n'),
    ('\ufeff{\n  "a": "1"\n}\n', ("b",), '\ufeff{\n  "a": "1",\n  "b": "x"\n}\n'),
    ('{\n  "a": "1",\n  "a": "2"\n}\n', ("a",), '{\n  "a": "1",\n  "a": "x"\n}\n'),
]


@pytest.mark.parametrize(("text", "path", "expected"), CASES)
def test_puts_an_entry_where_a_person_would(text: str, path: tuple[str, ...], expected: str) -> None:
    assert expected == put(text, path, "x")


def test_puts_a_new_section_behind_its_neighbour() -> None:
    text = '{\n  "name": "a",\n  "dependencies": {\n    "b": "1"\n  },\n  "zone": 1\n}\n'
    expected = text.replace("  },\n", '  },\n  "devDependencies": {\n    "c": "^1.0.0"\n  },\n')
    assert expected == put(text, ("devDependencies", "c"), "^1.0.0", after=("dependencies", "name"))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"a" "b"}', '{"a": 1,}', "{} x", '{"d": 3}', '{"d": []}', "null", '{"d": {"\\q": 1}}'],
)
def test_leaves_what_it_cannot_read(text: str) -> None:
    assert None is put(text, ("d", "a"), "x")


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ('{\n  "a": 1,\n  "b": 2\n}\n', ("a",), '{\n  "b": 2\n}\n'),
        ('{\n  "a": 1,\n  "b": 2\n}\n', ("b",), '{\n  "a": 1\n}\n'),
        ('{\n  "a": {\n    "b": 2\n  }\n}\n', ("a", "b"), '{\n  "a": {}\n}\n'),
        ('{"a": 1}', ("b",), None),
        ('{"a": 1}', ("a", "b"), None),
        ("{", ("a",), None),
    ],
)
def test_removes_an_entry(text: str, path: tuple[str, ...], expected: str | None) -> None:
    assert expected == remove(text, path)


keys = st.text(max_size=8)
leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=10))
values = st.recursive(
    leaves, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=4))
)
documents = st.dictionaries(keys, values, max_size=6)
indents = st.sampled_from([None, 1, 2, 4, "\t"])


@given(documents, indents, keys, keys, st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_changes_nothing_else(
    document: dict[str, object], indent: int | str | None, section: str, key: str, ordered: bool, end: str
) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=False, sort_keys=ordered).replace("\n", end)
    before = document.get(section, {})
    changed = put(text, (section, key), "new")
    if not isinstance(before, dict):
        assert changed is None
        return
    assert changed is not None
    assert {**document, section: {**before, key: "new"}} == json.loads(changed)
    if indent is not None:
        lines = difflib.SequenceMatcher(None, text.split(end), changed.split(end), autojunk=False)
        removed = sum(b - a for tag, a, b, _, _ in lines.get_opcodes() if tag in ("replace", "delete"))
        assert removed <= 2


@given(documents, indents, st.data())
def test_removes_what_it_put(
    document: dict[str, object], indent: int | str | None, data: st.DataObject
) -> None:
    text = json.dumps(document, indent=indent)
    key = data.draw(keys.filter(lambda one: one not in document))
    with_it = put(text, (key,), "new")
    assert with_it is not None
    without = remove(with_it, (key,))
    assert without is not None
    assert document == json.loads(without)
    if document:
        assert text == without


@given(st.text(alphabet='{}[]",:\\ab1 \n', max_size=40))
def test_says_no_to_junk_as_the_standard_library_does(text: str) -> None:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    changed = put(text, ("a",), "x")
    if isinstance(value, dict):
        assert changed is not None
        assert {**value, "a": "x"} == json.loads(changed)


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ('{\n  "files": [\n    "a"\n  ]\n}\n', ("files",), '{\n  "files": [\n    "a",\n    "x"\n  ]\n}\n'),
        ('{"files": ["a"]}', ("files",), '{"files": ["a", "x"]}'),
        ('{"files": ["a","b"], "c": 1}', ("files",), '{"files": ["a","b","x"], "c": 1}'),
        (
            '{"d": {"files": [ "a", {"b": [1]} ]}}',
            ("d", "files"),
            '{"d": {"files": [ "a", {"b": [1]}, "x" ]}}',
        ),
        ('{\r\n\t"f": [\r\n\t\t"a"\r\n\t]\r\n}', ("f",), '{\r\n\t"f": [\r\n\t\t"a",\r\n\t\t"x"\r\n\t]\r\n}'),
    ],
)
def test_appends_to_an_array_as_it_is_set_out(text: str, path: tuple[str, ...], expected: str) -> None:
    assert expected == append(text, path, "x")


@pytest.mark.parametrize("text", ['{"files": []}', '{"files": "a"}', "{}", '{"files": ["a"', '{"files": {}}'])
def test_appends_to_nothing_else(text: str) -> None:
    assert append(text, ("files",), "x") is None
