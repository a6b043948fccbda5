"""Blocks: a log that comes in pieces of any size, as blocks of whole lines."""

from __future__ import annotations

from collections.abc import Iterator

from autonomous_cicd.domain.plain import cut

__all__ = ["Blocks"]

BLOCK = 1 << 20
"""Bytes that are looked at together."""


class Blocks:
    """Joins what comes, and hands out what has ended."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the blocks that a piece completes; take all of them before the next piece."""
        whole, newline, rest = data.rpartition(b"\n")
        if not newline:
            self._rest += data
            if len(self._rest) > BLOCK:
                self._rest = cut(self._rest)
            return
        lines = self._rest + whole + b"\n"
        self._rest = rest
        start = 0
        while start < len(lines):
            end = lines.find(b"\n", min(start + BLOCK, len(lines) - 1)) + 1
            yield lines[start:end]
            start = end

    def end(self) -> Iterator[bytes]:
        """Yield the last line, when it has no end."""
        rest, self._rest = self._rest, b""
        if rest:
            yield rest + b"\n"
