"""Hunks: the independent parts of a change, and what undoing some of them makes of today's files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

from autonomous_cicd.domain.patch import FileChange, Patch
from autonomous_cicd.errors import Conflict
from autonomous_cicd.values import dataclass

__all__ = ["Hunk", "Part", "hunks", "lines_of", "undo"]


FINEST = 16
"""Lines of a difference above which it is one part."""
LONGEST = 200
"""Characters of a line that are compared with others."""
ALIKE = 0.6
"""How alike a line and what it became are."""


class Part(StrEnum):
    """What a hunk is of a file's change."""

    LINES = "lines"
    MODE = "mode"
    """It became executable, or stopped being so."""
    WHOLE = "whole"
    """The file was added or removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """One part of a change that can be undone by itself."""

    change: FileChange
    """What it is a part of."""
    part: Part
    at: int = 0
    """Where its lines begin in the text before, from 0."""
    end: int = 0
    """Where they end there; the same when it only adds some."""
    start: int = 0
    """Where its lines begin in the text after, from 0."""
    stop: int = 0
    """Where they end there; the same when it only removes some."""

    @property
    def file(self) -> str:
        """The file's name."""
        return self.change.name

    @property
    def removed(self) -> tuple[str, ...]:
        """The lines that it removes."""
        if self.part is Part.WHOLE:
            return lines_of(self.change.before)
        return lines_of(self.change.before)[self.at : self.end]

    @property
    def added(self) -> tuple[str, ...]:
        """The lines that it adds."""
        if self.part is Part.WHOLE:
            return lines_of(self.change.after)
        return lines_of(self.change.after)[self.start : self.stop]


@lru_cache(maxsize=128)
def lines_of(text: str | None) -> tuple[str, ...]:
    """Return the lines of a text with their ends; only a line feed ends one."""
    parts = text.split("\n") if text else [""]
    whole = tuple(f"{part}\n" for part in parts[:-1])
    return whole if parts[-1] == "" else (*whole, parts[-1])


def hunks(patch: Patch) -> tuple[Hunk, ...]:
    """Return the parts of a patch, in the order of files and lines."""
    return tuple(hunk for change in patch for hunk in _parts(change))


def undo(
    chosen: Collection[Hunk], texts: Mapping[str, str], executable: Collection[str] = frozenset()
) -> Patch:
    """Return what undoing these hunks of one older change makes of the files as they are now.

    `texts` are those of the files that are there, `executable` the names of those that may be executed.
    What was changed since stays. Raises Conflict when a hunk has no one place any more.
    """
    found: dict[str, list[Hunk]] = {}
    for hunk in chosen:
        found.setdefault(hunk.file, []).append(hunk)
    return Patch.of(_undone(of_file, texts.get(name), name in executable) for name, of_file in found.items())


def _parts(change: FileChange) -> Iterator[Hunk]:
    if change.before is None or change.after is None:
        yield Hunk(change=change, part=Part.WHOLE)
        return
    if change.was_executable != change.executable:
        yield Hunk(change=change, part=Part.MODE)
    old, new = lines_of(change.before), lines_of(change.after)
    for rough in _differences(old, new):
        for at, end, start, stop in _finer(old, new, *rough):
            yield Hunk(change=change, part=Part.LINES, at=at, end=end, start=start, stop=stop)


def _finer(
    old: tuple[str, ...], new: tuple[str, ...], at: int, end: int, start: int, stop: int
) -> Iterator[tuple[int, int, int, int]]:
    """Yield the parts of a difference: lines that became others are told from those added beside them."""
    pairs: list[tuple[int, int]] = []
    if end - at != stop - start and max(end - at, stop - start) <= FINEST:
        pairs = [(at + one, start + other) for one, other in _became(old[at:end], new[start:stop])]
    if any(old[one].split() == new[other].split() for one, other in pairs):
        pairs = []  # lines that were moved in or out belong to those around which they were
    rest = (at, start)
    for one, other in pairs:
        if rest != (one, other):
            yield rest[0], one, rest[1], other
        yield one, one + 1, other, other + 1
        rest = (one + 1, other + 1)
    if rest != (end, stop):
        yield rest[0], end, rest[1], stop


def _became(old: tuple[str, ...], new: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return which lines became which others, in order: those that are the most alike altogether."""
    best: list[list[tuple[float, list[tuple[int, int]]]]] = [[(0.0, [])] * (len(new) + 1)]
    for one, line in enumerate(old):
        row: list[tuple[float, list[tuple[int, int]]]] = [(0.0, [])]
        for other, now in enumerate(new):
            score, pairs = best[one][other]
            found = [best[one][other + 1], row[other]]
            if alike := _alike(line.strip()[:LONGEST], now.strip()[:LONGEST]):
                found.append((score + alike, [*pairs, (one, other)]))
            row.append(max(found, key=lambda each: each[0]))
        best.append(row)
    return best[-1][-1][1]


def _alike(one: str, other: str) -> float:
    """Return how alike two lines are; 0.0 when it is not enough."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if not one or not other or matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0
    found = matcher.ratio()
    return found if found >= ALIKE else 0.0


def _undone(of_file: list[Hunk], now: str | None, executable: bool) -> FileChange:
    """Return the change of one file that undoes these parts of an older one."""
    change = of_file[0].change
    if of_file[0].part is Part.WHOLE:
        if now != change.after:
            raise Conflict(f"{change.name} was changed since")
        mode = change.was_executable and change.before is not None
        return FileChange(
            name=change.name,
            before=now,
            after=change.before,
            was_executable=executable and now is not None,
            executable=mode,
        )
    if now is None:
        raise Conflict(f"{change.name} is not there any more")
    mode, text = executable, list(lines_of(now))
    places = _Places(lines_of(change.after), tuple(text))
    edits: list[tuple[int, int, tuple[str, ...]]] = []
    for hunk in of_file:
        if hunk.part is Part.MODE:
            if executable != change.executable:
                raise Conflict(f"the mode of {change.name} was changed since")
            mode = change.was_executable
            continue
        start, stop = places.of(hunk)
        edits.append((start, stop, hunk.removed))
    for start, stop, lines in sorted(edits, reverse=True):
        text[start:stop] = lines
    return FileChange(
        name=change.name, before=now, after="".join(text), was_executable=executable, executable=mode
    )


class _Places:
    """Where the lines of an older text stand in today's."""

    def __init__(self, then: tuple[str, ...], now: tuple[str, ...]) -> None:
        self._then, self._now = then, now
        self._at: dict[int, int] = {-1: -1, len(then): len(now)}
        """Lines that are still there, and the two ends of the file."""
        last = (0, 0)
        for at, end, start, stop in (*_differences(then, now), (len(then), len(then), len(now), len(now))):
            self._at.update(zip(range(last[0], at), range(last[1], start), strict=True))
            last = (end, stop)

    def of(self, hunk: Hunk) -> tuple[int, int]:
        """Return where a hunk's lines begin and end now: all of them, with a neighbour still beside them."""
        before, after = self._at.get(hunk.start - 1), self._at.get(hunk.stop)
        inside = [self._at.get(number) for number in range(hunk.start, hunk.stop)]
        first = inside[0] if inside else None if before is None else before + 1
        if first is None or inside != list(range(first, first + len(inside))):
            raise Conflict(f"the change of {hunk.file} was changed since")
        beside = [before == first - 1, after == first + len(inside)]
        if not (any(beside) if inside else all(beside)):
            raise Conflict(f"what is around the change of {hunk.file} was changed since")
        return first, first + len(inside)


def _differences(old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[tuple[int, int, int, int]]:
    """Yield where two texts differ: begin and end in the one, begin and end in the other."""
    head = _shared(old, new)
    tail = min(_shared(old[::-1], new[::-1]), len(old) - head, len(new) - head)
    matcher = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False)
    for tag, at, end, start, stop in matcher.get_opcodes():
        if tag != "equal":
            yield at + head, end + head, start + head, stop + head


def _shared(old: Iterable[str], new: Iterable[str]) -> int:
    count = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        count += 1
    return count
