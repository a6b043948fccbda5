"""Finds the interpreters and tool kits that are installed, nearly always without starting them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from autonomous_cicd.domain.machine import Interpreter
from autonomous_cicd.domain.ranges import parse_version

__all__ = ["Interpreters", "search_path"]

USUAL = ("usr/local/bin", "usr/bin", "bin", "usr/local/go/bin", "opt/homebrew/bin")
"""Folders that are searched when the PATH does not name them."""

PERSONAL = (".local/bin", ".cargo/bin", "go/bin", ".volta/bin", ".bun/bin")

PYTHON = re.compile(r"(python|pypy)(\d+\.\d+)(t?)")
NUMBERS = re.compile(r"(\d+\.\d+(?:\.\d+)?(?:(?:a|b|rc)\d+)?)")
PATCH_LEVEL = re.compile(r'^#define\s+PY_VERSION\s+"(\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?)', re.MULTILINE)
NODE_LEVEL = re.compile(r"^#define\s+NODE_(MAJOR|MINOR|PATCH)_VERSION\s+(\d+)", re.MULTILINE)
JAVA_LEVEL = re.compile(r'^JAVA_VERSION="(?:1\.)?(\d[\d._]*)', re.MULTILINE)

NAMES = (
    *("python3", "python", "python2.7", "node", "nodejs", "java", "go", "pypy3", "pypy"),
    *(f"python3.{minor}" for minor in range(5, 21)),
    *(f"python3.{minor}t" for minor in range(13, 21)),
    *(f"pypy3.{minor}" for minor in range(8, 15)),
)
IN_PREFIX = ("bin/python3", "bin/python", "bin/pypy3", "bin/node", "bin/java", "bin/go", "python/bin/python3")

MANAGERS = (
    ("PYENV_ROOT", ".pyenv", "versions/*"),
    ("UV_PYTHON_INSTALL_DIR", ".local/share/uv/python", "*"),
    ("MISE_DATA_DIR", ".local/share/mise", "installs/*/*"),
    ("ASDF_DATA_DIR", ".asdf", "installs/*/*"),
    ("NVM_DIR", ".nvm", "versions/node/*"),
    ("FNM_DIR", ".local/share/fnm", "node-versions/*/installation"),
    ("VOLTA_HOME", ".volta", "tools/image/node/*"),
    ("NODENV_ROOT", ".nodenv", "versions/*"),
    ("RYE_HOME", ".rye", "py/*"),
    ("SDKMAN_DIR", ".sdkman", "candidates/java/*"),
    ("RUNNER_TOOL_CACHE", "", "*/*/x64"),
    ("RUNNER_TOOL_CACHE", "", "*/*/arm64"),
    ("JAVA_HOME", "", "."),
    ("GOROOT", "", "."),
)
"""Variable that says where a version manager keeps things, its place in the home folder, what is there."""

SHARED = ("opt/hostedtoolcache/*/*/*", "usr/lib/jvm/*", "usr/local/n/versions/node/*", "opt/python/*")


class Interpreters:
    """The interpreters of a computer; what was found out by starting one is remembered."""

    def __init__(self, environment: Mapping[str, str], *, root: Path = Path("/")) -> None:
        self._environment = environment
        self._root = root
        self._home = Path(environment.get("HOME") or os.devnull)
        self._asked: dict[tuple[str, int], str] = {}
        self._found: tuple[Interpreter, ...] = ()

    def find(self) -> tuple[Interpreter, ...]:
        """Return every interpreter once, ours first, shims and virtual environments resolved."""
        seen: dict[str, Interpreter] = {}
        for program in self._places():
            real = os.path.realpath(program)
            if real not in seen and (interpreter := self._interpreter(real)):
                seen[real] = interpreter
        self._found = tuple(seen.values())
        return self._found

    def folders(self) -> tuple[str, ...]:
        """Return the folders of the interpreters, the newest first: their tools lie beside them."""
        ordered = sorted(self._found or self.find(), key=newness, reverse=True)
        return tuple(os.path.dirname(interpreter.path) for interpreter in ordered)  # noqa: PTH120

    def _places(self) -> Iterator[str]:
        if self._root == Path("/"):
            yield getattr(sys, "_base_executable", "") or sys.executable
        for folder in map(str, search_path(self._environment, root=self._root)):
            for name in NAMES:
                if os.path.lexists(program := f"{folder}/{name}"):
                    yield program
        for prefix in map(str, self._prefixes()):
            for name in IN_PREFIX:
                if os.path.lexists(program := f"{prefix}/{name}"):
                    yield program

    def _prefixes(self) -> Iterator[Path]:
        for variable, place, pattern in MANAGERS:
            named = self._environment.get(variable)
            base = Path(named) if named else self._home / place if place else None
            if base and base.is_absolute():
                yield from sorted(base.glob(pattern)) if pattern != "." else (base,)
        for pattern in SHARED:
            yield from sorted(self._root.glob(pattern))

    def _interpreter(self, real: str) -> Interpreter | None:
        path = Path(real)
        reader = READERS.get(path.name) or (python_version if PYTHON.fullmatch(path.name) else None)
        if reader is None or not is_program(path):
            return None
        language, version = reader(path)
        if language == "node" and not version:
            version = self._ask(real)
        return Interpreter(language=language, version=version, path=real) if parse_version(version) else None

    def _ask(self, program: str) -> str:
        """Start a program to learn its version, once for each state of the file."""
        key = (program, os.stat(program).st_mtime_ns)  # noqa: PTH116
        if key not in self._asked:
            try:
                done = subprocess.run(
                    [program, "--version"], capture_output=True, timeout=10, check=False, env={}, cwd="/"
                )
                said = NUMBERS.search(done.stdout.decode("utf-8", "replace"))
            except (OSError, subprocess.SubprocessError):
                said = None
            self._asked[key] = said[1] if said else ""
        return self._asked[key]


def search_path(environment: Mapping[str, str], *, root: Path = Path("/")) -> tuple[Path, ...]:
    """Return the folders in which programs are looked for, without those of a version manager's shims."""
    named = [Path(entry) for entry in environment.get("PATH", "").split(os.pathsep)]
    home = Path(environment.get("HOME") or os.devnull)
    folders: Iterable[Path] = (
        *named,
        *(home / place for place in PERSONAL),
        *(root / place for place in USUAL),
    )
    return tuple(dict.fromkeys(f for f in folders if f.is_absolute() and f.name != "shims" and f.is_dir()))


def is_program(path: Path) -> bool:
    """Return whether this is a real program: no shim script, and not of a virtual environment."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as stream:
            script = stream.read(2) == b"#!"
    except OSError:
        return False
    return not script and os.access(path, os.X_OK) and not (path.parent.parent / "pyvenv.cfg").exists()


def python_version(path: Path) -> tuple[str, str]:
    """Return language and version of a Python, from its headers, its folder or its name."""
    kind, minor, threaded = PYTHON.fullmatch(path.name).groups()  # type: ignore[union-attr]
    language = "pypy" if kind == "pypy" else "python-threaded" if threaded else "python"
    prefix = path.parent.parent
    header = PATCH_LEVEL.search(text(prefix / "include" / path.name / "patchlevel.h"))
    if header:
        return language, header[1]
    ours = ".".join(map(str, sys.version_info[:3]))
    if kind == "python" and os.path.realpath(getattr(sys, "_base_executable", "")) == str(path):
        return language, ours
    named = NUMBERS.search(prefix.name)
    return language, named[1] if named and named[1].startswith(f"{minor}.") else minor


def node_version(path: Path) -> tuple[str, str]:
    """Return the version of a Node, from its headers or its folder; "" when neither says it."""
    prefix = path.parent.parent
    levels = dict(NODE_LEVEL.findall(text(prefix / "include/node/node_version.h")))
    if len(levels) == 3:
        return "node", "{MAJOR}.{MINOR}.{PATCH}".format(**levels)
    for name in (prefix.name, prefix.parent.name):
        if named := re.fullmatch(r"v?(\d+\.\d+\.\d+)", name):
            return "node", named[1]
    return "node", ""


def java_version(path: Path) -> tuple[str, str]:
    """Return the version of a development kit; "" for a mere runtime."""
    level = JAVA_LEVEL.search(text(path.parent.parent / "release"))
    known = level and (path.parent / "javac").exists()
    return "java", level[1].replace("_", ".") if level and known else ""


def go_version(path: Path) -> tuple[str, str]:
    """Return the version of a Go tool chain, from the file that says it."""
    level = re.match(r"go(\d+\.\d+(?:\.\d+)?)", text(path.parent.parent / "VERSION"))
    return "go", level[1] if level else ""


READERS: Mapping[str, Callable[[Path], tuple[str, str]]] = {
    "node": node_version,
    "nodejs": node_version,
    "java": java_version,
    "go": go_version,
}


def newness(interpreter: Interpreter) -> tuple[float, ...]:
    """Return what sorts interpreters from old to new."""
    version = parse_version(interpreter.version)
    return version.key() if version else ()


def text(path: Path) -> str:
    """Read a small file; "" when there is none."""
    try:
        with path.open(encoding="utf-8", errors="replace") as stream:
            return stream.read(65_536)
    except OSError:
        return ""
