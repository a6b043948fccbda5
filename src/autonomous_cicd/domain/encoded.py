"""Encoded: logs that a Windows console wrote in 16 bits for a character, and those that somebody copied.

What was put before every line of a copy, as a margin or a number, is no part of the log.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain

__all__ = ["as_utf8"]

SAMPLE = 4_000
"""Bytes at the beginning by which it is told how a log is encoded."""
FEWEST = 8
"""Lines that must begin alike to be those of a copy."""
_HALF = 0.9
"""Share of the second bytes that are empty in text of 16 bits, where no mark says so."""
_QUOTED = re.compile(rb"^> ?")
_NUMBERED = re.compile(rb"^[ \t]*(\d{1,9}) ?(?:[|:]|\xe2\x94\x82) ?")


def as_utf8(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a log that comes in pieces of any size as UTF-8, and without what a copy put before its lines."""
    coming = iter(pieces)
    first = b""
    for piece in coming:
        first += piece
        if len(first) >= SAMPLE:
            break
    if not first:
        return
    if name := _encoding(first):
        yield from _decoded(chain([first], coming), name)
        return
    first = first.removeprefix(codecs.BOM_UTF8)
    margin = _margin(first[:SAMPLE])
    yield from _without(margin, chain([first], coming)) if margin else chain([first], coming)


def _decoded(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(name)(errors="replace")
    for piece in pieces:
        if text := decoder.decode(piece):
            yield text.removeprefix("\ufeff").encode("utf-8", "replace")


def _encoding(first: bytes) -> str:
    """Return the name of an encoding of 16 bits; "" for any other."""
    if first.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if first.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    even, odd = first[:SAMPLE:2], first[1:SAMPLE:2]
    for name, empty, full in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if empty.count(0) > _HALF * len(empty) and not full.count(0):
            return name
    return ""


def _margin(sample: bytes) -> re.Pattern[bytes] | None:
    """Return what stands before every line; None where it is nothing, or where the lines are too few."""
    lines = sample.split(b"\n")[:-1]
    if len(lines) < FEWEST:
        return None
    if all(line.startswith(b"> ") or line.rstrip() == b">" for line in lines):
        return _QUOTED
    numbers = [int(found[1]) for line in lines if (found := _NUMBERED.match(line))]
    counted = len(numbers) == len(lines) and numbers == list(range(numbers[0], numbers[0] + len(lines)))
    return _NUMBERED if counted else None


def _without(margin: re.Pattern[bytes], pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest, inside = b"", False
    for piece in pieces:
        if inside:  # of a long line, whose beginning is through already: the rest is not gathered
            head, newline, left = piece.partition(b"\n")
            yield head + newline
            inside = not newline
        else:
            left = rest + piece
        *lines, rest = left.split(b"\n")
        yield b"".join(margin.sub(b"", line, 1) + b"\n" for line in lines)
        if len(rest) > SAMPLE:
            yield margin.sub(b"", rest, 1)
            rest, inside = b"", True
    if rest:
        yield margin.sub(b"", rest, 1)
