"""Finds out what this computer has: processors and memory that we may use, interpreters, tools."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from autonomous_cicd.adapters.interpreters import Interpreters, search_path
from autonomous_cicd.domain.machine import Machine

__all__ = ["PROGRAMS", "LocalMachines"]

PROGRAMS = (
    *("uv", "git", "bash", "sh", "make", "bwrap", "docker", "pwsh", "zsh"),
    *("pip", "poetry", "pdm", "hatch", "pipenv", "tox", "nox", "pre-commit", "conda"),
    *("node", "npm", "npx", "pnpm", "yarn", "corepack", "bun", "deno"),
    *("go", "golangci-lint", "cargo", "rustc", "rustup", "java", "javac", "mvn", "gradle"),
)
"""Tools whose place is looked up."""

SYSTEMS = {"Darwin": "macOS"}
ARCHITECTURES = {"aarch64": "ARM64", "arm64": "ARM64", "i386": "X86", "i686": "X86", "armv7l": "ARM"}


class LocalMachines:
    """The computer that we run on. Implements `Machines`."""

    def __init__(self, environment: Mapping[str, str] | None = None, *, root: Path = Path("/")) -> None:
        self._environment = os.environ if environment is None else environment
        self._root = root
        self._interpreters = Interpreters(self._environment, root=root)

    def look(self) -> Machine:
        """Return what is there now."""
        interpreters, kernel = self._interpreters.find(), os.uname()
        return Machine(
            cores=cores(self._root),
            memory=memory(self._root),
            interpreters=interpreters,
            programs=dict(self._programs()),
            system=SYSTEMS.get(kernel.sysname, "Linux"),
            architecture=ARCHITECTURES.get(kernel.machine, "X64"),
        )

    def _programs(self) -> Iterator[tuple[str, str]]:
        named = [str(folder) for folder in search_path(self._environment, root=self._root)]
        folders = dict.fromkeys((*named, *self._interpreters.folders()))
        ours = os.path.dirname(sys.executable)  # noqa: PTH120 - the link itself, not what it leads to
        for name in PROGRAMS:
            if found := first_program(name, (ours, *folders) if name == "uv" else folders):
                yield name, found


def first_program(name: str, folders: Iterable[str]) -> str:
    """Return the place of a program in the first folder that has it; "" when none has."""
    for folder in folders:
        place = f"{folder}/{name}"
        if os.access(place, os.X_OK) and not os.path.isdir(place):  # noqa: PTH112 - many places, and pathlib is slow
            return place
    return ""


def cores(root: Path) -> int:
    """Return how many processors this process may keep busy."""
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:
        allowed = os.cpu_count() or 1
    return max(1, min([allowed, *(math.ceil(quota) for quota in quotas(root))]))


def memory(root: Path) -> int:
    """Return the bytes that can be had before something must be swapped out or killed; 0 when not known."""
    return max(0, min([*available(root), *headroom(root)], default=0))


def available(root: Path) -> Iterator[int]:
    """Give what the kernel says the whole computer has available."""
    for line in text(root / "proc/meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            yield number(line.split()[1]) * 1024


def quotas(root: Path) -> Iterator[float]:
    """Give the processor limit of each control group that this process is in."""
    for group in groups(root, "cpu"):
        quota, _, period = text(group / "cpu.max").strip().partition(" ")
        if not quota:
            quota, period = (
                text(group / "cpu.cfs_quota_us").strip(),
                text(group / "cpu.cfs_period_us").strip(),
            )
        if number(quota) > 0 and number(period) > 0:
            yield number(quota) / number(period)


def headroom(root: Path) -> Iterator[int]:
    """Give for each control group with a limit the bytes that are still free in it."""
    for group in groups(root, "memory"):
        statistics = dict(
            line.split(" ", 1) for line in text(group / "memory.stat").splitlines() if " " in line
        )
        for limit, used, spare in (
            ("memory.max", "memory.current", "inactive_file"),
            ("memory.high", "memory.current", "inactive_file"),
            ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
        ):
            most = number(text(group / limit))
            if most > 0:
                yield most - number(text(group / used)) + number(statistics.get(spare, ""))


def groups(root: Path, controller: str) -> Iterator[Path]:
    """Give the folders of a controller's groups that this process is in, and of those around them."""
    for line in text(root / "proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers and controller not in controllers.split(","):
            continue
        for mount in mounts(root, controllers, controller):
            yield from upward(mount, path)


def mounts(root: Path, controllers: str, controller: str) -> Iterable[Path]:
    """Return where a hierarchy may be mounted; one without named controllers is of the second version."""
    base = root / "sys/fs/cgroup"
    return (base / controllers, base / controller) if controllers else (base,)


def upward(mount: Path, path: str) -> Iterator[Path]:
    """Give a group and all around it. In a container the path may be one that only the host sees."""
    group = mount / path.strip().lstrip("/")
    while group != mount and mount in group.parents and ".." not in group.parts:
        yield group
        group = group.parent
    yield mount


def number(text: str) -> int:
    """Read a number; 0 for anything else, such as `max`."""
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 25 else 0


def text(path: Path) -> str:
    """Read a file of the kernel; "" when there is none."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
