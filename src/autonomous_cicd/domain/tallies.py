"""Tallies: how many tests passed, failed and were skipped, as a log says."""

from __future__ import annotations

import re

from autonomous_cicd.domain.verification import Counts

__all__ = ["counts"]

_PASSED = re.compile(r"(\d+) passed|^# pass\s+(\d+)|^\s*(\d+) passing", re.MULTILINE)
_FAILED = re.compile(r"(\d+) failed|^# fail\s+(\d+)|^\s*(\d+) failing", re.MULTILINE)
_SKIPPED = re.compile(r"(\d+) (?:skipped|xfailed|deselected)|^# skip\s+(\d+)", re.MULTILINE)


def counts(log: str) -> Counts:
    """Return the sums over a log."""
    return Counts(passed=_sum(_PASSED, log), failed=_sum(_FAILED, log), skipped=_sum(_SKIPPED, log))


def _sum(pattern: re.Pattern[str], log: str) -> int:
    return sum(int(next(filter(None, match.groups()))) for match in pattern.finditer(log))
