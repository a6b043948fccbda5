"""Python tracebacks: where one begins and ends, which exception ended it, and what led to it."""

from __future__ import annotations

import re

from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.python_errors import split_exception
from autonomous_cicd.values import dataclass

__all__ = ["HEADER", "Raised", "Traceback", "read_traceback"]

HEADER = "Traceback (most recent call last)"
MOST = 400
"""Lines that a traceback may have, with everything that was raised before."""
STRANGE = 3
"""Lines of something else that may stand in it: another process writes to the same log."""

_FRAME = re.compile(
    r'^[ |+-]*File "(?P<file>[^"]{1,500})", line (?P<line>\d{1,8})(?:, in (?P<where>.{1,200}))?$'
)
_CHAINED = re.compile(
    r"^(?:During handling of the above exception|The above exception was the direct cause of)"
)
_OTHER_NAME = re.compile(r"^(?:[a-z_]\w{0,60}\.){0,8}[A-Z]\w{2,60}(?::\s.*)?$")
_PREFIX = re.compile(
    r"^(?:\s*(?:E|INTERNALERROR>|[\w.-]{1,40}\s*\||\||>|\[\w[\w -]{0,40}\]|stderr:|remote:|ERROR:"
    r"|error:)?\s*)$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An exception, the line that names it, and the places that it went through."""

    line: int
    name: str
    text: str
    files: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    """Lines of these places in their files."""
    frames: tuple[int, ...] = ()
    """Lines of the log that name these places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traceback:
    """A traceback as a whole: its exceptions in the order of the log, the last is what ended it."""

    first: int
    last: int
    raised: tuple[Raised, ...]


def read_traceback(log: Log, number: int) -> Traceback | None:
    """Return the traceback whose heading is in a line; None when no exception follows."""
    heading = log[number]
    at = heading.find(HEADER)
    if at < 0:
        return None
    prefix = heading[:at].replace("Exception Group ", "")
    reader = _Reader(prefix.rstrip() if _PREFIX.match(prefix) else "")
    last = number
    for other, line in log.after(number, MOST):
        if not reader.take(other, line):
            break
        if reader.raised and reader.raised[-1].line >= last:
            last = reader.raised[-1].line
    return Traceback(first=number, last=last, raised=tuple(reader.raised)) if reader.raised else None


class _Reader:
    """Takes line after line, and says whether another one can belong to the traceback."""

    def __init__(self, prefix: str) -> None:
        self.raised: list[Raised] = []
        self._prefix = prefix.lstrip()
        self._frames: list[tuple[int, str, int]] = []
        self._strange = 0
        self._waiting = 0
        self._going_on = False
        self._flat = False
        """Whether the lines have lost their indentation."""
        self._source = False

    def take(self, number: int, line: str) -> bool:
        text = self._without_prefix(line)
        if self._waiting:
            return self._between(text)
        if frame := _FRAME.match(text):
            self._frames.append((number, frame["file"], int(frame["line"])))
            self._flat = self._flat or not text.startswith((" ", "|", "+"))
            self._source = True
            return True
        bare = text.strip(" |+-")
        if not bare or (text[:1].isspace() and not self._flat and not self._ends(text)):
            return True
        if self._source and self._flat and ":" not in bare:
            self._source = False
            return True
        found = split_exception(bare)
        if found is None and self._frames and (match := _OTHER_NAME.match(bare)):
            name, _, said = match[0].partition(": ")
            found = name, said
        if found is not None:
            self._end(number, *found)
            return True
        self._strange += not self._flat
        return self._strange <= STRANGE

    def _ends(self, text: str) -> bool:
        """Whether an indented line names an exception in the column of the heading."""
        return (
            self._prefix == ""
            and len(text) - len(text.lstrip()) < 2
            and split_exception(text.strip()) is not None
        )

    def _without_prefix(self, line: str) -> str:
        bare = line.lstrip()
        if self._prefix and bare.startswith(self._prefix):
            return bare[len(self._prefix) + 1 :]
        return line

    def _end(self, number: int, name: str, text: str) -> None:
        self.raised.append(
            Raised(
                line=number,
                name=name,
                text=text,
                files=tuple(file for _, file, _ in self._frames),
                numbers=tuple(at for _, _, at in self._frames),
                frames=tuple(line for line, _, _ in self._frames),
            )
        )
        self._frames.clear()
        self._strange = 0
        self._waiting = 8

    def _between(self, text: str) -> bool:
        """Wait after an exception for the words that tell of another one."""
        bare = text.strip(" |+-")
        if _CHAINED.match(bare):
            self._going_on, self._waiting = True, 4
        elif HEADER in bare and self._going_on:
            self._going_on, self._waiting = False, 0
            return True
        elif HEADER in bare:
            return False
        else:
            self._waiting -= 1
        return self._waiting > 0
