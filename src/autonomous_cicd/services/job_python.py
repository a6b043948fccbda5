"""A Python of a job's own: what is installed into it touches no other.

A hosted runner's interpreter is no virtual environment: `pip install --user` works with it, `uv --system`
installs into it. So a whole prefix is built, with a copy of the program and links to the standard
library, and an own, empty `site-packages`.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.errors import UsageError

__all__ = ["make_python", "make_pythons", "make_uv_python"]

Execute = Callable[[tuple[str, ...]], Awaitable[int]]
"""Executes a program quietly and returns its exit code."""

NOT_LINKED = frozenset(("site-packages", "dist-packages", "EXTERNALLY-MANAGED", "__pycache__"))
PATCHED = "_sysconfigdata_"
"""Files that tools change in a Python they think is theirs: copied, so that the original stays as it is."""
WHEELS = Path("/usr/share/python-wheels")
PROBE = "import sys, pip; sys.exit(sys.prefix != sys.argv[1])"
PIP = """import sys
try:
    from pip._internal.cli.main import main
except ImportError:
    from pip._internal import main
sys.exit(main())
"""
LONGEST_SHEBANG = 120


async def make_python(
    interpreter: Interpreter,
    to: Path,
    *,
    machine: Machine,
    pythons: Path,
    execute: Execute,
    apart: Execute,
) -> Path:
    """Make the folder with a Python of that version, `bin/python` and pip included, and return it.

    `pythons`: where what belongs to no project is kept. `execute` executes a program as the job does, `apart`
    one that writes there and must not know anything of the job. Raises UsageError when it cannot be made.
    """
    real = _real(interpreter.path)
    if _made(to):
        return to
    packages = await _packages(real, machine, pythons, apart)
    lent = packages is not None and await asyncio.to_thread(_prefix, real, to, packages)
    if lent:
        if await execute((str(to / "bin/python"), "-c", PROBE, str(to))) == 0:
            return to
        shutil.rmtree(to, ignore_errors=True)
    uv = machine.programs.get("uv")
    ways = [(uv, "venv", "--quiet", "--seed", "--python", str(real), str(to))] if uv else []
    for way in (*ways, (str(real), "-m", "venv", str(to))):
        if await execute(way) == 0 and _made(to):
            return to
        shutil.rmtree(to, ignore_errors=True)
    raise UsageError(
        f"no environment could be made with Python {interpreter.version} of {interpreter.path}",
        hint="install uv, or the venv module of that Python (python3-venv)",
    )


def make_pythons(interpreters: Iterable[Interpreter], to: Path) -> Path:
    """Make a Python without pip for the newest of each minor version; return a folder with their names only.

    So tools that look for `python3.12` find one whose packages are the job's own.
    """
    names = to / "bin"
    names.mkdir(parents=True, exist_ok=True)
    ordered = sorted(interpreters, key=_parts, reverse=True)
    for interpreter in ordered:
        real = _real(interpreter.path)
        name = real.name
        if interpreter.language != "python" or (names / name).is_symlink() or not name[-1:].isdigit():
            continue
        if _prefix(real, to / name, None):
            (names / name).symlink_to(to / name / "bin" / name)
    return names


def make_uv_python(interpreter: Interpreter, folder: Path, architecture: str) -> None:
    """Put a Python where uv keeps those that it installed itself, so that it need not fetch it."""
    processor = {"ARM64": "aarch64"}.get(architecture, "x86_64")
    to = folder / f"cpython-{interpreter.version}-linux-{processor}-gnu"
    if not to.exists():
        _prefix(_real(interpreter.path), to, None)


def _parts(interpreter: Interpreter) -> list[int]:
    return [int(part) for part in interpreter.version.split(".") if part.isdigit()]


def _real(path: str) -> Path:
    return Path(path).resolve()


def _made(to: Path) -> bool:
    return (to / "bin/python").exists()


def _library(real: Path) -> Path:
    """Return where the standard library of an interpreter lies."""
    return real.parent.parent / "lib" / real.name


def _prefix(real: Path, to: Path, packages: Path | None) -> bool:
    """Build the folder; False when the interpreter is not laid out as one expects."""
    library, name = _library(real), real.name
    if not (library / "os.py").is_file():
        return False
    debian = _debian(library)
    site = to / "lib" / name / ("dist-packages" if debian else "site-packages")
    (to / "bin").mkdir(parents=True, exist_ok=True)
    site.parent.mkdir(parents=True)
    if packages:
        shutil.copytree(packages, site)
    else:
        site.mkdir()
    shutil.copy2(real, to / "bin" / name)
    for alias in {"python", "python3", name} - {name}:
        (to / "bin" / alias).symlink_to(name)
    _link(library, site.parent, lambda entry: entry not in NOT_LINKED)
    _link(real.parent.parent / "lib", to / "lib", lambda entry: entry.startswith("libpython"))
    (to / "include").symlink_to(real.parent.parent / "include")
    if debian:
        (to / "local").symlink_to(".")
    if packages:
        _scripts(to, name)
    return True


def _debian(library: Path) -> bool:
    """Whether this Python installs into `local/lib/…/dist-packages`, as Debian's does."""
    places = (library / "sysconfig.py", library / "sysconfig/__init__.py")
    return any("posix_local" in place.read_text("utf-8", "replace") for place in places if place.is_file())


def _link(source: Path, to: Path, wanted: Callable[[str], bool]) -> None:
    for entry in os.scandir(source):
        if entry.name.startswith(PATCHED):
            shutil.copy2(entry.path, to / entry.name)
        elif wanted(entry.name):
            (to / entry.name).symlink_to(entry.path)


def _scripts(to: Path, name: str) -> None:
    """Write the programs of pip, under all the names they have."""
    python = to / "bin" / name
    text = f"#!{python}\n"
    if len(text) > LONGEST_SHEBANG:
        text = f"#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''\n"
    for alias in ("pip", "pip3", f"pip{name.removeprefix('python')}"):
        script = to / "bin" / alias
        script.write_text(text + PIP, encoding="utf-8")
        script.chmod(script.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


async def _packages(real: Path, machine: Machine, pythons: Path, apart: Execute) -> Path | None:
    """Return a folder with pip (and what else the interpreter brings along), compiled; made once.

    All projects share it, because compiling takes longer than many a job: so nothing of a project takes part.
    """
    wheels = _wheels(real, machine)
    if not wheels:
        return None
    key = hashlib.sha256("\n".join([str(real), *map(str, wheels)]).encode()).hexdigest()[:16]
    kept = pythons / f"{real.name}-{key}"
    if not kept.is_dir():
        made = await asyncio.to_thread(_extracted, wheels, pythons)
        await apart((str(real), "-I", "-S", "-m", "compileall", "-q", str(made)))
        _keep(made, kept)
    return kept


def _extracted(wheels: Iterable[Path], pythons: Path) -> Path:
    pythons.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="new-", dir=pythons))
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(made)
    return made


def _keep(made: Path, kept: Path) -> None:
    """Keep what was made; when another job was faster, take that one."""
    try:
        made.rename(kept)
    except OSError:
        shutil.rmtree(made)


def _wheels(real: Path, machine: Machine) -> tuple[Path, ...]:
    """Return the wheels of pip that this interpreter brings along, or else another one on the machine."""
    others = (
        _library(_real(other.path)) / "ensurepip/_bundled"
        for other in machine.interpreters
        if other.language == "python"
    )
    for folder in (_library(real) / "ensurepip/_bundled", WHEELS, *others):
        found = _newest(folder.glob("*.whl")) if folder.is_dir() else ()
        if any(wheel.name.startswith("pip-") for wheel in found):
            return found
    return ()


def _newest(wheels: Iterable[Path]) -> tuple[Path, ...]:
    """Return the wheels of pip and setuptools, one of each."""
    by_name = {wheel.name.split("-")[0]: wheel for wheel in sorted(wheels)}
    return tuple(by_name[name] for name in ("pip", "setuptools") if name in by_name)
