from __future__ import annotations

import ast

import pytest

from autonomous_cicd.ecosystems.python.legacy import (
    Setup,
    literal,
    parse_python,
    read_ini,
    read_setup_cfg,
    read_setup_py,
)


def test_an_ini_file_that_cannot_be_read_has_no_sections() -> None:
    assert read_ini("no section\n") == {}


def test_ini_values_are_taken_as_they_stand() -> None:
    assert read_ini("[DEFAULT]\na = 1\n[x]\nb = %(a)s\nflag\n") == {
        "DEFAULT": {"a": "1"},
        "x": {"b": "%(a)s", "flag": ""},
    }


def test_setup_cfg() -> None:
    text = (
        "[metadata]\nname = demo\nclassifiers =\n  A\n  B\n"
        "[options]\npython_requires = >=3.9\ninstall_requires =\n  a>=1\n  # no\n  b\ntests_require = c\n"
        "[options.extras_require]\ntest =\n  pytest\n"
    )
    assert read_setup_cfg(read_ini(text)) == Setup(
        name="demo",
        requires_python=">=3.9",
        dependencies=("a>=1", "b"),
        extras={"test": ("pytest",)},
        tests_require=("c",),
        classifiers=("A", "B"),
    )
    assert read_setup_cfg(read_ini("[flake8]\nx = 1\n")) is None


def test_setup_py_is_read_and_not_executed() -> None:
    text = """
import os
from setuptools import setup
raise SystemExit("never executed")
TESTS = ["pytest"]
MORE: dict = dict(docs=["sphinx"])
common = {"name": "demo", "python_requires": ">=3" + ".8"}
setup(
    version=os.environ["V"],
    install_requires=["a", *TESTS] + ["b"],
    extras_require={"test": TESTS, "docs": MORE["docs"], **other},
    tests_require=read("x"),
    classifiers=("C",),
    **common,
)
"""
    assert read_setup_py(text) == Setup(
        name="demo",
        requires_python=">=3.8",
        dependencies=("a", "pytest", "b"),
        extras={"test": ("pytest",), "docs": ("sphinx",)},
        classifiers=("C",),
    )


@pytest.mark.parametrize("text", ["", "print 'two'", "x = 1\n", "setup", "\0", "(" * 5000])
def test_what_calls_no_setup_says_nothing(text: str) -> None:
    assert read_setup_py(text) is None


def test_setup_may_be_an_attribute() -> None:
    assert read_setup_py("import setuptools\nsetuptools.setup(name='a')\n") == Setup(name="a")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 - 1", None),
        ("'a' + 1", None),
        ("[1] + unknown", [1]),
        ("{1, 2}", [1, 2]),
        ("[*unknown, 1]", [1]),
        ("known['k']", "v"),
        ("known[0]", None),
        ("unknown['k']", None),
        ("{**known, 'a': 1}", {"a": 1}),
        ("call(a=1)", None),
    ],
)
def test_expressions_are_read_as_far_as_they_are_literal(text: str, value: object) -> None:
    node = ast.parse(text, mode="eval").body
    assert literal(node, {"known": {"k": "v"}}) == value


def test_a_very_deep_expression_is_nothing() -> None:
    module = parse_python("x = " + "[" * 60 + "1" + "]" * 60)
    assert module
    statement = module.body[0]
    assert isinstance(statement, ast.Assign)
    value: object = literal(statement.value, {})
    while isinstance(value, list):
        value = value[0]
    assert value is None


def test_sums_that_would_grow_without_end_are_nothing() -> None:
    doubling = "\n".join(f"a{n + 1} = a{n} + a{n}\nb{n + 1} = b{n} + b{n}" for n in range(60))
    start = "from setuptools import setup\na0 = ['x']\nb0 = 'x'\n"
    text = f"{start}{doubling}\nsetup(install_requires=a60, name=b60)\n"
    assert read_setup_py(text) == Setup()


def test_lists_that_would_grow_without_end_are_cut() -> None:
    doubling = "\n".join(f"a{n + 1} = [*a{n}, *a{n}]" for n in range(60))
    found = read_setup_py(
        f"from setuptools import setup\na0 = ['x']\n{doubling}\nsetup(install_requires=a60)\n"
    )
    assert found
    assert len(found.dependencies) == 10_000
