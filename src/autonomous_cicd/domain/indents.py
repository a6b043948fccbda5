"""Indents: how deep a line of Python stands that stands wrongly, as its neighbours and its past tell."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from difflib import SequenceMatcher

__all__ = ["indented", "misplaced"]

_SAID = re.compile(
    r"File \"(?P<file>[^\"\n]+\.pyi?)\", line (?P<line>\d+)[^\n]*\n(?:(?![^\n]*File \")[^\n]*\n){0,3}?"
    r"[^\n]*\b(?:IndentationError|TabError):"
    r"|\b(?:IndentationError|TabError): [^\n(]*\((?P<other>[^\s(),]+\.pyi?), line (?P<number>\d+)\)"
    r"|(?<![\w./-])(?P<linted>[\w./-]+\.pyi?):(?P<at>\d+):\d+:? E999 (?:IndentationError|TabError)"
)
LARGEST = 200_000


def misplaced(log: str, names: Collection[str]) -> tuple[str, int]:
    """Return the file of the project and the line (from 1) of which a log says that it stands wrongly."""
    for one in _SAID.finditer(log):
        path = (one["file"] or one["other"] or one["linted"]).replace("\\", "/").removeprefix("./")
        found = [name for name in names if path == name or path.endswith(f"/{name}")]
        if found:
            return max(found, key=len), int(one["line"] or one["number"] or one["at"])
    return "", 0


def indented(text: str, line: int, past: Iterable[str]) -> str:
    """Return a source with one line, or one block, as deep as it has to be; "" when that is not sure.

    What stood there before tells it where the lines around it did not move, else its neighbours do.
    """
    lines = text.split("\n")
    row = line - 1
    if not 0 <= row < len(lines) or len(text) > LARGEST:
        return ""
    before = next(iter(past), "")
    found = {new for new in _as_before(lines, before.split("\n"), row) if _compiles(new)} if before else set()
    if not found:
        found = {new for new in _as_beside(lines, row) if _compiles(new)}
    return found.pop() if len(found) == 1 else ""


def _as_before(lines: list[str], before: list[str], row: int) -> Iterator[str]:
    """Yield the text with the lines around one that moved alone as deep as they were."""
    old = _earlier_depths(lines, before)
    moved = [number for number, depth in old.items() if depth != _lead(lines[number])]
    for block in _blocks(lines, moved):
        around = [_beside(lines, block[0], -1), _beside(lines, block[-1], 1)]
        # What was moved with the lines around it was moved on purpose.
        still = all(one is None or old.get(one, "?") == _lead(lines[one]) for one in around)
        if still and block[0] - 2 <= row <= block[-1] + 2:
            yield _with(lines, {number: old[number] for number in block})


def _as_beside(lines: list[str], row: int) -> Iterator[str]:
    """Yield the text with one line as deep as the lines around it."""
    above, below = _beside(lines, row, -1), _beside(lines, row, 1)
    if above is None or not lines[row].strip():
        return
    depth, after = _lead(lines[above]), "" if below is None else _lead(lines[below])
    if re.search(r":\s*(?:#.*)?$", lines[above]):
        if after.startswith(depth) and after != depth:
            yield _with(lines, {row: after})
    elif depth == after or _lead(lines[row]).startswith(depth):
        yield _with(lines, {row: depth})


def _earlier_depths(lines: list[str], before: list[str]) -> dict[int, str]:
    """Return how deep the lines stood that were there before, by their numbers."""
    matcher = SequenceMatcher(
        None, [one.strip() for one in before], [one.strip() for one in lines], autojunk=False
    )
    return {
        block.b + number: _lead(before[block.a + number])
        for block in matcher.get_matching_blocks()
        for number in range(block.size)
        if lines[block.b + number].strip()
    }


def _blocks(lines: list[str], rows: list[int]) -> Iterator[list[int]]:
    """Yield rows that follow each other, but for empty ones."""
    block: list[int] = []
    for row in rows:
        if block and _beside(lines, row, -1) != block[-1]:
            yield block
            block = []
        block.append(row)
    if block:
        yield block


def _beside(lines: list[str], row: int, step: int) -> int | None:
    row += step
    while 0 <= row < len(lines):
        if lines[row].strip() and not lines[row].lstrip().startswith("#"):
            return row
        row += step
    return None


def _with(lines: list[str], depths: dict[int, str]) -> str:
    return "\n".join(
        depths[number] + one.lstrip() if number in depths else one for number, one in enumerate(lines)
    )


def _lead(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _compiles(text: str) -> bool:
    try:
        compile(text, "source", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
