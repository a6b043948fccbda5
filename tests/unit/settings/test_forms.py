from __future__ import annotations

from typing import Any

import pytest

from autonomous_cicd.settings.forms import Commands, Program, Variables, Words, scalar_text
from autonomous_cicd.settings.kinds import Kind, Misfit

KNOWN = Words("colours", known=("red", "blue"), spellings={"rouge": "red"})


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (Words(), ["a", " b ", "a"], ("a", "b")),
        (Words(), "a, b,,", ("a", "b")),
        (Words(), "", ()),
        (Words(), (), ()),
        (KNOWN, ["rouge", "blue", "red"], ("red", "blue")),
        (Program(), "pytest -q", "pytest -q"),
        (Program(), "a\nb\n", "a\nb\n"),
        (Program(), ["python", "-c", 3, True], ("python", "-c", "3", "true")),
        (Commands(), "a", ("a",)),
        (Commands(), ["a", ["b", "c"]], ("a", ("b", "c"))),
        (Variables(), {"A": 1, "B": True, "C": None, "_d": "x"}, {"A": "1", "B": "true", "C": "", "_d": "x"}),
    ],
)
def test_what_is_written_becomes_a_value(kind: Kind[Any], raw: object, value: object) -> None:
    assert value == kind.read(raw)


@pytest.mark.parametrize(
    ("kind", "raw", "message", "path"),
    [
        (Words(), 3, "expected a list of texts, got 3", ()),
        (Words(), {"a": 1}, "got a mapping", ()),
        (Words(), ["a", 3], "with 3 in it", (1,)),
        (Words(), ["a", ""], "with '' in it", (1,)),
        (Words(), ["a\x1b"], "in it", (0,)),
        (Words(pattern="[a-z]+"), ["A"], "with 'A' in it", (0,)),
        (KNOWN, ["green"], "'green' is not known", (0,)),
        (Program(), "  ", "expected a command", ()),
        (Program(), "a\x00", "expected a command", ()),
        (Program(), [], "expected a command", ()),
        (Program(), ["", "a"], "expected a command", ()),
        (Program(), ["a", ["b"]], "expected a command", ()),
        (Program(), ["a", "b\x00"], "expected a command", ()),
        (Program(), 3, "got 3", ()),
        (Commands(), [], "expected a list of commands", ()),
        (Commands(), {"a": 1}, "got a mapping", ()),
        (Commands(), ["a", 3], "in a list of commands", ()),
        (Variables(), ["A=1"], "expected a mapping of variable names", ()),
        (Variables(), {"A B": 1}, "'A B' is not a name", ("A B",)),
        (Variables(), {"A": []}, "expected a text, got a list", ("A",)),
        (Variables(), {"A": "\x00"}, "expected a text", ("A",)),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    kind: Kind[Any], raw: object, message: str, path: tuple[str | int, ...]
) -> None:
    with pytest.raises(Misfit) as caught:
        kind.read(raw)
    assert message in caught.value.message
    assert path == caught.value.path


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        (Words(), ("a", "b"), ["a", "b"]),
        (Program(), "a", "a"),
        (Program(), ("a", "b"), ["a", "b"]),
        (Commands(), ("a", ("b", "c")), ["a", ["b", "c"]]),
        (Variables(), {"A": "1"}, {"A": "1"}),
    ],
)
def test_a_value_is_shown_as_plain_data(kind: Kind[Any], value: object, written: object) -> None:
    assert written == kind.write(value)


VALUES: list[object] = [True, 3, 0.5, "x", []]


def test_a_scalar_is_text_as_in_a_variable() -> None:
    assert ["true", "3", "0.5", "x", None] == [scalar_text(one) for one in VALUES]
