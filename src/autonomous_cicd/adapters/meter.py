"""Meter: how busy this computer is, from `/proc` where there is one."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["LocalMeter"]


class LocalMeter:
    """Measures this computer."""

    def __init__(self, proc: Path = Path("/proc")) -> None:
        self._stat = proc / "stat"
        self._memory = proc / "meminfo"
        self._last = (0, 0)

    def busy(self) -> float:
        """Return the share of the processors' time that was used since the last call, 0 to 1."""
        try:
            first = self._stat.read_text(encoding="ascii").split("\n", 1)[0]
        except OSError:
            return min(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
        times = [int(number) for number in first.split()[1:9]]
        total, idle = sum(times), times[3] + times[4]
        before_total, before_idle = self._last
        self._last = (total, idle)
        passed = total - before_total
        return 1.0 - (idle - before_idle) / passed if passed > 0 else 1.0

    def free(self) -> int:
        """Return the bytes of memory that could be used now."""
        try:
            text = self._memory.read_text(encoding="ascii")
        except OSError:
            return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        available = text[text.index("MemAvailable:") :].split(None, 2)[1]
        return int(available) * 1024
