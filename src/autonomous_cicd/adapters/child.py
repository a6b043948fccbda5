"""Follows one running program: its output, its end, its limits, and what it leaves behind."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import signal
import threading
from collections.abc import Callable
from contextlib import suppress

from autonomous_cicd.adapters.descendants import end_all, exit_of, memory, running, strays, tree
from autonomous_cicd.ports import Execution, Outcome

__all__ = ["Child"]

log = logging.getLogger(__name__)

_CHUNK = 65536
_DROP = 1 << 20
_TAIL = 65536
"""Bytes of the end of a long output that are kept whatever comes before: there the cause is told."""
_LINGER = 0.1
"""Seconds that helpers of a program that ended have to write their last lines."""
_SAMPLE = 0.25
"""Seconds between two looks at the memory in use."""
_POLL = 0.003
"""Seconds between two looks for what was killed and is not gone yet."""
_PATIENCE = 5.0
"""Seconds that killed processes may take to die before we go on without them."""
_DRAIN = 64
"""Most reads from a pipe that somebody may be filling for ever."""


class Child:
    """One program from its start to the end of the last process that it started.

    Everything happens in callbacks of the event loop: a program that prints nothing costs one read.
    """

    def __init__(
        self,
        execution: Execution,
        on_output: Callable[[bytes], None],
        *,
        pid: int,
        reading: int,
        null: int,
        mark: str,
        grace: float,
        pidfd: bool,
    ) -> None:
        """Follow the process `pid`, whose output comes from `reading`."""
        self.scope = execution.scope
        self.gone = False
        """Whether nothing of it is left."""
        self._limits = execution.limits
        self._on_output = on_output
        self._pid = pid
        self._reading = reading
        self._null = null
        self._mark = mark
        self._grace = grace
        self._loop = asyncio.get_running_loop()
        self._started = self._loop.time()
        self._deadline = 0.0
        self._output = 0
        most = execution.limits.output
        self._head = most - _TAIL if most >= 4 * _TAIL else most
        """Bytes that are handed over as they come; what is left of the limit is for the end."""
        self._tail = bytearray()
        self._ending = False
        self._exited = False
        self._timed_out = False
        self._reason = ""
        self._error: Exception | None = None
        self._outcome: Outcome | None = None
        self._waiting: list[asyncio.Future[None]] = []
        self._timer = self._loop.call_later(self._limits.seconds, self._time_out)
        self._sampler: asyncio.TimerHandle | None = None
        if self._limits.memory:
            self._sampler = self._loop.call_later(_SAMPLE, self._sample)
        self._loop.add_reader(reading, self._read)
        self._watch(pidfd)

    async def finished(self) -> Outcome:
        """Wait for the end; raise what `on_output` raised."""
        while self._outcome is None:
            await self._wait()
        if self._error:
            raise self._error
        return self._outcome

    async def ended(self) -> None:
        """Ask it to end and wait until it did; whoever is cancelled in here has it killed."""
        interrupted: asyncio.CancelledError | None = None
        self.end("cancelled")
        while not self.gone:
            try:
                await self._wait()
            except asyncio.CancelledError as error:
                interrupted = error
                self.kill("cancelled")
        if interrupted:
            raise interrupted

    def end(self, reason: str) -> None:
        """Ask it to end, and kill it after the grace."""
        self._end_background()
        if self._exited or self._ending:
            return
        self._ending = True
        self._reason = self._reason or reason
        self._signal(signal.SIGTERM)
        self._again(self._grace, self._kill)

    def kill(self, reason: str) -> None:
        """Kill it now."""
        self._end_background()
        self._reason = self._reason or reason
        self._kill()

    def _end_background(self) -> None:
        """End what lives on after the program itself."""
        self.scope = ""
        if self._outcome and not self.gone and not self._deadline:
            self._sweep()

    async def _wait(self) -> None:
        waiter = self._loop.create_future()
        self._waiting.append(waiter)
        await waiter

    def _watch(self, pidfd: bool) -> None:
        descriptor = -1
        if pidfd:
            with suppress(OSError, AttributeError):
                descriptor = os.pidfd_open(self._pid)
        if descriptor >= 0:
            self._loop.add_reader(descriptor, self._on_exit, descriptor)
        else:
            threading.Thread(target=self._wait_in_thread, daemon=True).start()

    def _wait_in_thread(self) -> None:
        with suppress(ChildProcessError):
            os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOWAIT)
        with suppress(RuntimeError):  # the loop may be closed
            self._loop.call_soon_threadsafe(self._on_exit, -1)

    def _read(self) -> bool:
        """Take what is there; False when there is nothing more at the moment, or ever."""
        try:
            if self._output < self._head or (self._outcome is None and self._head < self._limits.output):
                data = os.read(self._reading, _CHUNK)
                self._take(data)
                more = len(data)
            else:
                more = os.splice(self._reading, self._null, _DROP)
                self._output += more
        except BlockingIOError:
            return False
        if not more:
            self._stop_reading()
        return more > 0

    def _take(self, data: bytes) -> None:
        room = max(0, self._head - self._output)
        self._output += len(data)
        self._hand_over(data[:room])
        if self._head < self._limits.output:
            self._tail += data[room:]
            if len(self._tail) > 8 * _TAIL:
                del self._tail[:-_TAIL]

    def _hand_over_end(self) -> None:
        """Hand over the end of a long output, and say what is left out before it."""
        end, dropped = bytes(self._tail), self._output - self._limits.output
        if end and dropped > 0:
            note = f"\n[about {dropped} bytes of output are left out here]\n".encode()
            end = note + end[len(note) - _TAIL :]
        self._tail.clear()
        self._hand_over(end)

    def _hand_over(self, data: bytes) -> None:
        if not data or self._error:
            return
        try:
            self._on_output(data)
        except Exception as error:  # noqa: BLE001 - it is the caller's own, and raised again from `finished`
            self._error = error
            self.kill("its output could not be handed over")

    def _stop_reading(self) -> None:
        self._loop.remove_reader(self._reading)
        os.close(self._reading)
        self._reading = -1
        if self._exited and not self._deadline:
            self._sweep()

    def _on_exit(self, descriptor: int) -> None:
        if descriptor >= 0:
            self._loop.remove_reader(descriptor)
            os.close(descriptor)
        if self.gone:
            self._reap()
            return
        if self._reading >= 0:
            os.set_blocking(self._reading, False)
            self._drain()
        self._exited = True
        if self._reading >= 0:
            self._again(_LINGER, self._sweep)
        else:
            self._sweep()

    def _drain(self) -> None:
        for _ in range(_DRAIN):
            if self._reading < 0 or not self._read():
                return

    def _sweep(self) -> None:
        """End what the program left behind; come back until nothing of it is there."""
        if self.scope and not self._ending and not self._error and strays(self._mark, self._pid):
            self._leave()
            return
        now = self._loop.time()
        self._deadline = self._deadline or now + _PATIENCE
        self._signal(signal.SIGKILL)
        left = strays(self._mark, self._pid)
        end_all(left)
        if left and now < self._deadline:
            self._again(_POLL, self._sweep)
            return
        if left:
            log.warning("processes %s cannot be ended", ", ".join(str(kin.pid) for kin in left))
        self._finish()

    def _leave(self) -> None:
        """Let live what the program left behind; what that prints is nobody's."""
        if self._outcome:
            return
        self._timer.cancel()
        if self._sampler:
            self._sampler.cancel()
        self._tell(self._result(*exit_of(self._pid)))
        self._output = max(self._output, self._limits.output)

    def _time_out(self) -> None:
        self._timed_out = True
        self.end(f"ran longer than {self._limits.seconds:g} s")

    def _kill(self) -> None:
        if self._exited:
            return
        self._ending = True
        self._signal(signal.SIGKILL)
        self._again(_PATIENCE, self._give_up)

    def _give_up(self) -> None:
        """Go on although the kernel does not let it die, or it belongs to another user."""
        self._reason = f"{self._reason}; process {self._pid} cannot be ended"
        self._finish()

    def _sample(self) -> None:
        limit = self._limits.memory or 0
        used = memory(tree(self._pid), limit)
        if used > limit:
            self.kill(f"used {_size(used)} of {_size(limit)} of memory")
        else:
            self._sampler = self._loop.call_later(_SAMPLE, self._sample)

    def _signal(self, number: signal.Signals) -> None:
        # Until it is waited for, its id stays its own: no stranger is hit.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, number)

    def _again(self, seconds: float, call: Callable[[], None]) -> None:
        self._timer.cancel()
        self._timer = self._loop.call_later(seconds, call)

    def _finish(self) -> None:
        self._timer.cancel()
        if self._sampler:
            self._sampler.cancel()
        if self._reading >= 0:
            os.set_blocking(self._reading, False)
            self._drain()
        if self._reading >= 0:
            self._stop_reading()
        self.gone = True
        outcome = self._reap()
        self._tell(self._outcome or outcome)

    def _tell(self, outcome: Outcome) -> None:
        if self._outcome is None:
            self._hand_over_end()
        self._outcome = outcome
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    def _reap(self) -> Outcome:
        code, cpu, peak = -signal.SIGKILL, 0.0, 0
        with suppress(ChildProcessError):
            pid, status, usage = os.wait4(self._pid, os.WNOHANG)
            if pid:
                running.discard(pid)
                code, cpu = os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime
                peak = usage.ru_maxrss
        # Before it became the program, the process was a copy of ours: less than our own peak says nothing.
        if peak <= resource.getrusage(resource.RUSAGE_SELF).ru_maxrss:
            peak = 0
        return self._result(code, cpu, peak)

    def _result(self, code: int, cpu: float, peak: int = 0) -> Outcome:
        return Outcome(
            exit_code=code if code >= 0 else 128 - code,
            seconds=self._loop.time() - self._started,
            cpu_seconds=cpu,
            peak_memory=peak * 1024,
            timed_out=self._timed_out,
            reason=self._reason,
            output=self._output,
        )


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
