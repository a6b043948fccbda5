"""Kept lines: those of a log that may matter, within bounds; they become text when somebody asks for them.

Most are never looked at, so what they come as is kept until then. Nothing leaves here that was not redacted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from autonomous_cicd.domain.plain import LONGEST, cut, plain
from autonomous_cicd.domain.redaction import reaches_over_lines

__all__ = ["KeptLines", "Run"]

ROOM = 16_000_000
"""Bytes of lines that are kept, at the beginning and at the end of a log."""
WIDEST = 2_000
"""Characters that are kept of a line."""
SMALL = 50
"""Lines that are made to text together, when they can be divided."""
OVERHEAD = 200
"""Bytes that Python needs besides for each run."""


class Run:
    """Lines that follow each other, as they came."""

    __slots__ = ("first", "last", "raw")

    def __init__(self, first: int, lines: Sequence[bytes]) -> None:
        """Take the number of the first, and the lines without their ends."""
        self.first = first
        self.last = first + len(lines) - 1
        self.raw = b"\n".join(lines)
        if len(self.raw) > LONGEST:
            self.raw = b"\n".join(map(cut, lines))

    def __len__(self) -> int:
        return self.last - self.first + 1

    def plain(self) -> Iterator[tuple[int, str]]:
        """Yield the lines as a person reads them."""
        return enumerate(map(plain, self.raw.split(b"\n")), self.first)


class _Texts:
    """Lines that become text together."""

    __slots__ = ("_lines", "_made", "_redact")

    def __init__(self, lines: Callable[[], Iterable[tuple[int, str]]], redact: Callable[[str], str]) -> None:
        self._lines = lines
        self._redact = redact
        self._made: Mapping[int, str] | None = None

    def __getitem__(self, number: int) -> str:
        if self._made is None:
            self._made = _fit(dict(self._lines()), self._redact)
        return self._made[number]


def _fit(lines: Mapping[int, str], redact: Callable[[str], str]) -> Mapping[int, str]:
    """Return plain lines without secrets, of bearable length."""
    texts = [
        line if len(line) <= WIDEST else f"{line[: WIDEST - 500]} … {line[-490:]}"
        for line in redact("\n".join(lines.values())).split("\n")
    ]
    return dict(zip(lines, texts, strict=True))


class _Piece:
    """Runs that become text together, and the lines of them that are plain already."""

    __slots__ = ("_cued", "_known", "_texts", "runs", "size")

    def __init__(
        self,
        runs: Sequence[Run],
        redact: Callable[[str], str],
        cued: Mapping[int, str] | None = None,
        known: _Texts | None = None,
    ) -> None:
        self.runs = runs
        self.size = sum(len(run.raw) + OVERHEAD for run in runs)
        self._texts = _Texts(lambda: chain.from_iterable(run.plain() for run in runs), redact)
        self._cued = cued or {}
        self._known = known

    def __getitem__(self, number: int) -> str:
        if self._known and number in self._cued:
            return self._known[number]
        return self._texts[number]


def _pieces(runs: Sequence[Run], redact: Callable[[str], str], cued: Mapping[int, str]) -> Iterator[_Piece]:
    """Yield lines in pieces that end where lines are missing; in one where they may not be divided."""
    if reaches_over_lines(b"\n".join(run.raw for run in runs), cued.values()):
        yield _Piece(runs, redact)
        return
    known = _Texts(cued.items, redact)
    piece: list[Run] = []
    lines = 0
    for run in runs:
        if lines >= SMALL:
            yield _Piece(piece, redact, cued, known)
            piece, lines = [], 0
        piece.append(run)
        lines += len(run)
    if piece:
        yield _Piece(piece, redact, cued, known)


class KeptLines:
    """Pieces within bounds: the first ones for good, of the others the last."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        """Take what removes secrets from text."""
        self._redact = redact
        self._early: list[_Piece] = []
        self._late: deque[_Piece] = deque()
        self._room = ROOM
        self._used = 0

    def add(self, runs: Sequence[Run], cued: Mapping[int, str]) -> None:
        """Keep runs that were read together and follow those before; `cued`: their plain lines, if known."""
        for piece in _pieces(runs, self._redact, cued):
            if self._room > 0:
                self._early.append(piece)
                self._room -= piece.size
                continue
            self._late.append(piece)
            self._used += piece.size
            while self._used - self._late[0].size > ROOM:
                self._used -= self._late.popleft().size

    def lines(self, last: Sequence[Run] = (), cued: Mapping[int, str] | None = None) -> Mapping[int, str]:
        """Return all of them by number, and the last ones of the log."""
        return _Lines([*self._early, *self._late, *_pieces(last, self._redact, cued or {})])


class _Lines(Mapping[int, str]):
    """Runs in their order, as one mapping."""

    def __init__(self, pieces: Iterable[_Piece]) -> None:
        self._runs = [(run.first, run.last, piece) for piece in pieces for run in piece.runs]
        self._firsts = [first for first, _, _ in self._runs]
        self._near = 1, 0, _Piece((), str)

    def __getitem__(self, number: int) -> str:
        if number not in self:
            raise KeyError(number)
        return self._near[2][number]

    def __contains__(self, number: object) -> bool:
        """Tell whether a line was kept. Its neighbours are asked for next, so its run is remembered."""
        if not isinstance(number, int):
            return False
        first, last, _ = self._near
        if not first <= number <= last:
            at = bisect_right(self._firsts, number) - 1
            if at < 0 or number > self._runs[at][1]:
                return False
            self._near = self._runs[at]
        return True

    def __iter__(self) -> Iterator[int]:
        return chain.from_iterable(range(first, last + 1) for first, last, _ in self._runs)

    def __len__(self) -> int:
        return sum(last - first + 1 for first, last, _ in self._runs)
