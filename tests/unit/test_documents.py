from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autonomous_cicd import documents
from autonomous_cicd.documents import DEPTH, LIMIT, NODES, nearest, read_json, read_toml, read_yaml
from autonomous_cicd.errors import DocumentError

READERS = pytest.mark.parametrize("read", [read_yaml, read_toml, read_json])


def refusal(read: Any, text: str, **keywords: Any) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read(text, file="f", **keywords)
    return caught.value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("on", "on"),
        ("yes", "yes"),
        ("No", "No"),
        ("true", True),
        ("False", False),
        ("tRUE", "tRUE"),
        ("null", None),
        ("~", None),
        ("", None),
        ("'null'", "null"),
        ("3.10", 3.1),
        ("'3.10'", "3.10"),
        ("12", 12),
        ("+12", 12),
        ("010", 10),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("1e3", 1000.0),
        ("-.5", -0.5),
        (".", "."),
        ("-", [None]),
        ("12:30:45", "12:30:45"),
        ("2024-01-15", "2024-01-15"),
        (".inf", float("inf")),
        ("-.INF", float("-inf")),
        ("١٢", "١٢"),
        ("9" * 500, "9" * 500),
        ("!!str 3.10", "3.10"),
        ("! 12", "12"),
        ("!!int '12'", 12),
        ("!!null ''", None),
        ("|\n  a\n  b\n", "a\nb\n"),
        ("!!map {a: 1}", {"a": 1}),
    ],
)
def test_yaml_follows_the_core_schema_of_1_2(written: str, value: object) -> None:
    assert value == read_yaml(written).value
    assert type(value) is type(read_yaml(written).value)


def test_not_a_number_is_a_number_of_yaml() -> None:
    value = read_yaml(".nan").value
    assert isinstance(value, float)
    assert value != value


def test_keys_are_the_text_that_is_written() -> None:
    assert {"on": 1, "3.10": 2, "true": 3, "~": 4, "": 5} == read_yaml(
        "on: 1\n3.10: 2\ntrue: 3\n~: 4\n? \n: 5\n"
    ).value


def test_the_merge_key_is_a_key_like_others() -> None:
    assert {"a": {"x": 1}, "b": {"<<": {"x": 1}, "y": 2}} == read_yaml(
        "a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n"
    ).value


def test_aliases_stand_for_values_and_for_keys() -> None:
    document = read_yaml("- &name key\n- *name : &list [1, 2]\n- *list\n")
    assert ["key", {"key": [1, 2]}, [1, 2]] == document.value


def test_an_anchor_can_be_set_again() -> None:
    assert [1, 1, 2, 2] == read_yaml("[&a 1, *a, &a 2, *a]").value


@READERS
def test_a_byte_order_mark_is_no_part_of_the_text(read: Any) -> None:
    text = {read_yaml: "a: 1", read_toml: "a = 1", read_json: '{"a": 1}'}[read]
    assert {"a": 1} == read("\ufeff" + text).value


def test_an_empty_document_says_nothing() -> None:
    assert None is read_yaml("# nothing\n").value
    assert 1 == read_yaml("").line("a")


WORKFLOW = """\
# comment
on: push
jobs:
  build:
    steps:
      - uses: one
      - run: |
          two
        env: {A: 1,
              B: 2}
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 2),
        (("on",), 2),
        (("jobs", "build"), 4),
        (("jobs", "build", "steps", 0), 6),
        (("jobs", "build", "steps", 1), 7),
        (("jobs", "build", "steps", 1, "env", "B"), 10),
        (("jobs", "build", "needs"), 4),
        (("jobs", "build", "steps", 7), 5),
        (("jobs", "build", "steps", "x"), 5),
        (("on", "x"), 2),
        (("nothing", "at", "all"), 2),
    ],
)
def test_a_yaml_document_knows_the_line_of_each_key(path: tuple[str | int, ...], line: int) -> None:
    """What is absent has the line of its nearest ancestor."""
    assert line == read_yaml(WORKFLOW).line(*path)


def test_the_line_inside_an_alias_is_that_of_the_anchor() -> None:
    document = read_yaml("a: &a\n  x: 1\nb: *a\n")
    assert (3, 2) == (document.line("b"), document.line("b", "x"))


TOML = '[tool.black]\nline-length = 1\n[tool.ruff]\nline-length = 2\n"quoted key" = 3\n'


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("tool", "black", "line-length"), 2),
        (("tool", "ruff", "line-length"), 4),
        (("tool", "ruff", "quoted key"), 5),
        (("tool", "ruff", 3, "absent"), 3),
        (("absent",), 1),
        ((), 1),
    ],
)
def test_a_toml_document_finds_the_line_of_a_key(path: tuple[str | int, ...], line: int) -> None:
    assert line == read_toml(TOML).line(*path)


def test_a_json_document_finds_the_line_of_a_key() -> None:
    document = read_json('{\n "scripts": {\n  "test": "x"\n }\n}')
    assert (2, 3) == (document.line("scripts"), document.line("scripts", "test"))


def test_dates_of_toml_become_text() -> None:
    text = "a = 2024-01-15\nb = [10:30:00]\nc = 2024-01-15T10:30:00Z\n"
    assert {"a": "2024-01-15", "b": ["10:30:00"], "c": "2024-01-15T10:30:00+00:00"} == read_toml(text).value


def test_the_last_of_two_equal_keys_counts_in_json() -> None:
    assert {"a": 2} == read_json('{"a": 1, "a": 2}').value


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: !custom 1", 1, "tag '!custom'"),
        ("a: 1\nb: !!python/object:os.system {}", 2, "tag '!!python/object:os.system'"),
        ("a: !!int x", 1, "tag '!!int'"),
        ("a: !!binary aGk=", 1, "tag '!!binary'"),
        ("a: 1\nb: 2\na: 3", 3, "key 'a' twice (first in line 1)"),
        ("&k a: 1\n*k : 3", 2, "key 'a' twice"),
        ("a: 1\n[1, 2]: 3", 2, "as a key"),
        ("? {a: 1}\n: 2", 1, "as a key"),
        ("a: &x [1]\n? *x\n: 2", 2, "as a key"),
        ("a: 1\n---\nb: 2", 2, "more than one document"),
        ("a: 1\n\tb: 2", 2, "is not YAML"),
        ("a: b: c", 1, "is not YAML"),
        ("a: [1, 2", 1, "is not YAML"),
        ("a: 1\nb: *nothing", 2, "alias *nothing without an anchor"),
        ("a: &a [1, *a]", 1, "inside what it stands for"),
        ("a: &a\n  b: *a", 2, "inside what it stands for"),
        ("a: 1\nb: \x00", 2, "a NUL character"),
        ('a: "\\0"', 1, "a NUL character"),
        ("a: 1\nb: \ud800", 2, "not UTF-8"),
        ("ä: 1\nb: \x07", 2, "is not YAML"),
        ('a: "\\ud800"', 1, "is not YAML"),
        ("[" * (DEPTH + 1), 1, "levels deep"),
        ("\n".join(" " * n + "a:" for n in range(DEPTH + 1)), DEPTH + 1, "levels deep"),
        ("%TAG !a! b\n" * 200, 0, "too many tags"),
        ("- x\n" * (NODES + 1), NODES, "aliases written out"),
    ],
)
def test_yaml_that_is_no_plain_data_is_refused_with_its_line(text: str, line: int, message: str) -> None:
    error = refusal(read_yaml, text)
    assert message in error.reason
    assert ("f", line) == (error.file, error.line)
    assert error.hint


def test_a_broken_document_that_names_no_place_begins_at_its_first_line() -> None:
    assert 1 == documents._line_of_reader_error(ValueError("x"), "a\nb")


def test_tabs_are_named_as_the_cause() -> None:
    assert "spaces" in refusal(read_yaml, "a:\n\tb: 2").hint


def test_a_bomb_of_aliases_is_refused() -> None:
    levels = [f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]" for n in range(20)]
    error = refusal(read_yaml, "\n".join(["a0: &a0 [x, x]", *levels]))
    assert "aliases written out" in error.reason
    assert error.line < 10


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = \n", 2),
        ("a = 1\na = 2\n", 2),
        ("a = " + "[" * 5000, 0),
        ("a = " + "[" * (DEPTH + 5) + "]" * (DEPTH + 5), 0),
        ("a = " + "9" * 5000, 0),
        ("b = 1\n" + "a." * 5000 + "a = 1", 2),
        ('"x" . ' * 5000 + "a = 1", 1),
        ("[" + "a." * 5000 + "a]", 1),
        ("a = \x00", 1),
        ("a = '\ud800'", 1),
        ('a = "\\u0000"', 0),
    ],
)
def test_toml_that_cannot_be_read_is_refused(text: str, line: int) -> None:
    error = refusal(read_toml, text)
    assert ("f", line) == (error.file, error.line)
    assert error.hint


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"a": 1,\n}', 2),
        ("[" * 100_000, 0),
        ("[" * (DEPTH + 5) + "]" * (DEPTH + 5), 0),
        ("NaN", 0),
        ("[-Infinity]", 0),
        ("9" * 5000, 0),
        ("", 1),
        ('["\\ud800"]', 0),
        ('{"\\u0000": 1}', 0),
    ],
)
def test_json_that_cannot_be_read_is_refused(text: str, line: int) -> None:
    error = refusal(read_json, text)
    assert ("f", line) == (error.file, error.line)
    assert error.hint


@READERS
def test_a_text_over_the_limit_is_refused_before_it_is_read(read: Any) -> None:
    assert "are allowed" in refusal(read, "x" * (LIMIT + 1)).reason
    assert "are allowed" in refusal(read, "[1]", limit=2).reason


@READERS
@settings(deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_is_read_or_refused(read: Any, text: str) -> None:
    """No other exception comes out."""
    try:
        read(text)
    except DocumentError as error:
        assert error.reason


YAML_PIECES = st.sampled_from(
    ["a", "b: ", "- ", "[", "]", "{", "}", ", ", "\n", "\n  ", "&x ", "*x", "!t ", "!!int ", "? ", ": ",
     "|\n", "'", '"', "#", "---\n", "%YAML 1.1\n", "\t", "\\", "0o8", "<<: ", "\x85", "\u2028"]
)  # fmt: skip


@READERS
@settings(deadline=None)
@given(pieces=st.lists(YAML_PIECES, max_size=40))
def test_any_heap_of_syntax_is_read_or_refused(read: Any, pieces: list[str]) -> None:
    try:
        document = read("".join(pieces))
    except DocumentError as error:
        assert error.reason
    else:
        assert document.line("a", 0, "b") >= 1


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text("ab c:#'\"\n\\äß-", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(PLAIN)
def test_json_means_the_same_in_yaml(value: object) -> None:
    """YAML 1.2 holds all of JSON."""
    text = json.dumps(value)
    assert read_json(text).value == read_yaml(text).value == value


def test_the_parser_without_libyaml_gives_the_same_events() -> None:
    slow: Any = documents._PurePython(WORKFLOW)
    builder = documents._Builder("f")
    while slow.check_event():
        builder.feed(slow.get_event())
    fast = read_yaml(WORKFLOW)
    assert (fast.value, fast.start) == (builder.value, builder.start)


@pytest.mark.parametrize(("word", "near"), [("pipelin", "pipeline"), ("zzz", "")])
def test_the_nearest_word_is_suggested(word: str, near: str) -> None:
    assert near == nearest(word, ["pipeline", "deploy"])
