from __future__ import annotations

import shlex

import pytest

from autonomous_cicd.ecosystems.python.facts import Facts, Recipe
from autonomous_cicd.ecosystems.python.recipes import recipe_with, runner_of, test_recipe, tokens

test_recipe.__test__ = False  # type: ignore[attr-defined]


def recipe(name: str, *commands: str, whole: bool = True) -> Recipe:
    argvs = tuple(tuple(shlex.split(command)) for command in commands)
    return Recipe(tool="tox", name=name, source="tox.ini", commands=argvs, whole=whole)


@pytest.mark.parametrize(
    ("command", "runner"),
    [
        ("pytest -q", "pytest"),
        ("py.test", "pytest"),
        ("python -b -m pytest", "pytest"),
        ("python3.12 -m unittest", "unittest"),
        ("coverage run -m pytest", "pytest"),
        ("coverage run --source x -m unittest discover", "unittest"),
        ("python -m coverage run -m pytest tests", "pytest"),
        ("coverage run tests/runtests.py", "script"),
        ("coverage run manage.py test", "django"),
        ("python tests.py", "script"),
        ("python manage.py test", "django"),
        ("stestr run", "stestr"),
        ("trial x", "trial"),
        ("python setup.py build", ""),
        ("python -m", ""),
        ("python", ""),
        ("coverage report", ""),
        ("make test", ""),
        ("coverage run", ""),
    ],
)
def test_the_runner_of_a_command(command: str, runner: str) -> None:
    assert runner == runner_of(recipe("py", command))


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        ("py310 py312 py313", "py312"),
        ("py310 py313", "py310"),
        ("lint tests docs", "tests"),
        ("tests-random tests", "tests"),
        ("py312-django42 py312", "py312"),
        ("3.11 3.12", "3.12"),
        ("py py312-mypy", "py"),
        ("coverage benchmark docs", ""),
        ("unit", "unit"),
        ("other", "other"),
        ("", ""),
    ],
)
def test_the_environment_that_tests(names: str, chosen: str) -> None:
    facts = Facts(folder=".", recipes=tuple(recipe(name, "pytest") for name in names.split()))
    found = test_recipe(facts, "3.12")
    assert chosen == (found.name if found else "")


def test_one_that_could_be_read_is_preferred() -> None:
    facts = Facts(folder=".", recipes=(recipe("py312-a", "pytest", whole=False), recipe("py312-b", "pytest")))
    assert test_recipe(facts, "3.12") == facts.recipes[1]


def test_the_environment_of_a_program() -> None:
    facts = Facts(
        folder=".", recipes=(recipe("a", "mypy", whole=False), recipe("b", "pytest", "python -m mypy src"))
    )
    assert recipe_with(facts, "mypy") == facts.recipes[1]
    assert recipe_with(facts, "ruff") is None


def test_words_of_a_name() -> None:
    assert tokens("Py3.12-Django_42") == frozenset(("py3", "12", "django", "42"))
