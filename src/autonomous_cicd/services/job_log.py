"""The log of a job: masks are honoured, workflow commands are understood, the last lines are kept."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import field

from autonomous_cicd.values import dataclass

__all__ = ["JobLog"]

COMMAND = re.compile(rb"^\s*::([A-Za-z][\w-]*)(?: ([^\r\n]*?))?::(.*)$", re.DOTALL)
LONGEST = 64 * 1024
"""Bytes of a line that are waited for before it is shown as it is."""
KEPT = 2000
STARS = b"***"


@dataclass(slots=True)
class JobLog:
    """Takes what the steps print, in order."""

    say: Callable[[bytes], None]
    masks: list[bytes] = field(default_factory=list)
    lines: deque[bytes] = field(default_factory=lambda: deque(maxlen=KEPT))
    """The last lines of the current step."""
    stopped: bytes = b""
    """The token that ends a stretch in which no command is understood."""
    errors: list[str] = field(default_factory=list)
    """What the current step announced with `::error::`."""
    _rest: bytes = b""

    def begin(self) -> None:
        """Begin another step."""
        self.lines.clear()
        self.errors.clear()
        self.stopped = b""

    def feed(self, data: bytes) -> None:
        """Take what a program printed."""
        whole, newline, self._rest = (self._rest + data).rpartition(b"\n")
        if newline:
            self._lines(whole.split(b"\n"))
        if len(self._rest) > LONGEST:
            rest, self._rest = self._rest, b""
            self._lines([rest])

    def end(self) -> None:
        """Take note that the program ended, maybe in the middle of a line."""
        if self._rest:
            rest, self._rest = self._rest, b""
            self._lines([rest])

    def note(self, text: str) -> None:
        """Write a line of our own."""
        self.end()
        line = self.masked(text.encode("utf-8", "replace"))
        self.lines.append(line)
        self.say(line + b"\n")

    def mask(self, value: str) -> None:
        """Never show that value from now on; of a longer text, none of its lines."""
        values = {part.strip() for part in (value, *value.splitlines())}
        known = set(self.masks)
        new = {part.encode("utf-8", "replace") for part in values if part} - known
        self.masks = sorted(known | new, key=len, reverse=True)

    def masked(self, text: bytes) -> bytes:
        """Return the text with stars for what must not be shown."""
        for value in self.masks:
            text = text.replace(value, STARS)
        return text

    def masked_text(self, text: str) -> str:
        """Return the text with stars for what must not be shown."""
        if not self.masks:
            return text
        return self.masked(text.encode("utf-8", "replace")).decode("utf-8", "replace")

    def hides(self, text: str) -> bool:
        """Whether the text holds something that must not be shown."""
        return any(value in text.encode("utf-8", "replace") for value in self.masks)

    def _lines(self, lines: list[bytes]) -> None:
        shown = [self._line(line) for line in lines]
        self.lines.extend(shown[-KEPT:])
        self.say(b"\n".join(shown) + b"\n")

    def _line(self, line: bytes) -> bytes:
        if b"::" in line and (match := COMMAND.match(line)):
            self._command(match[1].lower(), match[3].rstrip(b"\r"))
        return self.masked(line) if self.masks else line

    def _command(self, name: bytes, data: bytes) -> None:
        """Do what a workflow command asks for; most are only for the eye."""
        if self.stopped:
            self.stopped = b"" if name == self.stopped.lower() else self.stopped
        elif name == b"stop-commands":
            self.stopped = data.strip()
        elif name == b"add-mask":
            self.mask(_unescaped(data))
        elif name == b"error" and len(self.errors) < 50:
            self.errors.append(self.masked_text(_unescaped(data)))


def _unescaped(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
