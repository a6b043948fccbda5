"""How many tasks may run at once: by processors and memory as measured, not by count alone."""

from __future__ import annotations

from autonomous_cicd.domain.pipeline import Ordering, Task
from autonomous_cicd.ports import Clock, Meter
from autonomous_cicd.values import dataclass

__all__ = ["Budget"]

PAUSE = 0.25
"""Seconds between two looks at how busy the machine is."""
BUSY = 0.85
"""Share of busy processors above which no further task is added."""
RESERVE = 256 * 1024 * 1024
"""Bytes of memory that are left alone."""


@dataclass(slots=True)
class Budget:
    """What running tasks use of the machine, and whether one more fits."""

    meter: Meter
    clock: Clock
    ordering: Ordering
    cores: float | None
    """Most processors that may be kept busy; None: all there are."""
    jobs: int
    """Most tasks at once; exact when `fixed`."""
    fixed: bool
    """Whether a person said how many."""
    memory: int | None = None
    """Most bytes that running tasks may be expected to need together; None: what is free."""
    measured: bool = True
    """Whether load and free memory are looked at."""
    weighed: bool = True
    """Whether the known needs of tasks count; else one is like another."""
    running: int = 0
    used: float = 0.0
    expected: int = 0
    """Bytes that the running tasks are expected to need."""
    _most: float = 0.0
    _looked: float = 0.0
    _busy: float = 0.0
    _free: int = 0

    @property
    def full(self) -> bool:
        """Whether no task at all may start before another one ends."""
        return self.running >= (1 if self.ordering is Ordering.SEQUENTIAL else self.jobs)

    def fits(self, task: Task) -> bool:
        """Return whether the task may start now."""
        if self.running == 0:
            return True
        cores, memory = self._needs(task)
        if self.memory is not None and self.expected + memory > self.memory:
            return False
        if self.fixed or self.used + cores <= self._cores():
            return not memory or not self.measured or self._has_memory(memory)
        if self.ordering is not Ordering.ADAPTIVE or not self.measured:
            return False
        return self._idle() and self._has_memory(memory)

    def start(self, task: Task) -> None:
        """Take note that the task runs."""
        cores, memory = self._needs(task)
        self.running += 1
        self.used += cores
        self.expected += memory

    def stop(self, task: Task) -> None:
        """Take note that it ended."""
        cores, memory = self._needs(task)
        self.running -= 1
        self.used -= cores
        self.expected -= memory

    @property
    def may_change(self) -> bool:
        """Whether a later look may let one more task start although none ended."""
        return self.measured and not self.fixed and self.ordering is Ordering.ADAPTIVE and not self.full

    def _cores(self) -> float:
        if not self._most:
            there = self.meter.cores()
            self._most = there if self.cores is None else min(self.cores, there)
        return self._most

    def _needs(self, task: Task) -> tuple[float, int]:
        return (task.cores, task.memory) if self.weighed else (1.0, 0)

    def _idle(self) -> bool:
        self._look()
        if self._busy >= BUSY:
            return False
        self._busy = 1.0  # one more task at each look: what it uses is not seen before the next
        return True

    def _has_memory(self, memory: int) -> bool:
        self._look()
        return self._free - RESERVE >= memory

    def _look(self) -> None:
        now = self.clock.now()
        if now - self._looked >= PAUSE:
            self._looked = now
            self._busy, self._free = self.meter.busy(), self.meter.free()
