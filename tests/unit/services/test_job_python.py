"""A Python of a job's own, made from interpreters that are only folders."""

import asyncio
import zipfile
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest

from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.errors import UsageError
from autonomous_cicd.services.job_python import _keep, make_python, make_pythons, make_uv_python


def interpreter(
    base: Path, version: str = "3.99.1", *, wheels: bool = True, sysconfig: str = "", layout: bool = True
) -> Interpreter:
    """Lay out a folder as an interpreter's installation is."""
    name = f"python{'.'.join(version.split('.')[:2])}"
    library = base / "lib" / name
    (base / "bin").mkdir(parents=True)
    (base / "include").mkdir()
    (base / "bin" / name).write_text("the program")
    if layout:
        (library / "site-packages" / "somebody").mkdir(parents=True)
        for file in ("os.py", "_sysconfigdata__linux.py", "EXTERNALLY-MANAGED"):
            (library / file).touch()
        (library / "sysconfig").mkdir()
        (library / "sysconfig/__init__.py").write_text(sysconfig)
        (base / "lib" / f"lib{name}.so").touch()
    if wheels:
        bundled = library / "ensurepip/_bundled"
        bundled.mkdir(parents=True)
        for wheel in ("pip-1-py3-none-any.whl", "setuptools-2-py3-none-any.whl", "other-1-py3-none-any.whl"):
            with zipfile.ZipFile(bundled / wheel, "w") as archive:
                archive.writestr(f"{wheel.split('-')[0]}/__init__.py", "")
    return Interpreter(language="python", version=version, path=str(base / "bin" / name))


class Programs:
    """Writes down what is executed; `python -m venv` and `uv venv` may succeed."""

    def __init__(
        self, code: Callable[[tuple[str, ...]], int] = lambda argv: 0, *, venv: bool = False
    ) -> None:
        self.code = code
        self.venv = venv
        self.executed: list[tuple[str, ...]] = []
        self.executed_apart: list[tuple[str, ...]] = []

    async def __call__(self, argv: tuple[str, ...]) -> int:
        self.executed.append(argv)
        if self.venv and "venv" in argv:
            (Path(argv[-1]) / "bin").mkdir(parents=True)
            (Path(argv[-1]) / "bin/python").touch()
            return 0
        return self.code(argv)

    async def apart(self, argv: tuple[str, ...]) -> int:
        self.executed_apart.append(argv)
        return 0


def make(it: Interpreter, folder: Path, programs: Programs, machine: Machine | None = None) -> Path:
    to = folder / "job" / "x64"
    to.parent.mkdir(exist_ok=True)
    return asyncio.run(made_in(it, to, folder, programs, machine or Machine()))


def made_in(
    it: Interpreter, to: Path, folder: Path, programs: Programs, machine: Machine
) -> Coroutine[None, None, Path]:
    return make_python(
        it, to, machine=machine, pythons=folder / "pythons", execute=programs, apart=programs.apart
    )


def test_is_a_whole_prefix_with_packages_of_its_own(tmp_path: Path) -> None:
    programs = Programs()
    to = make(interpreter(tmp_path / "real"), tmp_path, programs)
    library = to / "lib/python3.99"
    assert {"pip", "setuptools"} == {entry.name for entry in (library / "site-packages").iterdir()}
    assert not (to / "bin/python3.99").is_symlink()
    assert "the program" == (to / "bin/python").read_text()
    assert tmp_path / "real/lib/python3.99/os.py" == (library / "os.py").resolve()
    assert not (library / "EXTERNALLY-MANAGED").exists()
    assert not (library / "_sysconfigdata__linux.py").is_symlink(), "tools change it in place"
    assert {"pip", "pip3", "pip3.99", "python", "python3", "python3.99"} == {
        entry.name for entry in (to / "bin").iterdir()
    }
    assert (to / "bin/pip").read_text().startswith("#!")
    assert ["-c"] == [argv[1] for argv in programs.executed]
    [compiled] = programs.executed_apart
    assert ("-I", "-S", "-m", "compileall") == compiled[1:5]
    assert tmp_path / "pythons" == Path(compiled[-1]).parent, "where no job can write"


def test_is_made_once_and_its_packages_are_compiled_once(tmp_path: Path) -> None:
    it, programs = interpreter(tmp_path / "real"), Programs()
    make(it, tmp_path, programs)
    count = len(programs.executed)
    make(it, tmp_path, programs)
    assert count == len(programs.executed)
    other = tmp_path / "job" / "second"
    asyncio.run(made_in(it, other, tmp_path, programs, Machine()))
    assert count + 1 == len(programs.executed), "only the look whether it works"
    assert 1 == len(programs.executed_apart)


def test_debian_installs_elsewhere(tmp_path: Path) -> None:
    to = make(interpreter(tmp_path / "real", sysconfig="posix_local"), tmp_path, Programs())
    assert (to / "local/lib/python3.99/dist-packages/pip").is_dir()
    assert not (to / "lib/python3.99/site-packages").exists()


def test_a_long_place_needs_another_first_line(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 120)
    deep.mkdir()
    to = make(interpreter(tmp_path / "real"), deep, Programs())
    assert (to / "bin/pip").read_text().startswith("#!/bin/sh")


def test_pip_may_come_from_another_interpreter(tmp_path: Path) -> None:
    other = interpreter(tmp_path / "other", "3.98.0")
    bare = interpreter(tmp_path / "real", wheels=False)
    node = Interpreter(language="node", version="20.1", path="/x")
    to = make(bare, tmp_path, Programs(), Machine(interpreters=(node, other)))
    assert (to / "lib/python3.99/site-packages/pip").is_dir()


@pytest.mark.parametrize(
    ("layout", "wheels", "uv"),
    [(True, True, "/bin/uv"), (True, True, ""), (False, True, ""), (True, False, "/bin/uv")],
)
def test_is_a_virtual_environment_where_a_prefix_does_not_work(
    tmp_path: Path, layout: bool, wheels: bool, uv: str
) -> None:
    it = interpreter(tmp_path / "real", layout=layout, wheels=wheels)
    runs = Programs(lambda argv: 1, venv=True)
    to = make(it, tmp_path, runs, Machine(programs={"uv": uv} if uv else {}))
    assert (to / "bin/python").exists()
    assert (uv or it.path) == runs.executed[-1][0]


def test_says_so_when_nothing_works(tmp_path: Path) -> None:
    it = interpreter(tmp_path / "real", wheels=False)
    with pytest.raises(UsageError, match=r"no environment could be made with Python 3\.99\.1") as caught:
        make(it, tmp_path, Programs(lambda argv: 1))
    assert "install uv" in caught.value.hint


def test_when_another_job_was_faster_its_work_is_taken(tmp_path: Path) -> None:
    for name in ("made", "kept"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    _keep(tmp_path / "made", tmp_path / "kept")
    assert ["kept"] == [entry.name for entry in tmp_path.iterdir()]
    assert (tmp_path / "kept/kept").exists()


def test_tools_find_the_newest_of_each_version(tmp_path: Path) -> None:
    interpreters = (
        interpreter(tmp_path / "a", "3.9.2"),
        interpreter(tmp_path / "b", "3.9.10"),
        interpreter(tmp_path / "c", "3.10.1"),
        interpreter(tmp_path / "d", "3.8.1", layout=False, wheels=False),
        Interpreter(language="node", version="20.1.0", path=str(tmp_path / "node20")),
    )
    names = make_pythons(interpreters, tmp_path / "job")
    assert {"python3.9", "python3.10"} == {entry.name for entry in names.iterdir()}
    original = (names / "python3.9").resolve().parent.parent / "lib/python3.9/os.py"
    assert tmp_path / "b/lib/python3.9/os.py" == original.resolve()
    assert names == make_pythons(interpreters, tmp_path / "job")


@pytest.mark.parametrize(("architecture", "name"), [("X64", "x86_64"), ("ARM64", "aarch64")])
def test_uv_finds_a_python_that_it_need_not_fetch(tmp_path: Path, architecture: str, name: str) -> None:
    it = interpreter(tmp_path / "real")
    for _ in range(2):
        make_uv_python(it, tmp_path / "uv", architecture)
    assert (tmp_path / f"uv/cpython-3.99.1-linux-{name}-gnu/bin/python3.99").is_file()
