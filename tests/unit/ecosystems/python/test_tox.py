from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.ecosystems.python.facts import Recipe
from autonomous_cicd.ecosystems.python.legacy import read_ini
from autonomous_cicd.ecosystems.python.tox import environments, expand, toml_environments, versions_named


def read(text: str) -> dict[str, Recipe]:
    return {recipe.name: recipe for recipe in environments(read_ini(text), file="tox.ini")}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("py39, py310", ["py39", "py310"]),
        ("py{39,310}-{a,b}", ["py39-a", "py39-b", "py310-a", "py310-b"]),
        ("py3{9-11}", ["py39", "py310", "py311"]),
        ("\n  py\n  lint  # all of it\n", ["py", "lint"]),
        ("py{,310}", ["py", "py310"]),
        ("a{9-1}", ["a9-1"]),
        ("a, a", ["a"]),
        ("", []),
    ],
)
def test_braces_and_ranges_are_written_out(text: str, names: list[str]) -> None:
    assert tuple(names) == expand(text)


@given(st.text(alphabet="py3{},-1209 \n#", max_size=60))
def test_whatever_a_list_says_it_is_read(text: str) -> None:
    assert len(expand(text)) <= 400


def test_a_list_that_would_grow_without_end_is_cut() -> None:
    assert len(expand("{0-99}{0-99}{0-99}")) == 400


def test_versions_are_taken_from_factors() -> None:
    names = ["py39", "3.12-django", "python3.10", "lint", "py27", "pypy3", "py"]
    assert versions_named(names) == ("3.9", "3.10", "3.12")


def test_conditions_hold_for_their_factors_only() -> None:
    found = read(
        "[tox]\nenvlist = py{311,312}-{a,b}\n"
        "[testenv]\n"
        "deps =\n  always\n  py311: first\n  py312-a,b: second\n  !b: third\n"
        "commands = a: pytest\n"
    )
    assert found["py311-a"].requirements == ("always", "first", "third")
    assert found["py312-b"].requirements == ("always", "second")
    assert found["py311-a"].commands == (("pytest",),)
    assert found["py312-b"].commands == ()


def test_an_environment_takes_what_the_base_says_and_it_does_not() -> None:
    found = read("[testenv]\ndeps = pytest\ncommands = pytest\n[testenv:lint,style]\ncommands = ruff check\n")
    assert found["lint"] == Recipe(
        tool="tox", name="lint", source="tox.ini", requirements=("pytest",), commands=(("ruff", "check"),)
    )
    assert found["style"].commands == (("ruff", "check"),)
    assert found["py"].commands == (("pytest",),)


def test_substitutions_are_replaced() -> None:
    found = read(
        "[vars]\nplaces = src tests\nlist =\n  one\n  two\n"
        "[testenv]\n"
        "deps = {[vars]list}\n"
        "commands =\n"
        "  {envpython} -m pytest --basetemp={envtmpdir} {posargs:{[vars]places}} {env:NONE:fast}\n"
        "  - coverage combine\n"
        "  a \\\n    b {tty:x:y} {envname}{/}{:}\n"
    )["py"]
    assert found.requirements == ("one", "two")
    assert found.commands == (
        ("python", "-m", "pytest", "--basetemp={environment}-tmp", "src", "tests", "fast"),
        ("a", "b", "y", "py/:"),
    )
    assert found.whole


def test_the_root_is_seen_from_where_commands_are_executed() -> None:
    found = read("[testenv]\nchangedir = test/unit\ncommands = python {toxinidir}/run.py\n")["py"]
    assert (found.cwd, found.commands) == ("test/unit", (("python", "../../run.py"),))


@pytest.mark.parametrize(
    "config",
    [
        "commands = pytest {env:SECRET}",
        "commands = pytest {unknown}",
        "commands = pytest 'open",
        "commands = ! pytest",
        "commands = pytest\nchangedir = /tmp",
        "commands = pytest\nchangedir = ../other",
        "commands = pytest\nchangedir = {envdir}",
    ],
)
def test_what_cannot_be_known_makes_it_not_whole(config: str) -> None:
    assert not read(f"[testenv]\n{config}\n")["py"].whole


def test_substitutions_that_mean_themselves_end() -> None:
    found = read("[a]\nx = {[a]x}\n[testenv]\ndeps = {[a]x}\ncommands = echo {[a]x}\n")["py"]
    assert found.commands[0][0] == "echo"


def test_settings_of_an_environment() -> None:
    found = read(
        "[tox]\nenvlist = py\n[testenv]\nskip_install = true\nextras = a, b\ndependency_groups = dev\n"
        "setenv =\n  A = 1\n  B = {env:B}\n  file|.env\ndeps =\n  -r reqs.txt\n  -c constraints.txt\n  .[x]\n"
    )["py"]
    assert (found.project, found.extras, found.groups) == (False, ("a", "b"), ("dev",))
    assert (dict(found.env), found.files, found.requirements) == ({"A": "1"}, ("reqs.txt",), ())


def test_the_list_may_stand_in_setup_cfg() -> None:
    sections = read_ini("[tox:tox]\nenvlist = py312\n[testenv]\ncommands = pytest\n")
    assert [recipe.name for recipe in environments(sections, file="setup.cfg")] == ["py312", "py"]


def test_toml_environments() -> None:
    base = {
        "commands": [["pytest", {"replace": "posargs", "default": ["-q"]}, "--basetemp={env_tmp_dir}"]],
        "deps": ["pytest", "-r more.txt"],
        "set_env": {"A": "{tox_root}/x", "B": {"replace": "env"}},
        "extras": ["x"],
        "dependency_groups": ["tests"],
    }
    lint = {
        "skip_install": True,
        "commands": [
            {"no": "list"},
            [{"replace": "ref", "of": ["env_run_base", "deps"]}],
            ["x", {"replace": "env"}],
        ],
        "change_dir": "sub",
    }
    document: dict[str, object] = {"env_list": ["3.12", "lint"], "env_run_base": base, "env": {"lint": lint}}
    found = {recipe.name: recipe for recipe in toml_environments(document, file="tox.toml")}
    assert list(found) == ["3.12", "lint", "py"]
    assert found["3.12"] == Recipe(
        tool="tox",
        name="3.12",
        source="tox.toml",
        requirements=("pytest",),
        files=("more.txt",),
        extras=("x",),
        groups=("tests",),
        commands=(("pytest", "-q", "--basetemp={environment}-tmp"),),
        env={"A": "./x"},
    )
    assert found["lint"].commands == (("pytest", "-r more.txt"), ("x",))
    assert (found["lint"].whole, found["lint"].project, found["lint"].cwd) == (False, False, "sub")


def test_references_that_multiply_are_given_up() -> None:
    levels = "\n".join(f"l{n} = " + f"{{[a]l{n + 1}}} " * 30 for n in range(9))
    text = f"[a]\n{levels}\nl9 = x\n[testenv]\ncommands = echo {{[a]l0}}\n"
    assert not read(text)["py"].whole


def test_lines_that_multiply_are_given_up() -> None:
    levels = "\n".join(f"l{n} =" + f"\n  {{[a]l{n + 1}}}" * 30 for n in range(9))
    text = f"[a]\n{levels}\nl9 = x\n[testenv]\ndeps = {{[a]l0}}\n"
    found = read(text)["py"]
    assert not found.whole
    assert len(found.requirements) <= 5000
