"""Chooses among the environments of tox, nox and hatch the one that tests."""

from __future__ import annotations

import re
from posixpath import basename

from autonomous_cicd.ecosystems.python.facts import Facts, Recipe

__all__ = ["recipe_with", "runner_of", "test_recipe", "tokens"]

_ASIDE = frozenset(
    (
        *(
            "docs",
            "doc",
            "doctest",
            "doctests",
            "lint",
            "linters",
            "style",
            "typing",
            "types",
            "mypy",
            "pyright",
        ),
        *(
            "coverage",
            "cov",
            "report",
            "bench",
            "benchmark",
            "benchmarks",
            "codspeed",
            "perf",
            "stress",
            "random",
        ),
        *(
            "release",
            "build",
            "package",
            "publish",
            "format",
            "fmt",
            "min",
            "minimum",
            "oldest",
            "lowest",
            "devel",
        ),
        *(
            "nightly",
            "integration",
            "e2e",
            "system",
            "pypy",
            "pypy3",
            "windows",
            "downstream",
            "mutmut",
            "fuzz",
        ),
        *("jython", "debug", "slow", "main", "master", "trunk", "check", "types", "ruff", "static", "freeze"),
    )
)
"""Words in the names of environments that do something else than the plain tests."""

_NAMES = ("tests", "test", "unit", "unittest", "unittests", "pytest", "testing", "hatch-test", "default")


def tokens(name: str) -> frozenset[str]:
    """Return the words that a name is made of, in lower case."""
    return frozenset(re.split(r"[^a-z0-9]+", name.lower())) - {""}


def runner_of(recipe: Recipe) -> str:
    """Return the test runner that a recipe executes; empty when it executes none."""
    return next((runner for command in recipe.commands if (runner := _runner(command))), "")


def test_recipe(facts: Facts, python: str) -> Recipe | None:
    """Return the environment that tests the project with a version of Python; None when none does."""
    candidates = [recipe for recipe in facts.recipes if runner_of(recipe)]
    if not candidates:
        return None
    order = {recipe.name: at for at, recipe in enumerate(candidates)}
    best = min(candidates, key=lambda one: (*_rank(one, python), order[one.name]))
    return best if _rank(best, python)[0] < 9 else None


def recipe_with(facts: Facts, program: str) -> Recipe | None:
    """Return the first environment that executes a program and could be read."""
    for recipe in facts.recipes:
        if recipe.whole and any(_program(command)[0] == program for command in recipe.commands):
            return recipe
    return None


def _rank(recipe: Recipe, python: str) -> tuple[int, int, int]:
    """Return how well an environment suits: the smaller, the better; 9 and more: not at all."""
    words = tokens(recipe.name.replace(".", ""))
    versions = [word for word in words if re.fullmatch(r"(?:py|python)?3\d{0,2}|py|python|py27|27", word)]
    ours = {f"py{python.replace('.', '')}", python.replace(".", ""), f"python{python.replace('.', '')}"}
    aside = len(words & _ASIDE)
    if ours & words:
        suits = 0
    elif not versions or {"py", "py3", "python", "python3"} & words:
        suits = 1 if recipe.name in _NAMES or versions else 2
    else:
        suits = 3
    return (9 if aside else suits, 0 if recipe.whole else 1, len(words))


def _program(command: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return what a command executes in the end: `coverage run -m pytest` is pytest."""
    words = list(command)
    while words:
        name = basename(words[0])
        if name in ("python", "python3") or re.fullmatch(r"python3\.\d+", name):
            at = _module(words)
            if at is None:
                return name, tuple(words[1:])
            words = words[at:]
        elif name == "coverage" and words[1:2] == ["run"]:
            at = _module(words)
            if at is None:
                rest = [word for word in words[2:] if not word.startswith("-")]
                return ("python", tuple(rest))
            words = words[at:]
        else:
            return name, tuple(words[1:])
    return "", ()


def _module(words: list[str]) -> int | None:
    """Return where the module stands that `-m` names; None when a script comes first."""
    for at, word in enumerate(words[1:], start=1):
        if word == "-m":
            return at + 1 if at + 1 < len(words) else None
        if word.endswith(".py"):
            return None
    return None


def _runner(command: tuple[str, ...]) -> str:
    name, rest = _program(command)
    if name in ("pytest", "py.test"):
        return "pytest"
    if name in ("unittest", "stestr", "trial", "nose2", "zope-testrunner", "green"):
        return name
    script = basename(next((word for word in rest if not word.startswith("-")), ""))
    if name.startswith("python") and re.search(r"test", script) and script.endswith(".py"):
        return "script"
    if name.startswith("python") and script == "manage.py" and "test" in rest:
        return "django"
    return ""
