"""What a newer Python warns of is written so that it means the same, and nothing else is touched."""

from __future__ import annotations

import ast
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.benches import case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.diagnosis import Category, Place
from autonomous_cicd.domain.python_text import with_equality, with_escapes
from autonomous_cicd.remedies.stricter_python import StricterPython

ESCAPES = [
    ('x = "\\w+"\n', 'x = r"\\w+"\n'),
    ("x = re.sub('^\\w', '', 'a\\d')  # \\w\r\n", "x = re.sub(r'^\\w', '', r'a\\d')  # \\w\r\n"),
    ('x = "\\w\\n"\n', 'x = "\\\\w\\n"\n'),
    ('x = b"\\d"\n', 'x = rb"\\d"\n'),
    ('x = f"\\d{y}"\n', 'x = rf"\\d{y}"\n'),
    (
        'def f():\n    """Say \\d.\n\n    ü \\w\n    """\n',
        'def f():\n    r"""Say \\d.\n\n    ü \\w\n    """\n',
    ),
    ("x = 'it\\'s \\d'\n", "x = 'it\\'s \\\\d'\n"),
    ("x = 'ü', '\\w'\n", "x = 'ü', r'\\w'\n"),
]
FINE = ['x = r"\\w"\n', 'x = "\\n"\n', "x = 1  # \\w\n", "x = (\n", 'x = "a\\\nb"\n']


@pytest.mark.parametrize(("text", "expected"), ESCAPES)
def test_backslashes_that_escape_nothing(text: str, expected: str) -> None:
    found = with_escapes(text)
    assert expected == (found or "").replace('br"', 'rb"').replace('fr"', 'rf"')


@pytest.mark.parametrize("text", FINE)
def test_what_is_right_is_left(text: str) -> None:
    assert with_escapes(text) is None


@given(st.text(alphabet="ab\\'\"wdn0xu{} \n", max_size=20), st.sampled_from(["", "b", "u", "f"]))
def test_it_means_the_same_without_a_warning(inside: str, prefix: str) -> None:
    text = f'x = {prefix}"{inside}"\n'
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            before = ast.dump(ast.parse(text))
        except (SyntaxError, ValueError):
            return
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ast.dump(ast.parse(with_escapes(text) or text)) == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("if x is 'a':\n    pass\n", "if x == 'a':\n    pass\n"),
        ("if x is not 'a' and y is None:\n    pass\n", "if x != 'a' and y is None:\n    pass\n"),
        ("y = 'ü' if 1 is x else ()\n", "y = 'ü' if 1 == x else ()\n"),
        ("y = x is ()\n", "y = x == ()\n"),
        ("y = x is None\n", None),
        ("y = x is True\n", None),
        ("y = x is ...\n", None),
        ("y = (x is\n     'a')\n", None),
        ("y = (\n", None),
    ],
)
def test_literals_are_compared_by_value(text: str, expected: str | None) -> None:
    assert expected == with_equality(text)


ESCAPE = "SyntaxError: invalid escape sequence '\\w'\n"
FILES = {
    "it/a.py": 'x = "\\w"\n',
    "it/b.py": 'x = "\\w"\n',
    "tests/test_a.py": 'x = "\\w"\n',
    "src/c.py": "x = 1\n",
}


@pytest.mark.parametrize(
    ("place", "said", "changed"),
    [
        ("it/a.py", ESCAPE, ["it/a.py"]),
        ("/v/lib/python3.12/site-packages/it/b.py", f"E   {ESCAPE}", ["it/b.py"]),
        (
            "it/a.py",
            'E     SyntaxWarning: "\\w" is an invalid escape sequence. Such will not work.\n',
            ["it/a.py"],
        ),
        ("tests/test_a.py", ESCAPE, []),
        ("/v/lib/python3.12/site-packages/other/a.py", ESCAPE, []),
        ("src/c.py", ESCAPE, []),
        ("it/a.py", "SyntaxError: invalid syntax\n", []),
        ("", ESCAPE, []),
    ],
)
def test_the_source_that_is_complained_of(place: str, said: str, changed: list[str]) -> None:
    failure = failure_of(said, Category.SYNTAX_ERROR, place=Place(file=place, line=1))
    found = edits(prescribed(StricterPython(), case_of(FILES, said, failure)))
    after = [edited(FILES, one) for one in found]
    assert changed == [name for one in after for name, text in one.items() if FILES[name] != text]
    assert bool(changed) is bool(StricterPython().suits(failure)) or not changed
