"""Finds what a program left running: processes that moved to a session of their own, and what they use.

Everything an execution starts carries its mark in the environment. What threw its environment away is
known by its parent: we are the reaper of all orphans below us, so what we did not start ourselves and
lives in another session than ours descends from a task. In this process only `ProcessRunner` starts
children in sessions of their own, and whoever speaks with git, whose mark is no task's.
"""

from __future__ import annotations

import functools
import importlib
import os
import signal
from collections.abc import Collection, Iterator

from autonomous_cicd.sealed import hide
from autonomous_cicd.values import dataclass

__all__ = [
    "MARK",
    "Kin",
    "adopt",
    "end_all",
    "exit_of",
    "memory",
    "newest",
    "running",
    "strays",
    "tree",
    "watching",
]

MARK = "AUTONOMOUS_CICD_TASK"
"""Environment variable that says which execution a process belongs to."""

running: set[int] = set()
"""Programs of executions that are not yet waited for: the leaders of their sessions."""

watching: set[int] = set()
"""Watchdogs that are not yet waited for."""

_PR_SET_CHILD_SUBREAPER = 36
_PAGE = os.sysconf("SC_PAGE_SIZE")
_FEW = 64


@dataclass(frozen=True, slots=True)
class Kin:
    """A process as the kernel describes it."""

    pid: int
    state: str
    parent: int
    session: int
    started: int
    """Ticks since the machine started."""


@functools.cache
def adopt() -> None:
    """Become the parent of all orphans below this process, and hide its memory from them."""
    importlib.import_module("ctypes").CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    hide()


def newest() -> int:
    """Return the id of the process that was created last, as far as the kernel says so."""
    return int(_line("/proc/loadavg").rpartition(b" ")[2] or b"0")


def strays(mark: str, leader: int) -> list[Kin]:
    """Return what the execution `mark` left behind, among the processes that are younger than its leader.

    The leader, an own child of ours, must not have been waited for yet: its id is then nobody else's.
    Orphans without any mark are its own when no other execution is there to claim them.
    """
    unknown = [pid for pid in _born_after(leader) if pid not in running and pid not in watching]
    eldest = _look(leader) if unknown else None
    if eldest is None or eldest.parent != os.getpid():
        return []
    session = os.getsid(0)
    found = []
    for pid in unknown:
        if (kin := _look(pid)) is None:
            continue
        if kin.session in (0, session) or kin.started < eldest.started:
            continue
        if kin.state in "ZX":
            if kin.parent == eldest.parent:
                _reap(pid)
        elif kin.session == leader or _belongs(kin, mark, leader):
            found.append(kin)
    return found


def end_all(kin: Collection[Kin]) -> None:
    """Kill these processes and reap those of them that are dead already."""
    for process in kin:
        try:
            os.kill(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue
        _reap(process.pid)


def exit_of(pid: int) -> tuple[int, float]:
    """Return the exit code of a child that ended (-n when signal n ended it) and the seconds it computed.

    It stays unwaited for, so that its id remains its own.
    """
    found = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    times = _read(f"/proc/{pid}/stat").rpartition(b") ")[2].split(b" ", 15)[11:15]
    seconds = sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
    if found is None:
        return -signal.SIGKILL, seconds
    return (found.si_status if found.si_code == os.CLD_EXITED else -found.si_status), seconds


def tree(root: int) -> list[int]:
    """Return the ids of a process and of all that descend from it."""
    children: dict[int, list[int]] = {}
    for pid in _everyone():
        if kin := _look(pid):
            children.setdefault(kin.parent, []).append(pid)
    family = [root]
    for pid in family:
        family.extend(children.get(pid, ()))
    return family


def memory(pids: Collection[int], enough: int) -> int:
    """Return the bytes that these processes keep resident, shared pages counted once if it matters.

    "Matters" means that the cheap sum is above `enough`.
    """
    cheap = sum(_anonymous(pid) for pid in pids)
    return cheap if cheap <= enough else sum(_proportional(pid) for pid in pids)


def _belongs(kin: Kin, mark: str, leader: int) -> bool:
    environment = _read(f"/proc/{kin.pid}/environ")
    unclaimed = kin.parent == os.getpid() and running <= {leader}
    return mark.encode() in environment or (unclaimed and MARK.encode() not in environment)


def _born_after(since: int) -> Iterator[int] | list[int]:
    last = newest()
    if since < last <= since + _FEW:
        return iter(range(since + 1, last + 1))
    return [] if last == since else _everyone()


def _everyone() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - often, and it must be cheap


def _look(pid: int) -> Kin | None:
    tail = _line(f"/proc/{pid}/stat").rpartition(b") ")[2].split(b" ", 20)
    if len(tail) < 21:
        return None
    return Kin(pid, tail[0].decode(), int(tail[1]), int(tail[3]), int(tail[19]))


def _anonymous(pid: int) -> int:
    fields = _read(f"/proc/{pid}/statm").split()
    return (int(fields[1]) - int(fields[2])) * _PAGE if len(fields) > 2 else 0


def _proportional(pid: int) -> int:
    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith(b"Pss_Anon:"):
            return int(line.split()[1]) * 1024
    return _anonymous(pid)


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def _line(path: str) -> bytes:
    """Return a file of /proc that has one line, which a single call gives; nothing when it is gone."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def _read(path: str) -> bytes:
    """Return a file of /proc; nothing when the process is gone or belongs to somebody else."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        parts = []
        while part := os.read(descriptor, 65536):
            parts.append(part)
    except OSError:
        return b""
    finally:
        os.close(descriptor)
    return b"".join(parts)
