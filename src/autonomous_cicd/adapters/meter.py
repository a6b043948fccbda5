"""Meter: what this computer has, and how busy it is, from `/proc` where there is one."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any

__all__ = ["LocalMeter"]


class LocalMeter:
    """Measures this computer, as far as we may use it. Implements `Meter`."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root
        self._stat = root / "proc/stat"
        self._last = (0, 0)

    def cores(self) -> int:
        """Return how many processors we may keep busy."""
        found: int = _limits().cores(self._root)
        return found

    def busy(self) -> float:
        """Return the share of the processors' time that was used since the last call, 0 to 1."""
        try:
            first = self._stat.read_text(encoding="ascii").split("\n", 1)[0]
        except OSError:
            return min(1.0, os.getloadavg()[0] / self.cores())
        times = [int(number) for number in first.split()[1:9]]
        total, idle = sum(times), times[3] + times[4]
        before_total, before_idle = self._last
        self._last = (total, idle)
        passed = total - before_total
        return 1.0 - (idle - before_idle) / passed if passed > 0 else 1.0

    def free(self) -> int:
        """Return the bytes of memory that could be used now."""
        found: int = _limits().memory(self._root)
        return found or os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")

    def taken(self) -> int:
        """Return the bytes of memory that the programs keep which this process started."""
        descendants: Any = importlib.import_module("autonomous_cicd.adapters.descendants")
        found: int = descendants.memory(descendants.tree(os.getpid())[1:], sys.maxsize)
        return found


def _limits() -> Any:
    """Load what knows the limits of containers: a run in which nothing changed does without."""
    return importlib.import_module("autonomous_cicd.adapters.machine")
