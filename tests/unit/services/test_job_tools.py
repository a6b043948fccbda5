import asyncio
import os
from pathlib import Path

import pytest
from tests.jobs import Given, task_of, workflow_text, world_of
from tests.unit.services.test_job_python import interpreter

from autonomous_cicd.adapters.memory import MemoryRunner, Scripted
from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.services.job import run_job
from autonomous_cicd.services.job_tools import machine_path


def rustup(folder: Path, settings: str) -> Machine:
    """Make a home with rustup in it, whose programs are links to rustup itself."""
    programs = folder / ".cargo" / "bin"
    programs.mkdir(parents=True)
    (programs / "rustup").touch()
    (programs / "cargo").symlink_to("rustup")
    (folder / ".rustup/toolchains/stable-x/bin").mkdir(parents=True)
    (folder / ".rustup/settings.toml").write_text(settings)
    return Machine(programs={"cargo": str(programs / "cargo"), "node": "/usr/bin/node"})


def test_the_programs_of_the_default_toolchain_are_found_without_rustup(tmp_path: Path) -> None:
    machine = rustup(tmp_path, 'default_toolchain = "stable-x"')
    assert (str(tmp_path / ".rustup/toolchains/stable-x/bin"),) == machine_path(machine)


def test_without_a_default_there_is_no_rust(tmp_path: Path) -> None:
    assert () == machine_path(rustup(tmp_path / "a", 'default_toolchain = "none"'))
    assert () == machine_path(rustup(tmp_path / "b", "= broken"))


def test_a_rust_of_the_system_is_on_the_path_anyway(tmp_path: Path) -> None:
    (tmp_path / "cargo").touch()
    assert () == machine_path(Machine(programs={"cargo": str(tmp_path / "cargo"), "node": "/usr/bin/node"}))


def test_a_node_that_only_the_user_s_shell_knows_is_found() -> None:
    old = Interpreter(language="node", version="18.1.0", path="/a/18/bin/node")
    new = Interpreter(language="node", version="22.1.0", path="/a/22/bin/node")
    assert ("/a/22/bin",) == machine_path(Machine(interpreters=(old, new)))
    assert () == machine_path(Machine())


def programs(folder: Path, *names: str) -> str:
    """Make programs, and return the folder to search for them."""
    (folder / "bin").mkdir(exist_ok=True)
    for name in names:
        (folder / "bin" / name).touch(mode=0o755)
    return f"{folder / 'bin'}:/bin:/usr/bin"


def carry_out(given: Given, script: str, runner: MemoryRunner) -> str:
    said: list[bytes] = []
    task = task_of(workflow_text({"steps": [{"run": script}]}), given)
    asyncio.run(run_job(task, world_of(given, runner=runner, say=said.append)))
    return b"".join(said).decode()


@pytest.mark.parametrize(("code", "there"), [(0, True), (1, False)])
def test_pipx_is_installed_when_it_is_called(tmp_path: Path, code: int, there: bool) -> None:
    runner = MemoryRunner({(): Scripted(exit_code=code)})
    env = {"PATH": programs(tmp_path, "python")}
    log = carry_out(Given(folder=tmp_path, env=env), "pipx run build", runner)
    assert ("-m", "pip", "install", "-q", "--target") == runner.executed[0].argv[1:6]
    program = tmp_path / "job/home/.local/bin/pipx"
    assert there == os.access(program, os.X_OK)
    assert there == ("pipx could not be installed" not in log)


def test_pipx_is_not_installed_where_it_is_or_without_a_python(tmp_path: Path) -> None:
    runner = MemoryRunner({(): Scripted()})
    env = {"PATH": programs(tmp_path, "python", "pipx")}
    carry_out(Given(folder=tmp_path, env=env), "pipx run build", runner)
    assert 1 == len(runner.executed)
    (tmp_path / "empty").mkdir()
    given = Given(folder=tmp_path, env={"PATH": str(tmp_path / "empty")}, name="other")
    carry_out(given, "pipx run build", runner)
    assert 2 == len(runner.executed)


YARN = [(0, "yarn was installed with npm"), (1, "yarn could not be installed")]


@pytest.mark.parametrize(("code", "said"), YARN)
def test_yarn_is_installed_when_it_is_called(tmp_path: Path, code: int, said: str) -> None:
    runner = MemoryRunner({(): Scripted(exit_code=code)})
    path = programs(tmp_path, "npm").partition(":")[0]
    log = carry_out(Given(folder=tmp_path, env={"PATH": path}), "yarn install", runner)
    assert ("install", "--global", "yarn@1") == runner.executed[0].argv[1:]
    assert said in log


def test_uv_finds_pythons_of_the_job(tmp_path: Path) -> None:
    machine = Machine(interpreters=(interpreter(tmp_path / "real"),))
    runner = MemoryRunner({(): Scripted()})
    text = workflow_text(
        {"env": {"V": "3.99"}, "steps": [{"run": "uv python install --quiet $V 3.5"}, {"run": "uv sync"}]}
    )
    given = Given(folder=tmp_path, machine=machine)
    asyncio.run(run_job(task_of(text, given), world_of(given, runner=runner)))
    job = tmp_path / "job"
    kept = job / "home/.local/share/uv/python"
    assert ["cpython-3.99.1-linux-x86_64-gnu"] == [entry.name for entry in kept.iterdir()]
    assert str(job / "tools/pythons/bin") in runner.executed[-1].env["PATH"].split(":")


def test_a_python_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    machine = Machine(interpreters=(interpreter(tmp_path / "real", layout=False, wheels=False),))
    runner = MemoryRunner({(): Scripted(exit_code=1)})
    log = carry_out(Given(folder=tmp_path, machine=machine), "make", runner)
    assert "no environment could be made with Python 3.99.1" in log


def test_corepack_installs_into_the_job_s_folder(tmp_path: Path) -> None:
    (tmp_path / "corepack").touch(mode=0o755)
    machine = Machine(programs={"corepack": str(tmp_path / "corepack")})
    runner = MemoryRunner({(): Scripted()})
    carry_out(Given(folder=tmp_path, machine=machine), "true", runner)
    folder = tmp_path / "job/tools/npm/bin"
    assert tmp_path / "corepack" == (folder / "corepack").resolve()
    assert str(folder) in runner.executed[0].env["PATH"].split(":")
