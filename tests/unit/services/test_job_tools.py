from pathlib import Path

from autonomous_cicd.domain.machine import Interpreter, Machine
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
