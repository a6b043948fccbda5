from __future__ import annotations

from dataclasses import replace

import pytest

from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.ecosystems.python.facts import Facts, Manager, Requirements, SetKind
from autonomous_cicd.ecosystems.python.install import create_environment, install, run_tool
from autonomous_cicd.ecosystems.python.selection import Selection

PYTHON = Interpreter(language="python", version="3.12.1", path="/py")
UV = Machine(programs={"uv": "/uv"})
PLAIN = Machine()
TESTS = Requirements(kind=SetKind.GROUP, name="tests", requirements=("pytest",))
FAST = Requirements(kind=SetKind.EXTRA, name="fast", requirements=("x",))
FILE = Requirements(kind=SetKind.FILE, name="dev.txt", requirements=("y",))
LIST = Requirements(kind=SetKind.LIST, name="tests", requirements=("z>=1",))
ALL = Selection(sets=(TESTS, FAST, FILE, LIST), more=("w",))


def lines(facts: Facts, selection: Selection, machine: Machine = UV) -> list[str]:
    return [" ".join(argv) for argv in install(facts, selection, machine, PYTHON, {})]


@pytest.mark.parametrize(
    ("spec", "argv", "expected"),
    [
        ("ruff", ("ruff", "check"), "ruff check"),
        ("ruff==0.5.0", ("ruff", "check"), "ruff@0.5.0 check"),
        ("ruff>=0.5", ("ruff", "check"), "--from ruff>=0.5 ruff check"),
        ("ruff==0.5.*", ("ruff",), "--from ruff==0.5.* ruff"),
        ("import-linter==2", ("lint-imports",), "--from import-linter==2 lint-imports"),
    ],
)
def test_a_tool_gets_an_environment_of_its_own(spec: str, argv: tuple[str, ...], expected: str) -> None:
    assert f"uv tool run --python /py {expected}" == " ".join(run_tool(UV, PYTHON, spec, *argv))


def test_a_tool_with_plug_ins() -> None:
    found = run_tool(UV, PYTHON, "flake8", "flake8", extra=("a", "b"))
    assert " ".join(found) == "uv tool run --python /py --with a --with b flake8"


def test_environments() -> None:
    assert create_environment(PYTHON, UV) == ("uv", "venv", "--seed", "--python", "/py", "{environment}")
    assert create_environment(PYTHON, PLAIN) == ("/py", "-m", "venv", "{environment}")


def test_everything_is_resolved_together() -> None:
    facts = Facts(folder=".", installable=True)
    assert lines(facts, ALL) == ["uv pip install -e .[fast] -r dev.txt --group tests z>=1 w"]
    assert lines(facts, ALL, PLAIN) == ["python -m pip install -e .[fast] -r dev.txt pytest z>=1 w"]
    assert lines(Facts(folder="."), Selection()) == []


def test_the_projects_own_requirements_come_first() -> None:
    facts = Facts(folder=".", main_files=("requirements.txt",))
    assert lines(facts, Selection(sets=(FILE,), main=True)) == [
        "uv pip install -r requirements.txt -r dev.txt"
    ]


def test_uv_with_its_lock() -> None:
    facts = Facts(folder=".", manager=Manager.UV, lock_files=("uv.lock",), default_groups=("tests",))
    assert lines(facts, ALL) == ["uv sync --frozen --extra fast", "uv pip install w -r dev.txt z>=1"]
    assert lines(replace(facts, default_groups=()), Selection(sets=(TESTS,))) == [
        "uv sync --frozen --group tests"
    ]
    assert lines(replace(facts, members=True, lock_files=()), Selection()) == ["uv sync --all-packages"]
    assert lines(replace(facts, says={"ci.yml": "uv sync --all-extras"}), Selection(sets=(FAST,))) == [
        "uv sync --frozen --all-extras"
    ]


def test_without_uv_a_uv_project_is_installed_by_pip() -> None:
    facts = Facts(folder=".", manager=Manager.UV, lock_files=("uv.lock",), installable=True)
    assert lines(facts, Selection(sets=(TESTS,)), PLAIN) == ["python -m pip install -e . pytest"]


def test_what_poetry_locked_is_exported_and_installed_by_uv() -> None:
    facts = Facts(
        folder=".",
        manager=Manager.POETRY,
        lock_files=("poetry.lock",),
        sets=(replace(TESTS, kind=SetKind.OWN), FAST),
        installable=True,
    )
    assert lines(facts, Selection(sets=facts.sets, more=("w",))) == [
        "uv tool run --python /py --with poetry-plugin-export poetry export -f requirements.txt "
        "-o {environment}-locked.txt --with=tests --extras=fast",
        "uv pip install -r {environment}-locked.txt",
        "uv pip install --no-deps -e .",
        "uv pip install w",
    ]
    assert lines(facts, Selection(sets=facts.sets), PLAIN) == [
        "python -m pip install poetry",
        "poetry install --no-interaction --with=tests --extras=fast",
    ]
    everything = replace(facts, says={"Makefile": "poetry install --all-extras"}, installable=False)
    assert lines(everything, Selection())[0].endswith("-o {environment}-locked.txt --all-extras")
    assert len(lines(everything, Selection())) == 2


def test_pdm_and_pipenv() -> None:
    pdm = Facts(folder=".", manager=Manager.PDM, lock_files=("pdm.lock",))
    assert lines(pdm, Selection(sets=(FAST,))) == [
        "uv tool run --python /py pdm export -f requirements -o {environment}-locked.txt -G fast",
        "uv pip install -r {environment}-locked.txt",
    ]
    assert lines(pdm, Selection(), PLAIN) == ["python -m pip install pdm", "pdm install --frozen-lockfile"]
    pipenv = Facts(folder=".", manager=Manager.PIPENV, main_files=("requirements.txt",))
    assert lines(pipenv, Selection(main=True)) == [
        "uv tool run --python /py pipenv install --dev --skip-lock"
    ]
    locked = replace(pipenv, lock_files=("Pipfile.lock",))
    assert lines(locked, Selection(), PLAIN) == ["python -m pip install pipenv", "pipenv sync --dev"]


def test_a_locked_application_keeps_its_requirements_file() -> None:
    facts = Facts(folder=".", manager=Manager.UV, main_files=("requirements.txt",))
    assert lines(facts, Selection(main=True)) == ["uv sync", "uv pip install -r requirements.txt"]


def test_uv_is_kept_from_looking_for_a_pinned_interpreter_that_is_not_there() -> None:
    facts = Facts(folder=".", manager=Manager.UV, pinned_python="3.12.9")
    assert lines(facts, Selection()) == ["uv sync --python /py"]
    for pinned in ("3.12", "3.12.1"):
        assert lines(replace(facts, pinned_python=pinned), Selection()) == ["uv sync"]
