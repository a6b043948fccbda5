from pathlib import Path

from tests.sites import MemorySite

from autonomous_cicd.actions.setup_uv import SetupUv
from autonomous_cicd.domain.machine import Interpreter, Machine

USES = "astral-sh/setup-uv@v5"


def machine(folder: Path) -> Machine:
    for name in ("uv", "uvx"):
        (folder / name).touch()
    python = Interpreter(language="python", version="3.12.1", path="/usr/bin/python3.12")
    return Machine(programs={"uv": str(folder / "uv")}, interpreters=(python,))


async def test_puts_uv_on_the_path_and_pythons_where_it_looks_for_them(tmp_path: Path) -> None:
    site = MemorySite(tmp_path, machine(tmp_path), answers={"uv --version": "uv 0.9.1 (abc)\n"})
    outcome = await site.use(SetupUv(), USES, version="latest", enable_cache="true")
    assert [site.tools / "uv/bin"] == site.path
    assert {"uv", "uvx"} == {entry.name for entry in site.path[0].iterdir()}
    assert "0.9.1" == outcome.outputs["uv-version"]
    assert site.asked_for_pythons
    assert () == outcome.notes
    await site.use(SetupUv(), USES)


async def test_a_python_can_be_chosen_and_an_environment_activated(tmp_path: Path) -> None:
    site = MemorySite(tmp_path, machine(tmp_path))
    outcome = await site.use(SetupUv(), USES, python_version="3.12", activate_environment="true")
    assert "3.12" == site.variables["UV_PYTHON"]
    assert "3.12.1" == outcome.outputs["python-version"]
    assert str(site.workspace / ".venv") == site.variables["VIRTUAL_ENV"] == outcome.outputs["venv"]
    assert [site.workspace / ".venv/bin", site.place("tools/Python/3.12.1") / "bin"] == site.path[:2]
    assert ("venv", "--allow-existing") == site.executed[0][1:3]


async def test_another_version_of_uv_is_named(tmp_path: Path) -> None:
    site = MemorySite(tmp_path, machine(tmp_path), answers={"uv --version": "uv 0.9.1\n"})
    outcome = await site.use(SetupUv(), USES, version="0.8.0")
    assert ("uv 0.8.0 is asked for, 0.9.1 is used",) == outcome.notes
    assert () == (await site.use(SetupUv(), USES, version="0.9.1")).notes
    assert () == (await site.use(SetupUv(), USES, version=">=0.4")).notes


async def test_without_uv_or_the_python_nothing_can_be_checked(tmp_path: Path) -> None:
    assert "uv is not installed here" in (await MemorySite(tmp_path).use(SetupUv(), USES)).not_checked
    site = MemorySite(tmp_path, machine(tmp_path))
    outcome = await site.use(SetupUv(), USES, python_version="3.9")
    assert "Python 3.9 is not installed here (there is: 3.12.1); install it" in outcome.not_checked
