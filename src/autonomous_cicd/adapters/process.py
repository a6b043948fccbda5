"""Executes programs on this machine, with limits, and leaves nothing of them behind."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
from collections.abc import Callable
from contextlib import suppress

from autonomous_cicd.adapters.child import Child
from autonomous_cicd.adapters.descendants import MARK, adopt, end_all, running, strays
from autonomous_cicd.adapters.spawn import spawn
from autonomous_cicd.adapters.watchdog import Watchdog
from autonomous_cicd.errors import Unavailable
from autonomous_cicd.ports import Execution, Outcome

__all__ = ["ProcessRunner"]

_FENCE = 2
_ROOM = 512 * 1024 * 1024
_REMEDIES = {
    errno.EAGAIN: "too many processes: run fewer tasks at once, or raise `ulimit -u`",
    errno.ENOMEM: "not enough memory: run fewer tasks at once",
    errno.EMFILE: "too many open files: run fewer tasks at once, or raise `ulimit -n`",
    errno.ENFILE: "too many open files on this machine: run fewer tasks at once",
}
_EXCUSES = {
    errno.EACCES: "permission denied",
    errno.ENOEXEC: "not a program: it does not begin with #! and the name of an interpreter",
    errno.E2BIG: "its arguments and environment are too long for this system",
}


class ProcessRunner:
    """Implements `Runner` with plain processes, each in a session of its own.

    A program that cannot be started is an outcome with a reason, as a shell would tell it: 127 when it does
    not exist, 126 when it is no program. Raises Unavailable when the machine has no room for a process.
    """

    def __init__(self, *, grace: float = 5.0, pidfd: bool = True) -> None:
        """Give programs `grace` seconds between the request to end and the kill.

        Without `pidfd`, as on old kernels, a thread waits for each of them.
        """
        self._grace = grace
        self._pidfd = pidfd
        self._name = os.urandom(8).hex()
        self._outer = os.environ.get(MARK, "")
        self._count = 0
        self._null = -1
        self._watchdog: Watchdog | None = None
        self._children: set[Child] = set()

    async def run(self, execution: Execution, on_output: Callable[[bytes], None]) -> Outcome:
        """Execute, handing over what it prints as it comes; see `Runner`."""
        self._prepare(execution)
        try:
            child = self._start(execution, on_output)
        except (OSError, ValueError) as error:
            return _refused(execution, error, on_output)
        self._children.add(child)
        try:
            return await child.finished()
        except asyncio.CancelledError:
            await child.ended()
            raise
        finally:
            if child.gone:
                self._children.discard(child)

    async def end(self, scope: str) -> None:
        """Kill what the executions of a scope left running, and wait until it is gone."""
        for child in tuple(child for child in self._children if scope and child.scope == scope):
            try:
                await child.ended()
            finally:
                self._children.discard(child)

    async def close(self) -> None:
        """Kill what is still running, wait until it is gone, and let the watchdog go."""
        children = tuple(self._children)
        for child in children:
            child.kill("the run was closed")
        try:
            for child in children:
                await child.ended()
        finally:
            self._let_go()

    def _prepare(self, execution: Execution) -> None:
        try:
            if self._null < 0:
                self._null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
            if self._watchdog is None:
                adopt()
                self._watchdog = Watchdog(self._name, self._null)
        except OSError as error:
            raise _unavailable(execution, error) from error

    def _start(self, execution: Execution, on_output: Callable[[bytes], None]) -> Child:
        self._count += 1
        mark = f"{self._name}-{self._count}."
        reading, writing = os.pipe()
        try:
            pid = self._spawn(execution, writing, mark)
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        return Child(
            execution,
            on_output,
            pid=pid,
            reading=reading,
            null=self._null,
            mark=mark,
            grace=self._grace,
            pidfd=self._pidfd,
        )

    def _spawn(self, execution: Execution, output: int, mark: str) -> int:
        pid = spawn(
            execution.argv,
            execution.cwd,
            {**execution.env, MARK: f"{self._outer}{mark}"},
            stdin=self._null,
            output=output,
        )
        running.add(pid)
        if execution.limits.memory:
            _fence(pid, execution.limits.memory)
        return pid

    def _let_go(self) -> None:
        if self._watchdog:
            end_all(strays(self._name, self._watchdog.pid))
            self._watchdog.quit()
            self._watchdog = None
        if self._null >= 0:
            os.close(self._null)
            self._null = -1


def _fence(pid: int, limit: int) -> None:
    """Stop a process from taking all memory between two looks at it.

    A limit of the address space would be the wrong one: node reserves gigabytes that it never touches.
    """
    ceiling = _FENCE * limit + _ROOM
    with suppress(ProcessLookupError, PermissionError):
        hard = resource.prlimit(pid, resource.RLIMIT_DATA)[1]
        if hard == resource.RLIM_INFINITY or hard > ceiling:
            resource.prlimit(pid, resource.RLIMIT_DATA, (ceiling, ceiling))


def _refused(
    execution: Execution, error: OSError | ValueError, on_output: Callable[[bytes], None]
) -> Outcome:
    """Tell like a shell why a program was not started."""
    if isinstance(error, OSError) and error.errno in _REMEDIES:
        raise _unavailable(execution, error) from error
    code, why = _explain(execution, error)
    reason = f"{execution.argv[0]}: {why}"
    line = f"{reason}\n".encode(errors="replace")
    on_output(line[: execution.limits.output])
    return Outcome(exit_code=code, seconds=0.0, reason=reason, output=len(line))


def _explain(execution: Execution, error: OSError | ValueError) -> tuple[int, str]:
    if not isinstance(error, OSError):
        return 126, f"cannot be started: {error}"
    if not execution.cwd.is_dir():
        return 126, f"cannot be started: there is no folder {execution.cwd}"
    if error.errno not in (errno.ENOENT, errno.ENOTDIR):
        return 126, _EXCUSES.get(error.errno or 0, os.strerror(error.errno or 0))
    if "/" in execution.argv[0] and (execution.cwd / execution.argv[0]).exists():
        return 127, "bad interpreter: what its first line names does not exist"
    return 127, "command not found"


def _unavailable(execution: Execution, error: OSError) -> Unavailable:
    hint = _REMEDIES.get(error.errno or 0, "")
    return Unavailable(f"cannot start {execution.argv[0]}: {error.strerror}", hint=hint)
