"""What got another name at several places, and where that was forgotten."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.renamed_names import followed, missed, renames

DEF = ("a.py", "def calc(x):\n", "def total(x):\n")
DICT = ("a.py", "S = {'time': 5}\n", "S = {'secs': 5}\n")
OFFERED = ("a.js", "exports.calc = 1\n", "exports.total = 1\n")


@pytest.mark.parametrize(
    ("log", "names"),
    [
        ("ImportError: cannot import name 'calc' from 'lib.core'", ("calc",)),
        ("AttributeError: module 'lib' has no attribute 'calc'", ("calc",)),
        ("KeyError: 'timeout'", ("timeout",)),
        ("TypeError: core.calc is not a function", ("calc",)),
        ("NameError: name 'a' is not defined\nNameError: name 'a' is not defined", ("a",)),
        ("AssertionError", ()),
    ],
)
def test_missed_names_are_read(log: str, names: tuple[str, ...]) -> None:
    assert names == missed(log)


@pytest.mark.parametrize(
    ("changes", "known"),
    [
        (
            (DEF, ("b.py", "calc(1)\n", "total(1)\n")),
            {"calc": "total"},
        ),
        (
            (DICT, ("b.py", "s['time']\n", "s['secs']\n")),
            {"time": "secs"},
        ),
        (
            (OFFERED, ("b.js", "m.calc()\n", "m.total()\n")),
            {"calc": "total"},
        ),
        ((DEF,), {}),
        (
            (
                DEF,
                ("b.py", "calc(1)\ncalc(2)\n", "total(1)\ncalc(2)\n"),
            ),
            {},
        ),
        ((("a.py", "calc(1)\n", "total(1)\n"), ("b.py", "calc(1)\n", "sum(1)\n")), {}),
        ((("a.py", "a = 1\n", "a = 2\n"), ("b.py", "b = 1\n", "b = 2\n")), {}),
    ],
)
def test_what_got_another_name(changes: tuple[tuple[str, str, str], ...], known: dict[str, str]) -> None:
    assert known == renames(Patch.of(changed_file(*one) for one in changes))


@pytest.mark.parametrize(
    ("name", "text", "log", "right"),
    [
        ("a.py", "from b import calc\n\n\nx = calc(1)\n", "", "from b import total\n\n\nx = total(1)\n"),
        (
            "a.js",
            "const { calc } = require('./b')\ncalc\n",
            "",
            "const { total } = require('./b')\ntotal\n",
        ),
        ("a.py", "import b\nb.calc(1)\nb.calc\n", 'File "/x/a.py", line 2', "import b\nb.total(1)\nb.calc\n"),
        ("a.py", "t(timeout=b['calc'])\n", 'File "a.py", line 1', "t(timeout=b['total'])\n"),
        ("a.py", "calc = b.calc\n", 'File "a.py", line 1', "calc = b.total\n"),
        ("a.py", "from b import calc\n\n\ndef calc(x):\n    pass\n", "", ""),
        ("a.py", "from b import calculus\n", 'File "a.py", line 1', ""),
        ("a.py", "b.calc(1)\n", 'File "other.py", line 1', ""),
        ("a.py", "b.calc(1)\n", 'File "a.py", line 9', ""),
    ],
)
def test_a_forgotten_use_follows(name: str, text: str, log: str, right: str) -> None:
    assert ({name: right} if right else {}) == followed("calc", "total", {name: text}, log)
