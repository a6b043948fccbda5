"""What we may use of a computer is measured, not assumed: limits of containers count."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from autonomous_cicd.adapters.machine import LocalMachines, cores, memory

ALLOWED = len(os.sched_getaffinity(0))
GB = 1024**3


def tree(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


MEMINFO = "MemTotal:       32000000 kB\nMemFree:  1 kB\nMemAvailable:   16777216 kB\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, ALLOWED),
        ({"proc/self/cgroup": "0::/\n"}, ALLOWED),
        ({"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/cpu.max": "max 100000\n"}, ALLOWED),
        ({"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/cpu.max": "50000 100000\n"}, 1),
        ({"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/cpu.max": "100000 100000\n"}, 1),
        ({"proc/self/cgroup": "0::/host/only\n", "sys/fs/cgroup/cpu.max": "100000 100000\n"}, 1),
        ({"proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/cpu.max": "9900000 100000\n"}, ALLOWED),
        (
            {
                "proc/self/cgroup": "4:cpu,cpuacct:/a\n3:memory:/a\n",
                "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us": "100000\n",
                "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us": "100000\n",
            },
            1,
        ),
        (
            {
                "proc/self/cgroup": "4:cpu:/a\n",
                "sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "-1\n",
                "sys/fs/cgroup/cpu/a/cpu.cfs_period_us": "100000\n",
            },
            ALLOWED,
        ),
        ({"proc/self/cgroup": "nonsense\n0::/../../etc\n\n"}, ALLOWED),
    ],
)
def test_processors_are_those_that_the_control_groups_allow(
    tmp_path: Path, files: Mapping[str, str], expected: int
) -> None:
    assert expected == cores(tree(tmp_path, files))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, 0),
        ({"proc/meminfo": MEMINFO}, 16 * GB),
        (
            {
                "proc/meminfo": MEMINFO,
                "proc/self/cgroup": "0::/a\n",
                "sys/fs/cgroup/a/memory.max": f"{4 * GB}\n",
                "sys/fs/cgroup/a/memory.current": f"{3 * GB}\n",
                "sys/fs/cgroup/a/memory.stat": f"anon 5\ninactive_file {1 * GB}\n",
            },
            2 * GB,
        ),
        (
            {
                "proc/meminfo": MEMINFO,
                "proc/self/cgroup": "0::/a\n",
                "sys/fs/cgroup/a/memory.max": "max\n",
                "sys/fs/cgroup/a/memory.current": "1\n",
            },
            16 * GB,
        ),
        (
            {
                "proc/meminfo": MEMINFO,
                "proc/self/cgroup": "9:memory:/a\n",
                "sys/fs/cgroup/memory/a/memory.limit_in_bytes": f"{2 * GB}\n",
                "sys/fs/cgroup/memory/a/memory.usage_in_bytes": f"{1 * GB}\n",
            },
            1 * GB,
        ),
        (
            {
                "proc/meminfo": MEMINFO,
                "proc/self/cgroup": "0::/a\n",
                "sys/fs/cgroup/a/memory.high": f"{1 * GB}\n",
                "sys/fs/cgroup/a/memory.current": f"{3 * GB}\n",
            },
            0,
        ),
    ],
)
def test_memory_is_what_is_free_in_every_group_around_us(
    tmp_path: Path, files: Mapping[str, str], expected: int
) -> None:
    assert expected == memory(tree(tmp_path, files))


def test_programs_are_found_on_the_path_and_elsewhere(tmp_path: Path) -> None:
    for name in ("tools/make", "usr/bin/git", "home/.local/bin/poetry", "shims/tox"):
        program = tmp_path / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    path = f"{tmp_path}/tools:relative:{tmp_path}/shims:{tmp_path}/usr/bin:{tmp_path}/missing"
    machines = LocalMachines({"PATH": path, "HOME": str(tmp_path / "home")}, root=tmp_path)
    found = machines.look().programs
    assert {
        "git": f"{tmp_path}/usr/bin/git",
        "make": f"{tmp_path}/tools/make",
        "poetry": f"{tmp_path}/home/.local/bin/poetry",
    } == {name: place for name, place in found.items() if name != "uv"}


def test_tools_are_found_beside_an_interpreter_that_is_not_on_the_path(tmp_path: Path) -> None:
    folder = tmp_path / "home/.nvm/versions/node/v20.1.0/bin"
    folder.mkdir(parents=True)
    for name, content in (("node", "\x7fELF"), ("npm", "#!/usr/bin/env node")):
        (folder / name).write_text(content)
        (folder / name).chmod(0o755)
    (folder / "npx").mkdir()
    found = LocalMachines({"HOME": str(tmp_path / "home")}, root=tmp_path).look().programs
    assert (str(folder / "npm"), None) == (found.get("npm"), found.get("npx"))


def test_this_computer_has_something() -> None:
    machine = LocalMachines().look()
    assert (True, True, True) == (
        1 <= machine.cores <= ALLOWED,
        machine.memory > 0,
        machine.system in ("Linux", "macOS", "Windows"),
    )
    assert "git" in machine.programs
    assert all(Path(place).is_absolute() for place in machine.programs.values())
