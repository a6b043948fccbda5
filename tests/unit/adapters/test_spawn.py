"""Both ways to start a program do the same."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autonomous_cicd.adapters.spawn import KNOWN, spawn

ENV = {"PATH": f"/nowhere:{os.defpath}", "A": "b=c", "UNICODE": "\u00e4\udcff"}


@pytest.fixture(
    params=[pytest.param(True, marks=pytest.mark.skipif(not KNOWN, reason="unknown signature")), False]
)
def direct(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def null() -> Iterator[int]:
    descriptor = os.open(os.devnull, os.O_RDWR)
    yield descriptor
    os.close(descriptor)


def output_of(
    null: int, direct: bool, *argv: str, cwd: Path = Path("/"), env: dict[str, str] | None = None
) -> str:
    reading, writing = os.pipe()
    pid = spawn(argv, cwd, ENV if env is None else env, stdin=null, output=writing, direct=direct)
    os.close(writing)
    with os.fdopen(reading, "rb") as said:
        text = os.fsdecode(said.read())
    assert 0 == os.waitpid(pid, 0)[1]
    return text


def test_environment_folder_and_session(direct: bool, null: int, tmp_path: Path) -> None:
    script = "env -u PWD -u _ -u OLDPWD -u SHLVL; pwd; cut -d' ' -f6 /proc/$$/stat; echo $$ >&2"
    lines = output_of(null, direct, "sh", "-c", script, cwd=tmp_path).splitlines()

    assert {f"{name}={value}" for name, value in ENV.items()} == set(lines[:-3])
    assert str(tmp_path) == lines[-3]
    assert lines[-2] == lines[-1]


def test_nothing_else_is_open(direct: bool, null: int, tmp_path: Path) -> None:
    with (tmp_path / "open").open("w") as leak:
        os.set_inheritable(leak.fileno(), True)
        listed = output_of(null, direct, "sh", "-c", "ls /proc/$$/fd")

    assert {"0", "1", "2"} == set(listed.split()) - {"10"}


def test_signals_are_as_a_shell_has_them(direct: bool, null: int) -> None:
    assert "PIPE" not in output_of(
        null, direct, "sh", "-c", "trap; grep SigIgn /proc/self/status | tail -c 17"
    )
    ignored = output_of(null, direct, "grep", "SigIgn", "/proc/self/status").split()[1]

    assert 0 == int(ignored, 16) & (1 << 12)


@pytest.mark.parametrize(
    ("program", "cwd", "number"),
    [
        ("no-such-program", "/", errno.ENOENT),
        ("/etc/passwd", "/", errno.EACCES),
        ("true", "/no/such/folder", errno.ENOENT),
        ("", "/", errno.EACCES),
    ],
)
def test_failures_have_the_number_of_the_system(
    direct: bool, null: int, program: str, cwd: str, number: int
) -> None:
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(OSError) as caught:
        spawn((program,), Path(cwd), ENV, stdin=null, output=null, direct=direct)

    assert number == caught.value.errno
    assert before == len(os.listdir("/proc/self/fd"))


@pytest.mark.parametrize(
    ("argv", "env"), [(("true", "a\0b"), {}), (("true",), {"A=B": "c"}), (("true",), {"A": "\0"})]
)
def test_what_no_program_can_be_given(
    direct: bool, null: int, argv: tuple[str, ...], env: dict[str, str]
) -> None:
    with pytest.raises(ValueError):
        spawn(argv, Path("/"), env, stdin=null, output=null, direct=direct)


def test_without_a_search_path_the_default_one_is_used(direct: bool, null: int) -> None:
    assert "hi\n" == output_of(null, direct, "echo", "hi", env={})


def test_a_process_without_standard_streams_can_start_one(direct: bool) -> None:
    program = f"""
import os, sys
from pathlib import Path
from autonomous_cicd.adapters.spawn import spawn
null = os.open(os.devnull, os.O_RDWR)
os.close(0); os.close(2)
pid = spawn(("true",), Path("/"), {{"PATH": {os.defpath!r}}}, stdin=null, output=1, direct={direct})
os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""
    env = {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(sys.path)}

    assert 0 == subprocess.run([sys.executable, "-c", program], env=env, check=False).returncode
