"""Changes of a YAML file line by line, that leave everything else as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import field

from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.values import dataclass

__all__ = ["Path", "Sheet", "differences", "indent_of", "value_at"]

Path = tuple[str | int, ...]
_BLOCK = re.compile(r"[|>][-+0-9]*\s*(?:#.*)?$")


@dataclass(slots=True)
class Sheet:
    """The lines of a YAML file with what it says and where. Lines are kept without their ends."""

    text: str
    value: Json
    place: Callable[..., int]
    """Tells the line of a path, from 1."""
    lines: list[str] = field(init=False)
    end: str = field(init=False)

    def __post_init__(self) -> None:
        """Cut the text into lines."""
        self.end = "\r\n" if "\r\n" in self.text else "\n"
        self.lines = self.text.split(self.end)

    def row(self, path: Path) -> int:
        """Return the number of the line of a path, from 0."""
        return min(max(self.place(*path) - 1, 0), len(self.lines) - 1)

    def block(self, row: int) -> range:
        """Return the lines that belong to the key in a line: those below that are indented more."""
        own = key_column(self.lines[row])
        last = row
        for number in range(row + 1, len(self.lines)):
            line = self.lines[number]
            if line.strip():
                if indent_of(line) <= own and not (indent_of(line) == own and line.lstrip().startswith("- ")):
                    break
                last = number
        return range(row + 1, last + 1)

    def scalar(self, row: int, key: str) -> range | None:
        """Return the lines of the script that a key has, its own line first; None when that is not sure."""
        found = re.match(
            rf"\s*(?:-\s+)?[\"']?{re.escape(key)}[\"']?\s*:(?:\s+(?P<rest>.*))?$", self.lines[row]
        )
        if not found:
            return None
        rest = (found["rest"] or "").strip()
        if _BLOCK.match(rest):
            return self.block(row)
        return range(row, row + 1) if rest and not self.block(row) else None

    def replace(self, row: int, old: str, new: str) -> bool:
        """Replace a whole word in a line, once; whether it stood there."""
        pattern = rf"(?<![\w.@/-]){re.escape(old)}(?![\w.-])"
        self.lines[row], count = re.subn(pattern, lambda _: new, self.lines[row], count=1)
        return bool(count)

    def joined(self) -> str:
        """Return the text."""
        return self.end.join(self.lines)


def indent_of(line: str) -> int:
    """Return how many blanks a line begins with."""
    return len(line) - len(line.lstrip(" "))


def key_column(line: str) -> int:
    """Return the column in which the key of a line begins, behind the dashes of list items."""
    found = re.match(r" *(?:-\s+)*", line)
    return found.end() if found else 0


def value_at(value: Json, path: Path) -> Json:
    """Return what stands at a path; None when there is nothing."""
    for part in path:
        if isinstance(value, dict) and isinstance(part, str):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def differences(one: Json, other: Json, path: Path = ()) -> Iterator[Path]:
    """Yield the paths at which two documents differ, the deepest that tell it all."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys([*one, *other]):
            if key not in one or key not in other:
                yield (*path, key)
            else:
                yield from differences(one[key], other[key], (*path, key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differences(left, right, (*path, number))
    elif type(one) is not type(other) or one != other:
        yield path
