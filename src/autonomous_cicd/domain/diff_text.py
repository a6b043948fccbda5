"""A diff that somebody wrote - an agent, in its answer - read as a patch of the files as they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from autonomous_cicd.domain.patch import FileChange, Patch
from autonomous_cicd.errors import Conflict
from autonomous_cicd.values import dataclass

__all__ = ["diff_in", "patch_from"]

LARGEST = 200_000
"""Characters of a diff that are read."""
_FENCE = re.compile(r"^(`{3,}|~{3,})[ \t]*(?:diff|patch)[ \t]*\n(.*?)^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_NAME = re.compile(r"(?:[ab]/)?([^\t\n]+)")


@dataclass(frozen=True, slots=True)
class _Hunk:
    at: int
    """Line of the old text that it says it begins at, from 0."""
    old: tuple[str, ...]
    new: tuple[str, ...]


def diff_in(text: str) -> str:
    """Return the diff in an answer: between marks, else from its first heading; "" without one."""
    fenced = _FENCE.findall(text[:LARGEST])
    if fenced:
        return "".join(body for _, body in fenced)
    start = re.search(r"^(?:diff --git |--- (?:a/|/dev/null))", text[:LARGEST], re.MULTILINE)
    return text[start.start() : LARGEST] if start else ""


def patch_from(diff: str, read: Callable[[str], str | None], executable: Callable[[str], bool]) -> Patch:
    """Return what a diff makes of the files that `read` knows.

    The numbers of lines in it need not be right, its context must be, in one place only. Raises Conflict.
    """
    changes: list[FileChange] = []
    for old, new, hunks in _files(diff):
        name = new if new is not None else old
        if name is None or (old is not None and new is not None and old != new):
            raise Conflict("the diff renames a file, or names none")
        before = read(name)
        if (old is None) != (before is None):
            raise Conflict(f"the diff and the project do not agree whether there is a file {name}")
        after = None if new is None else _applied(name, before or "", hunks)
        mode = before is not None and executable(name)
        changes.append(
            FileChange(
                name=name,
                before=before,
                after=after,
                was_executable=mode,
                executable=mode and after is not None,
            )
        )
    if len({one.name for one in changes}) < len(changes):
        raise Conflict("the diff names a file twice")
    return Patch.of(changes)


def _files(diff: str) -> Iterator[tuple[str | None, str | None, list[_Hunk]]]:
    """Yield the old name, the new name and the hunks of each file; None for one that is not there."""
    lines = diff.replace("\r\n", "\n").split("\n")
    at = 0
    while at < len(lines) - 1:
        if not (lines[at].startswith("--- ") and lines[at + 1].startswith("+++ ")):
            at += 1
            continue
        old, new = _named(lines[at][4:]), _named(lines[at + 1][4:])
        at += 2
        hunks: list[_Hunk] = []
        while at < len(lines) and (head := _HUNK.match(lines[at])):
            hunk, at = _hunk(head, lines, at + 1)
            hunks.append(hunk)
        yield old, new, hunks


def _named(text: str) -> str | None:
    name = _NAME.match(text.strip())
    return None if name is None or text.strip().startswith("/dev/null") else name[1].strip()


def _hunk(head: re.Match[str], lines: Sequence[str], at: int) -> tuple[_Hunk, int]:
    old: list[str] = []
    new: list[str] = []
    while at < len(lines) and not _ends_hunk(lines, at):
        line = lines[at]
        if not line.startswith((" ", "-", "+", "\\")) and not (line == "" and at + 1 < len(lines)):
            break
        if line[:1] in ("-", " ", "") and not line.startswith("\\"):
            old.append(line[1:])
        if line[:1] in ("+", " ", "") and not line.startswith("\\"):
            new.append(line[1:])
        at += 1
    while old and new and old[-1] == new[-1] == "" and len(old) > int(head[2] or 1):
        old.pop()  # empty lines after the hunk are none of it
        new.pop()
    return _Hunk(max(0, int(head[1]) - 1), tuple(old), tuple(new)), at


def _ends_hunk(lines: Sequence[str], at: int) -> bool:
    """Return whether something else begins here. Changed lines may look like the heading of a file."""
    starts = ("--- ", "+++ ", "@@ ")
    heading = [line.startswith(start) for line, start in zip(lines[at : at + 3], starts, strict=False)]
    return heading == [True] * 3 or lines[at].startswith(("@@ ", "diff --git "))


def _applied(name: str, text: str, hunks: Sequence[_Hunk]) -> str:
    """Return a text with all hunks done, its line ends kept. Raises Conflict."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(end)
    shift = 0
    for hunk in hunks:
        place = _place(name, lines, hunk, hunk.at + shift)
        lines[place : place + len(hunk.old)] = hunk.new
        shift += len(hunk.new) - len(hunk.old)
    result = end.join(lines)
    return result if result.endswith(end) or (text and not text.endswith(end)) else result + end


def _place(name: str, lines: Sequence[str], hunk: _Hunk, wanted: int) -> int:
    size = len(hunk.old)
    if not size:
        return min(wanted, len(lines))
    places = [at for at in range(len(lines) - size + 1) if tuple(lines[at : at + size]) == hunk.old]
    if wanted in places:
        return wanted
    if len(places) != 1:
        where = "nowhere" if not places else "in several places"
        raise Conflict(f"a part of the diff fits {where} in {name}")
    return places[0]
