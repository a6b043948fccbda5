from pathlib import Path

import pytest
from tests.sites import MemorySite

from autonomous_cicd.actions.python_tools import BuildAndInspect, CheckWithTool, Nox
from autonomous_cicd.domain.machine import Interpreter, Machine

PROJECT = """
[project]
name = "demo"
classifiers = [
  "Programming Language :: Python :: 3.13",
  "Programming Language :: Python :: 3.9",
  "Programming Language :: Python :: 3 :: Only",
]
"""


async def test_builds_a_package_and_hands_on_what_it_supports(tmp_path: Path) -> None:
    site = MemorySite(tmp_path)
    site.write("pyproject.toml", PROJECT)
    dist = site.temp / "baipp/dist"
    dist.mkdir(parents=True)
    for name in ("demo-1.2.3.tar.gz", "demo-1.2.3-py3-none-any.whl"):
        (dist / name).touch()
    outcome = await site.use(BuildAndInspect(), "hynek/build-and-inspect-python-package@v2")
    assert outcome.checked
    assert {
        "dist": str(dist),
        "artifact-name": "Packages",
        "package_name": "demo",
        "package_version": "1.2.3",
        "supported_python_classifiers_json_array": '["3.9", "3.13"]',
        "supported_python_classifiers_json_job_matrix_value": '{"python-version": ["3.9", "3.13"]}',
    } == dict(outcome.outputs)
    assert {"demo-1.2.3.tar.gz", "demo-1.2.3-py3-none-any.whl"} == set(site.uploads["Packages"])
    assert ("python", "-m", "build", "--outdir", str(dist), str(site.workspace)) == site.executed[1]
    assert str(dist / "demo-1.2.3.tar.gz") in site.executed[2]


async def test_a_package_that_cannot_be_built_is_a_failure(tmp_path: Path) -> None:
    site = MemorySite(tmp_path, codes={"python -m build": 1})
    outcome = await site.use(BuildAndInspect(), "hynek/build-and-inspect-python-package@v2")
    assert (False, "build: exit code 1", 1) == (outcome.passed, outcome.reason, outcome.exit_code)


async def test_a_build_that_makes_nothing_is_a_failure(tmp_path: Path) -> None:
    outcome = await MemorySite(tmp_path).use(BuildAndInspect(), "hynek/build-and-inspect-python-package@v2")
    assert "build made no package" == outcome.reason


async def test_a_broken_manifest_supports_nothing(tmp_path: Path) -> None:
    site = MemorySite(tmp_path)
    site.write("pyproject.toml", "= broken")
    (site.temp / "baipp/dist").mkdir(parents=True)
    (site.temp / "baipp/dist/demo-1.tar.gz").touch()
    outcome = await site.use(BuildAndInspect(), "hynek/build-and-inspect-python-package@v2")
    assert "[]" == outcome.outputs["supported_python_classifiers_json_array"]


FORMAT = {"version": "0.6.1", "args": "format --check", "src": "a b"}
LINTERS = [
    ("astral-sh/ruff-action@v3", {}, "ruff", ("ruff", "check", ".")),
    ("astral-sh/ruff-action@v3", FORMAT, "ruff==0.6.1", ("ruff", "format", "--check", "a", "b")),
    ("psf/black@stable", {"options": "--check", "version": "latest"}, "black", ("black", "--check", ".")),
]


@pytest.mark.parametrize(("uses", "inputs", "install", "command"), LINTERS)
async def test_a_linter_is_installed_and_run(
    tmp_path: Path, uses: str, inputs: dict[str, str], install: str, command: tuple[str, ...]
) -> None:
    site = MemorySite(tmp_path)
    outcome = await site.use(CheckWithTool(), uses, **inputs)
    assert (True, True) == (outcome.passed, outcome.checked)
    assert [("python", "-m", "pip", "install", "--quiet", install), command] == site.executed


async def test_what_a_linter_finds_is_a_failure(tmp_path: Path) -> None:
    outcome = await MemorySite(tmp_path, codes={"ruff": 1}).use(CheckWithTool(), "astral-sh/ruff-action@v3")
    assert (False, "ruff: exit code 1", 1) == (outcome.passed, outcome.reason, outcome.exit_code)


async def test_nox_gets_the_pythons_that_are_there(tmp_path: Path) -> None:
    python = Interpreter(language="python", version="3.12.1", path="/x")
    site = MemorySite(tmp_path, Machine(interpreters=(python,)))
    outcome = await site.use(Nox(), "wntrblm/nox@main", python_versions="3.9, 3.12")
    assert ("Python 3.9 is not installed here",) == outcome.notes
    assert [site.tools / "Python/3.12.1/bin"] == site.path
    assert ("python", "-m", "pip", "install", "--quiet", "nox") == site.executed[-1]


@pytest.mark.parametrize("action", [Nox(), CheckWithTool(), BuildAndInspect()])
async def test_what_cannot_be_installed_is_left_out(
    tmp_path: Path, action: Nox | CheckWithTool | BuildAndInspect
) -> None:
    outcome = await MemorySite(tmp_path, codes={"python -m pip": 1}).use(action, f"{action.names[0]}@v1")
    assert outcome.skipped.endswith("could not be installed here")
