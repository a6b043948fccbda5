from __future__ import annotations

import pytest

from autonomous_cicd.adapters.memory import MemoryFiles
from autonomous_cicd.ecosystems.python.survey import is_test, survey

SETUP = "from setuptools import setup\nsetup()\n"
PROJECT = '[project]\nname = "x"\n'


def components(files: dict[str, str]) -> tuple[str, ...]:
    return survey(MemoryFiles(files)).components


@pytest.mark.parametrize(
    ("files", "folders"),
    [
        ({}, ()),
        ({"README.md": "", "index.js": ""}, ()),
        ({"pyproject.toml": ""}, (".",)),
        ({"setup.py": ""}, (".",)),
        ({"setup.cfg": "[metadata]\nname = x\n"}, (".",)),
        ({"setup.cfg": "[flake8]\n"}, ()),
        ({"Pipfile": ""}, (".",)),
        ({"tox.ini": ""}, (".",)),
        ({"requirements.txt": "a"}, ()),
        ({"requirements.txt": "a", "src/a.py": ""}, (".",)),
        ({"a.py": ""}, (".",)),
        ({"conftest.py": ""}, ()),
        ({"scripts/a.py": "", "index.js": ""}, ()),
        ({"tests/test_a.py": ""}, (".",)),
        ({"sub/pyproject.toml": PROJECT}, ("sub",)),
        ({"sub/pyproject.toml": "[tool.ruff]\n"}, ()),
        ({"sub/pyproject.toml": "[broken"}, ()),
        ({"sub/pyproject.toml": "[tool.poetry]\nname = 'x'\n"}, ("sub",)),
        ({"sub/tox.ini": ""}, ()),
        ({"sub/setup.py": "x = 1", "sub/__init__.py": ""}, ()),
        ({"sub/setup.py": SETUP, "pyproject.toml": PROJECT}, (".", "sub")),
        ({"examples/a/setup.py": "", "tests/fixtures/pyproject.toml": PROJECT}, ()),
        ({"api/requirements.txt": "a", "api/app/main.py": "", "web/requirements.txt": "b"}, ("api",)),
        ({"setup.py": "", "api/requirements.txt": "a", "api/main.py": ""}, (".",)),
        ({"api/requirements.txt": "a", "api/x/requirements.txt": "b", "api/x/a.py": ""}, ("api",)),
        ({"sub/setup.py": SETUP, "tool.py": ""}, (".", "sub")),
        ({"sub/setup.py": SETUP, "other/test_a.py": ""}, ("sub",)),
    ],
)
def test_folders_that_are_components(files: dict[str, str], folders: tuple[str, ...]) -> None:
    assert folders == components(files)


def test_members_of_a_workspace() -> None:
    root = (
        '[tool.uv.workspace]\nmembers = ["libs/*", "deep/**", "examples/show", "gone"]\n'
        'exclude = ["libs/no"]\n'
    )
    folders = ["libs/a", "libs/no", "libs/a/b", "deep/x/y", "examples/show", "other"]
    found = survey(
        MemoryFiles({"pyproject.toml": root, **{f"{one}/pyproject.toml": "[tool.x]\n" for one in folders}})
    )
    assert found.components == (".", "deep/x/y", "examples/show", "libs/a")
    assert found.workspaces == dict.fromkeys(found.components, ".")


def test_a_pyproject_without_a_workspace_has_no_members() -> None:
    found = survey(MemoryFiles({"pyproject.toml": "# [tool.uv.workspace]\n"}))
    assert found.workspaces == {}


def test_files_belong_to_the_nearest_component() -> None:
    found = survey(
        MemoryFiles(
            {
                "setup.py": "",
                "src/a.py": "",
                "src/a.pyi": "",
                "sub/setup.py": SETUP,
                "sub/b.py": "",
                "sub/tests/requirements.txt": "x",
                "requirements-dev.txt": "y",
                "node_modules/x/c.py": "",
            }
        )
    )
    assert found.sources == {".": ("setup.py", "src/a.py", "src/a.pyi"), "sub": ("b.py", "setup.py")}
    assert found.requirements == {".": ("requirements-dev.txt",), "sub": ("tests/requirements.txt",)}


def test_requirements_outside_of_any_component_are_nobodys() -> None:
    found = survey(MemoryFiles({"docs/requirements.txt": "x", "sub/setup.py": SETUP}))
    assert found.requirements == {"sub": ()}


def test_what_ci_says_is_kept() -> None:
    files = {
        "a.py": "",
        ".github/workflows/ci.yml": "run",
        "scripts/test": "x",
        "scripts/a.py": "y",
        "bin.sh": "z",
    }
    assert survey(MemoryFiles(files)).said == {".github/workflows/ci.yml": "run", "scripts/test": "x"}


@pytest.mark.parametrize("name", ["test_a.py", "a/b_test.py", "tests.py"])
def test_these_hold_tests(name: str) -> None:
    assert is_test(name)


@pytest.mark.parametrize("name", ["a.py", "test_a.pyi", "testing.py", "conftest.py"])
def test_these_hold_none(name: str) -> None:
    assert not is_test(name)
