"""FileChange, Patch: a change of a project's files, as values."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from autonomous_cicd.errors import Conflict
from autonomous_cicd.values import dataclass

__all__ = ["NOTHING", "FileChange", "Patch", "changed_file"]

_ODD = re.compile(r'["\\\x00-\x1f\x7f]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_NO_END = "\\ No newline at end of file\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """What becomes of one file. Text is kept as it stands, line ends included."""

    name: str
    """Relative to the project's folder, with forward slashes."""
    before: str | None = None
    """None: there is no such file yet."""
    after: str | None = None
    """None: it is removed."""
    was_executable: bool = False
    executable: bool = False

    @property
    def lines(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The lines that are removed, and the lines that are added."""
        old, new = _lines(self.before), _lines(self.after)
        removed: list[str] = []
        added: list[str] = []
        for tag, first, last, start, end in _matched(old, new):
            if tag != "equal":
                removed += old[first:last]
                added += new[start:end]
        return tuple(removed), tuple(added)

    def diff(self) -> str:
        """Return the change in git's form."""
        source, target = _quoted(f"a/{self.name}"), _quoted(f"b/{self.name}")
        head = [f"diff --git {source} {target}\n"]
        mode = "100755" if self.executable else "100644"
        if self.before is None:
            head.append(f"new file mode {mode}\n")
        elif self.after is None:
            head.append(f"deleted file mode {'100755' if self.was_executable else '100644'}\n")
        elif self.was_executable != self.executable:
            head += [f"old mode {'100755' if self.was_executable else '100644'}\n", f"new mode {mode}\n"]
        old = "/dev/null" if self.before is None else source
        new = "/dev/null" if self.after is None else target
        body = difflib.unified_diff(_lines(self.before), _lines(self.after), old, new)
        return "".join([*head, *(line if line.endswith("\n") else f"{line}\n{_NO_END}" for line in body)])


@dataclass(frozen=True, slots=True)
class Patch:
    """Changes of files, each file once, sorted by name."""

    changes: tuple[FileChange, ...] = ()

    @classmethod
    def of(cls, changes: Iterable[FileChange]) -> Patch:
        """Return the patch of those changes that change something."""
        real = [one for one in changes if one.before != one.after or one.was_executable != one.executable]
        return cls(tuple(sorted(real, key=lambda one: one.name)))

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the files that it changes."""
        return tuple(one.name for one in self.changes)

    @property
    def size(self) -> int:
        """Lines that it removes and adds."""
        return sum(len(part) for one in self.changes for part in one.lines)

    @property
    def id(self) -> str:
        """SHA-256 of everything that it does: approvals are bound to it."""
        return hashlib.sha256(self.diff().encode("utf-8", "surrogateescape")).hexdigest()

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        return bool(self.changes)

    def __iter__(self) -> Iterator[FileChange]:
        """Yield the changes."""
        return iter(self.changes)

    def diff(self) -> str:
        """Return it in git's form."""
        return "".join(one.diff() for one in self.changes)

    def then(self, later: Patch) -> Patch:
        """Return this patch followed by one that was made on top of it. Raises Conflict."""
        found: dict[str, FileChange] = {one.name: one for one in self.changes}
        for one in later.changes:
            first = found.get(one.name)
            if first and (first.after, first.executable) != (one.before, one.was_executable):
                raise Conflict(f"two changes of {one.name} do not fit together")
            found[one.name] = (
                replace(one, before=first.before, was_executable=first.was_executable) if first else one
            )
        return Patch.of(found.values())

    def applied(self, texts: Mapping[str, str]) -> dict[str, str | None]:
        """Return the new texts of the files that it changes; None for one that is removed.

        Raises Conflict when a file of `texts` is not what the patch was made for.
        """
        for one in self.changes:
            if texts.get(one.name) != one.before:
                raise Conflict(f"{one.name} is not what the change was made for")
        return {one.name: one.after for one in self.changes}


NOTHING = Patch()
"""Changes nothing."""


def changed_file(name: str, before: str | None, after: str | None, *, executable: bool = False) -> FileChange:
    """Return the change of a file's text alone."""
    return FileChange(
        name=name,
        before=before,
        after=after,
        was_executable=executable and before is not None,
        executable=executable and after is not None,
    )


def _quoted(name: str) -> str:
    """Return a name as git writes it in a diff."""
    if not _ODD.search(name):
        return name
    return '"' + _ODD.sub(lambda odd: _ESCAPES.get(odd[0]) or rf"\{ord(odd[0]):03o}", name) + '"'


def _lines(text: str | None) -> list[str]:
    """Return the lines with their ends; only a line feed ends one, so that a carriage return is kept."""
    if not text:
        return []
    parts = text.split("\n")
    ended = [f"{part}\n" for part in parts[:-1]]
    return ended if parts[-1] == "" else [*ended, parts[-1]]


def _matched(old: list[str], new: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
