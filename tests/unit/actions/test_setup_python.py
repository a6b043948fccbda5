from pathlib import Path

import pytest
from tests.sites import MemorySite

from autonomous_cicd.actions.setup_python import SetupPython
from autonomous_cicd.domain.machine import Interpreter, Machine

USES = "actions/setup-python@v5"


def machine(*versions: str) -> Machine:
    return Machine(
        interpreters=tuple(Interpreter(language="python", version=one, path=f"/{one}") for one in versions)
    )


@pytest.mark.parametrize(
    ("name", "text", "version"),
    [
        (".tool-versions", "nodejs 20\npython 3.11.2 3.10\n", "3.11.2"),
        ("Pipfile", '[requires]\npython_version = "3.11"\n', "3.11.2"),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "~3.11"\n', "3.11.2"),
        ("pyproject.toml", "= broken", "3.12.1"),
        ("pyproject.toml", "", "3.12.1"),
        (".python-version", "\n# none\n", "3.12.1"),
    ],
)
async def test_a_file_names_the_version(tmp_path: Path, name: str, text: str, version: str) -> None:
    site = MemorySite(tmp_path, machine("3.11.2", "3.12.1"))
    site.write(name, text)
    outcome = await site.use(SetupPython(), USES, python_version_file=name)
    assert version == outcome.outputs["python-version"]


async def test_a_neighbour_is_taken_with_a_word(tmp_path: Path) -> None:
    site = MemorySite(tmp_path, machine("3.12.1"))
    outcome = await site.use(SetupPython(), USES, python_version="3.12.9", cache="pip")
    assert "3.12.1" == outcome.outputs["python-version"]
    assert "false" == outcome.outputs["cache-hit"]
    assert site.said[0].startswith("Python 3.12.9 is not installed here; 3.12.1 is taken")


async def test_a_version_before_its_release_is_taken_only_when_that_is_allowed(tmp_path: Path) -> None:
    site = MemorySite(tmp_path, machine("3.14.0rc1"))
    assert (await site.use(SetupPython(), USES, python_version="3.14")).not_checked
    outcome = await site.use(SetupPython(), USES, python_version="3.14", allow_prereleases="true")
    assert "3.14.0rc1" == outcome.outputs["python-version"]


@pytest.mark.parametrize(
    ("path", "passed"),
    [
        ("requirements.txt", True),
        ("**/req*.txt", True),
        ("none.txt\nrequirements.txt", True),
        ("reqs.txt", False),
    ],
)
async def test_what_the_cache_goes_by_has_to_be_there(tmp_path: Path, path: str, passed: bool) -> None:
    site = MemorySite(tmp_path, machine("3.12.1"))
    site.write("requirements.txt", "")
    given = {"python_version": "3.12", "cache_dependency_path": path}
    outcome = await site.use(SetupPython(), USES, cache="pip", **given)
    assert passed is outcome.passed
    assert passed is not (f"matched to [{path} or **/pyproject.toml]" in outcome.reason)
    assert (await site.use(SetupPython(), USES, **given)).passed


async def test_libraries_are_found_where_others_were_found(tmp_path: Path) -> None:
    site = MemorySite(tmp_path, machine("3.12.1"), variables={"LD_LIBRARY_PATH": "/mine"})
    for _ in range(2):
        await site.use(SetupPython(), USES, python_version="3.12")
    folder = site.tools / "Python/3.12.1"
    assert f"{folder}/lib:/mine" == site.variables["LD_LIBRARY_PATH"]
