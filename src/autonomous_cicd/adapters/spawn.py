"""Starts a program, as cheaply as Python can.

Half of the time that `subprocess.Popen` takes goes into turning the same names into bytes again and again.
So the function beneath it is called directly where its signature is known, and Popen everywhere else.
"""

from __future__ import annotations

import _posixsubprocess
import errno
import functools
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from autonomous_cicd.adapters.descendants import MARK

__all__ = ["spawn"]

KNOWN = (3, 11) <= sys.version_info < (3, 14)
"""Whether `fork_exec` is known to take the arguments that it is given here."""


def spawn(
    argv: Sequence[str],
    cwd: Path,
    env: Mapping[str, str],
    *,
    stdin: int,
    output: int,
    direct: bool = KNOWN,
) -> int:
    """Start a program in a session of its own and return its process id.

    Raises OSError with the reason of the system, and ValueError for what no program can be given.
    """
    return (_fork if direct else _popen)(argv, cwd, env, stdin, output)


def _popen(argv: Sequence[str], cwd: Path, env: Mapping[str, str], stdin: int, output: int) -> int:
    process = subprocess.Popen(
        argv, stdin=stdin, stdout=output, stderr=output, cwd=cwd, env=env, start_new_session=True
    )
    # The child is waited for elsewhere: Popen must not think that it was forgotten.
    process.returncode = 0
    return process.pid


def _fork(argv: Sequence[str], cwd: Path, env: Mapping[str, str], stdin: int, output: int) -> int:
    path = env.get("PATH", os.defpath)
    variables = [_encode(*pair) if pair[0] == MARK else _encoded(*pair) for pair in env.items()]
    reading, writing = os.pipe()
    try:
        if writing < 3:
            return _popen(argv, cwd, env, stdin, output)
        pid = _posixsubprocess.fork_exec(
            [os.fsencode(argument) for argument in argv],
            _places(argv[0], path),
            True,  # close all descriptors but the following
            (writing,),
            str(cwd),
            variables,
            stdin,
            -1,
            -1,
            output,
            -1,
            output,
            reading,
            writing,
            True,  # restore signals
            True,  # a session of its own
            -1,  # no other process group
            None,
            None,
            None,
            -1,  # user, groups and mask as they are
            None,  # type: ignore[arg-type]  # nothing to call
            True,  # vfork
        )
        os.close(writing)
        writing = -1
        if failure := _read_all(reading):
            os.waitpid(pid, 0)
            number = int(failure.split(b":")[1] or b"0", 16) or errno.EIO
            raise OSError(number, os.strerror(number))
        return pid
    finally:
        os.close(reading)
        if writing >= 0:
            os.close(writing)


def _encode(name: str, value: str) -> bytes:
    if "=" in name:
        raise ValueError(f"a variable cannot be named {name!r}")
    return os.fsencode(name) + b"=" + os.fsencode(value)


_encoded = functools.lru_cache(maxsize=4096)(_encode)
"""For what is the same again and again; the mark never is."""


@functools.lru_cache(maxsize=256)
def _places(program: str, path: str) -> tuple[bytes, ...]:
    """Return where the system is to look for a program, in this order."""
    if "/" in program:
        return (os.fsencode(program),)
    folders: Iterable[str] = path.split(os.pathsep)
    return tuple(os.path.join(os.fsencode(folder), os.fsencode(program)) for folder in folders)  # noqa: PTH118


def _read_all(descriptor: int) -> bytes:
    said = b""
    while part := os.read(descriptor, 4096):
        said += part
    return said
