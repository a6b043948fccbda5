"""Where the output of a test runner begins and ends in a log."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator

from autonomous_cicd.domain.log import Log

__all__ = ["below", "first_line", "last_line", "upwards"]

_COMMAND = re.compile(
    r"^(?:\++ [\w./]|\$ \S|##\[group\]Run |##\[endgroup\]|\[Pipeline\] sh|> \S+@\S+ \S|\$ \w+ )"
)
MOST = 3000
"""Lines that are looked at, at most."""


def upwards(log: Log, number: int, most: int = MOST) -> Iterator[tuple[int, str]]:
    """Yield the kept lines above, from the nearest on, up to the command that printed them."""
    numbers = log.numbers()
    at = bisect.bisect_left(numbers, number)
    for other in reversed(numbers[max(0, at - most) : at]):
        line = log[other]
        if _COMMAND.match(line):
            return
        yield other, line


def first_line(log: Log, number: int) -> int:
    """Return the first kept line of the output that a line belongs to."""
    first = number
    for first, _ in upwards(log, number):  # noqa: B007 - the last one is wanted
        pass
    return first


def last_line(log: Log, number: int, most: int) -> int:
    """Return the last of so many lines below one that are of the same command, or the line itself."""
    return max((other for other, _ in below(log, number, most) if other <= number + most), default=number)


def below(log: Log, number: int, most: int = MOST) -> Iterator[tuple[int, str]]:
    """Yield the kept lines that follow, up to the next command."""
    for other in log.numbers(number + 1, most):
        line = log[other]
        if _COMMAND.match(line):
            return
        yield other, line
