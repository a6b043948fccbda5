"""Green: what is usual in a log that passed, so that what is new in a red one stands out."""

from __future__ import annotations

from collections.abc import Iterable

from autonomous_cicd.domain.encoded import as_utf8
from autonomous_cicd.domain.fingerprint import template
from autonomous_cicd.domain.plain import plain, strip_colours

__all__ = ["Green"]

MOST = 200_000
"""Kinds of lines that are remembered."""
BATCH = 1 << 20


class Green:
    """Knows the kinds of lines of logs that passed."""

    def __init__(self) -> None:
        self._known: set[int] = set()

    def read(self, pieces: Iterable[bytes]) -> None:
        """Take a log that passed."""
        rest = b""
        for piece in as_utf8(pieces):
            *lines, rest = (rest + strip_colours(piece)).split(b"\n")
            rest = rest[-BATCH:]
            self._add(lines)
        self._add([rest])

    def usual(self, line: str) -> bool:
        """Whether such a line stands in a log that passed."""
        return hash(template(line)) in self._known

    def _add(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            if len(self._known) < MOST:
                self._known.add(hash(template(plain(line))))
