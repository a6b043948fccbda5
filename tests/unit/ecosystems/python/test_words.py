from __future__ import annotations

import pytest

from autonomous_cicd.ecosystems.python.facts import Facts, Recipe
from autonomous_cicd.ecosystems.python.words import (
    commands_said,
    commands_typed,
    extras_said,
    says_all_extras,
)


@pytest.mark.parametrize(
    ("line", "program", "arguments"),
    [
        ("\t@black --check .", "black", ("--check", ".")),
        ("      - run: uv run --frozen ruff check", "ruff", ("check",)),
        ("  run: poetry run mypy src && flake8", "flake8", ()),
        ("python3 -m pytest -q", "pytest", ("-q",)),
        ("A=1 $(VENV)/bin/mypy", "mypy", ()),
        ("${PREFIX}mypy src", "mypy", ("src",)),
        ("SOURCES = src tests\nlint:\n\tflake8 $(SOURCES) $(OTHER)", "flake8", ("src", "tests", "$(OTHER)")),
        ('export SOURCES="src tests"\nmypy $SOURCES', "mypy", ("src", "tests")),
        ("    pylint src | tee log", "pylint", ("src",)),
        ("./venv/bin/isort .", "isort", (".",)),
        ("run: |", "", ()),
    ],
)
def test_commands_are_seen_without_what_leads_to_them(
    line: str, program: str, arguments: tuple[str, ...]
) -> None:
    found = commands_typed(Facts(folder=".", says={"Makefile": line}))
    assert (arguments in found[program]) if program else found == {}


@pytest.mark.parametrize("line", ["# black .", "- name: black", "x" * 500 + "; black", "pip install black"])
def test_what_is_no_command_of_that_program(line: str) -> None:
    assert "black" not in commands_typed(Facts(folder=".", says={"ci.yml": line}))


def test_recipes_say_commands_too() -> None:
    recipe = Recipe(
        tool="tox", name="lint", source="tox.ini", commands=(("python", "-m", "flake8", "src"), ("-",))
    )
    facts = Facts(folder=".", recipes=(recipe,), says={"Makefile": "flake8\n", "noxfile.py": "flake8 no\n"})
    assert commands_said(facts) == {"flake8": (("src",), ())}
    assert commands_typed(facts) == {"flake8": ((),)}


def test_how_it_is_installed() -> None:
    says = {"ci.yml": "- run: pip install -e '.[test, dev]'\n- run: python -m pip install .[fast]\n"}
    assert extras_said(Facts(folder=".", says=says)) == ("test", "dev", "fast")
    assert not says_all_extras(Facts(folder=".", says=says))
    assert says_all_extras(Facts(folder=".", says={"Makefile": "uv sync --frozen --all-extras"}))
    assert not says_all_extras(Facts(folder=".", says={"Makefile": "uv sync # --all-extras"}))
