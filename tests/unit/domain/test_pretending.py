"""What makes tests pass whatever the code does is refused."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.integrity import objections
from autonomous_cicd.domain.patch import Patch, changed_file

CODE = "import json\n\n\ndef price(n):\n    return n * 7\n"


def refused(name: str, before: str, after: str) -> list[str]:
    found = objections(Patch.of([changed_file(name, before, after)]))
    return [one.what for one in found if not one.consent]


@pytest.mark.parametrize(
    "text",
    [
        "class A:\n    def __eq__(s, o): return True\n",
        "class A:\n    def __eq__(self, other: object) -> bool:\n        return True\n",
        'class A:\n    def __eq__(self, other):\n        """Same."""\n        return not False\n',
        "class A:\n    def __contains__(self, x):\n        return 1\n",
        "class A:\n    __eq__ = lambda s, o: True\n",
        "import unittest\nunittest.TestCase.assertEqual = lambda *a: None\n",
        "import unittest\nsetattr(unittest.TestCase, 'assertEqual', print)\n",
        "import unittest as u\nT = u.TestCase\nT.assertEqual = lambda *a: None\n",
        "import sys\nsys.modules['pytest'] = None\n",
        "def load_tests(*a):\n    return None\n",
    ],
)
def test_pretending_in_python_is_refused(text: str) -> None:
    assert refused("app/calc.py", CODE, CODE + text)
    assert refused("app/calc.py", CODE + text, CODE + text + "x = 1\n") == []  # it was there before


@pytest.mark.parametrize(
    "text",
    [
        "assert.equal = () => {}\n",
        "globalThis.expect = anything\n",
        "class A { equals(o) { return true } }\n",
    ],
)
def test_pretending_in_javascript_is_refused(text: str) -> None:
    assert refused("lib/a.js", "const x = 1\n", "const x = 1\n" + text)


@pytest.mark.parametrize(
    "text",
    [
        "class A:\n    def __eq__(self, other):\n        return self.x == other.x\n",
        "class A:\n    def __eq__(self, other):\n        if self is other:\n            return True\n",
        "class A:\n    def __init__(self):\n        self.fail = self.run = 1\n",
        "x = unittest.main == y\n",
        "def load(tests):\n    return True\n",
    ],
)
def test_honest_code_is_not(text: str) -> None:
    assert refused("app/calc.py", CODE, CODE + text) == []


@pytest.mark.parametrize("name", ["unittest.py", "pytest/__main__.py", "src/coverage/__init__.py", "mypy.py"])
def test_nothing_takes_the_place_of_a_tool(name: str) -> None:
    found = objections(Patch.of([changed_file(name, None, "print('OK')\n")]))
    assert [False] == [one.consent for one in found]


def test_a_person_is_asked_about_the_name_of_another_module() -> None:
    found = objections(Patch.of([changed_file("queue.py", None, "x = 1\n")]))
    assert [True] == [one.consent for one in found]
    assert objections(Patch.of([changed_file("app/queue.py", None, "x = 1\n")])) == ()
