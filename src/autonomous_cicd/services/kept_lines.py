"""Kept lines: those of a log that may matter, within bounds; they become text when somebody asks for them.

Most are never looked at, so what they come as is kept until then. Nothing leaves here that was not redacted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from autonomous_cicd.domain.plain import plain
from autonomous_cicd.domain.redaction import reaches_over_lines

__all__ = ["KeptLines", "Piece"]

ROOM = 16_000_000
"""Bytes of lines that are kept, at the beginning and at the end of a log."""
WIDEST = 2_000
"""Characters that are kept of a line."""
SMALL = 50
"""Lines that are made to text together, when they can be divided."""
OVERHEAD = 100
"""Bytes that Python needs besides for each."""


class Piece:
    """Lines that stand near to each other."""

    __slots__ = ("_known", "_raws", "_redact", "_texts", "numbers", "size")

    def __init__(
        self, lines: Mapping[int, bytes], redact: Callable[[str], str], known: Mapping[int, str] | None = None
    ) -> None:
        """Take the lines, what removes secrets, and what is known to become of some of them."""
        self.numbers = tuple(lines)
        self._raws = tuple(lines.values())
        self._redact = redact
        self._known = known or {}
        self._texts: Mapping[int, str] = {}
        self.size = sum(map(len, self._raws)) + OVERHEAD * (len(self._raws) + 3)

    def __getitem__(self, number: int) -> str:
        if number in self._known:
            return self._known[number]
        if not self._texts:
            self._texts = _fit(dict(zip(self.numbers, map(plain, self._raws), strict=True)), self._redact)
            self._raws = ()
        return self._texts[number]


def _fit(lines: Mapping[int, str], redact: Callable[[str], str]) -> Mapping[int, str]:
    """Return plain lines without secrets, of bearable length."""
    texts = [
        line if len(line) <= WIDEST else f"{line[: WIDEST - 500]} … {line[-490:]}"
        for line in redact("\n".join(lines.values())).split("\n")
    ]
    return dict(zip(lines, texts, strict=True))


def _pieces(
    runs: Sequence[Mapping[int, bytes]], redact: Callable[[str], str], cued: Mapping[int, str]
) -> Iterator[Piece]:
    """Yield lines in pieces that end where lines are missing; in one where they may not be divided."""
    if reaches_over_lines(b"\n".join(raw for run in runs for raw in run.values()), cued.values()):
        yield Piece({number: raw for run in runs for number, raw in run.items()}, redact)
        return
    known = _fit(cued, redact) if cued else {}
    piece: dict[int, bytes] = {}
    for run in runs:
        if len(piece) >= SMALL:
            yield Piece(piece, redact, known)
            piece = {}
        piece.update(run)
    yield Piece(piece, redact, known)


class KeptLines:
    """Pieces within bounds: the first ones for good, of the others the last."""

    def __init__(self) -> None:
        self._early: list[Piece] = []
        self._late: deque[Piece] = deque()
        self._room = ROOM
        self._used = 0

    def add(
        self, runs: Sequence[Mapping[int, bytes]], redact: Callable[[str], str], cued: Mapping[int, str]
    ) -> None:
        """Keep lines that were read together, some of them plain already because they will be looked at.

        A run has lines that follow each other; between two runs some are missing.
        """
        for piece in _pieces(runs, redact, cued):
            self._add(piece)

    def _add(self, piece: Piece) -> None:
        if self._room > 0:
            self._early.append(piece)
            self._room -= piece.size
            return
        self._late.append(piece)
        self._used += piece.size
        while self._used - self._late[0].size > ROOM:
            self._used -= self._late.popleft().size

    def lines(self, others: Piece) -> Mapping[int, str]:
        """Return all of them by number, and others where none was kept."""
        return _Lines([others, *reversed(self._late), *reversed(self._early)])


class _Lines(Mapping[int, str]):
    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._pieces: dict[int, Piece] = {}
        for piece in pieces:
            self._pieces.update(dict.fromkeys(piece.numbers, piece))

    def __getitem__(self, number: int) -> str:
        return self._pieces[number][number]

    def __contains__(self, number: object) -> bool:
        return number in self._pieces

    def __iter__(self) -> Iterator[int]:
        return iter(self._pieces)

    def __len__(self) -> int:
        return len(self._pieces)
