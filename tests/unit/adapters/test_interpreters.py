"""Interpreters are found where people and version managers put them, and shims are none."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from autonomous_cicd.adapters.interpreters import Interpreters

PROGRAM = b"\x7fELF"


@pytest.fixture
def world(tmp_path: Path) -> Path:
    return tmp_path.resolve()


def put(path: Path, content: bytes = PROGRAM) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o755)
    return path


def link(path: Path, target: str | Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def found(world: Path, environment: Mapping[str, str] | None = None) -> list[tuple[str, str, str]]:
    variables = {"HOME": str(world / "home"), "PATH": str(world / "usr/bin"), **(environment or {})}
    interpreters = Interpreters(variables, root=world).find()
    return [(i.language, i.version, str(Path(i.path).relative_to(world))) for i in interpreters]


def test_a_system_python_is_known_by_its_name(world: Path) -> None:
    put(world / "usr/bin/python3.11")
    link(world / "usr/bin/python3", "python3.11")
    assert [("python", "3.11", "usr/bin/python3.11")] == found(world)


def test_headers_say_the_whole_version(world: Path) -> None:
    put(world / "usr/local/bin/python3.14")
    put(
        world / "usr/local/include/python3.14/patchlevel.h",
        b'/* x */\n#define PY_MAJOR_VERSION 3\n#define PY_VERSION             "3.14.0rc2+"\n',
    )
    assert [("python", "3.14.0rc2", "usr/local/bin/python3.14")] == found(world)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (".pyenv/versions/3.12.1/bin/python3.12", ("python", "3.12.1")),
        (".pyenv/versions/pypy3.10-7.3.15/bin/pypy3.10", ("pypy", "3.10")),
        (".local/share/uv/python/cpython-3.13.1-linux-x86_64-gnu/bin/python3.13", ("python", "3.13.1")),
        (
            ".local/share/uv/python/cpython-3.13.1+freethreaded-linux/bin/python3.13t",
            ("python-threaded", "3.13.1"),
        ),
        (".local/share/mise/installs/python/3.11.9/bin/python3.11", ("python", "3.11.9")),
        (".asdf/installs/nodejs/20.1.0/bin/node", ("node", "20.1.0")),
        (".nvm/versions/node/v18.19.0/bin/node", ("node", "18.19.0")),
        (".local/share/fnm/node-versions/v22.1.0/installation/bin/node", ("node", "22.1.0")),
        (".volta/tools/image/node/20.2.0/bin/node", ("node", "20.2.0")),
    ],
)
def test_version_managers_are_known(world: Path, place: str, expected: tuple[str, str]) -> None:
    program = put(world / "home" / place)
    name = {"n": "node", "y": "pypy3"}.get(program.name[0] if program.name != "pypy3.10" else "y", "python3")
    if program.name != name:
        link(program.with_name(name), program.name)
    assert [(*expected, f"home/{place}")] == found(world)


@pytest.mark.parametrize(
    ("variable", "place"),
    [
        ("PYENV_ROOT", "versions/3.12.1/bin/python3"),
        ("UV_PYTHON_INSTALL_DIR", "cpython-3.12.1-linux/bin/python3"),
        ("RUNNER_TOOL_CACHE", "Python/3.12.1/x64/bin/python3"),
    ],
)
def test_managers_are_found_where_their_variables_say(world: Path, variable: str, place: str) -> None:
    program = world / "elsewhere" / place
    put(program.with_name("python3.12"))
    link(program, "python3.12")
    assert ["python"] == [language for language, _, _ in found(world, {variable: str(world / "elsewhere")})]
    assert [] == found(world, {variable: "elsewhere"})


def test_shims_are_no_interpreters(world: Path) -> None:
    put(world / "usr/bin/python3.12", b"#!/usr/bin/env bash\nexec pyenv exec\n")
    put(world / "usr/bin/mise")
    link(world / "usr/bin/python3", "mise")
    link(world / "usr/bin/node", "gone")
    put(world / "home/.pyenv/shims/python3.11")
    assert [] == found(world, {"PATH": f"{world}/usr/bin:{world}/home/.pyenv/shims"})


def test_a_virtual_environment_is_resolved_to_its_base(world: Path) -> None:
    put(world / "base/bin/python3.12")
    link(world / "venv/bin/python3", world / "base/bin/python3.12")
    put(world / "venv/pyvenv.cfg", b"home = x\n")
    assert [("python", "3.12", "base/bin/python3.12")] == found(world, {"PATH": str(world / "venv/bin")})


def test_a_copied_virtual_environment_is_not_offered(world: Path) -> None:
    put(world / "venv/bin/python3.12")
    put(world / "venv/pyvenv.cfg", b"home = x\n")
    assert [] == found(world, {"PATH": str(world / "venv/bin")})


def test_what_is_no_file_is_no_program(world: Path) -> None:
    (world / "usr/bin/python3.12").mkdir(parents=True)
    assert [] == found(world)


def test_a_program_that_may_not_be_executed_is_not_offered(world: Path) -> None:
    put(world / "usr/bin/python3.12").chmod(0o644)
    assert [] == found(world)


def test_headers_say_the_version_of_node(world: Path) -> None:
    put(world / "usr/bin/node")
    put(
        world / "usr/include/node/node_version.h",
        b"#define NODE_MAJOR_VERSION 20\n#define NODE_MINOR_VERSION 3\n#define NODE_PATCH_VERSION 4\n",
    )
    assert [("node", "20.3.4", "usr/bin/node")] == found(world)


def test_a_node_that_nothing_tells_about_is_asked_once(world: Path) -> None:
    says_its_version = Path(os.path.realpath("/bin/echo")).read_bytes()
    put(world / "usr/bin/node", says_its_version)
    interpreters = Interpreters({"PATH": str(world / "usr/bin")}, root=world)
    assert [1, 1] == [len(interpreters.find()), len(interpreters.find())]
    put(world / "usr/bin/node", PROGRAM)
    os.utime(world / "usr/bin/node", ns=(1, 1))
    assert () == interpreters.find()


def test_development_kits_of_java_and_go_are_found(world: Path) -> None:
    put(world / "usr/lib/jvm/jdk-8/bin/java")
    put(world / "usr/lib/jvm/jdk-8/bin/javac")
    put(world / "usr/lib/jvm/jdk-8/release", b'IMPLEMENTOR="x"\nJAVA_VERSION="1.8.0_402"\n')
    put(world / "usr/lib/jvm/jre-17/bin/java")
    put(world / "usr/lib/jvm/jre-17/release", b'JAVA_VERSION="17.0.1"\n')
    put(world / "usr/local/go/bin/go")
    put(world / "usr/local/go/VERSION", b"go1.22.1\ntime 2024\n")
    assert [
        ("go", "1.22.1", "usr/local/go/bin/go"),
        ("java", "8.0.402", "usr/lib/jvm/jdk-8/bin/java"),
    ] == found(world)


def test_tools_lie_beside_the_newest_interpreter_first(world: Path) -> None:
    for version in ("18.19.0", "20.1.0"):
        put(world / f"home/.nvm/versions/node/v{version}/bin/node")
    interpreters = Interpreters({"HOME": str(world / "home")}, root=world)
    folder = f"{world}/home/.nvm/versions/node"
    assert (f"{folder}/v20.1.0/bin", f"{folder}/v18.19.0/bin") == interpreters.folders()


def test_the_interpreter_that_runs_us_is_offered_as_its_base() -> None:
    first = Interpreters(os.environ).find()[0]
    script = "import sys; print(sys.prefix == sys.base_prefix, '.'.join(map(str, sys.version_info[:3])))"
    says = subprocess.run([first.path, "-c", script], capture_output=True, text=True, check=True).stdout
    assert f"True {'.'.join(map(str, sys.version_info[:3]))}" == says.strip()
    assert says.split()[1].startswith(first.version)
