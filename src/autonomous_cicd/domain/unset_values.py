"""Unset values: what a job asks its matrix or an earlier step for, and what nobody there has."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from autonomous_cicd.domain.slips import one_slip
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.domain.yaml_lines import Path, Sheet, indent_of, value_at

__all__ = ["named", "renamed"]

_NO_KEYS = ("include", "exclude")
_EXPRESSION = re.compile(r"\$\{\{.{0,1000}?\}\}|^\s*(?:-\s+)?if:.*")
_PART = re.compile(r"[A-Za-z]+|\d+")


def named(sheet: Sheet, job: str, before: Sheet | None = None) -> str:
    """Return the text in which a job asks for what its matrix and its steps have.

    "" when it does so already, or when what is meant cannot be told. `before`: the file as it was once.
    """
    now, rows = _Job(sheet, job), _rows(sheet, ("jobs", job))
    then = _Job(before, job) if before else None
    lines, changed = [sheet.lines[row] for row in rows], False
    for context in ("matrix", "steps"):
        known, asked = now.known(context), now.asked(context)
        for name in asked if known else ():
            if name in known:
                continue
            old = _before(name, known, asked, then.known(context), then.asked(context)) if then else ""
            meant = old or renamed(name, known, asked)
            if not meant:
                return ""
            lines = [_with(line, context, name, meant) for line in lines]
            changed = True
    if not changed:
        return ""
    sheet.lines[rows.start : rows.stop] = lines
    return sheet.joined()


def renamed(name: str, known: Collection[str], asked: Collection[str]) -> str:
    """Return which of the known names is meant by an unknown one; "" when that is not sure.

    `asked` are all names that are asked for: what nobody asks for is missed where it is called otherwise.
    """
    unused = [one for one in known if one not in asked]
    if len(unused) == 1 and (_share(name, unused[0]) or one_slip(name, unused[0])):
        return unused[0]
    near = [one for one in known if len(one) > 3 and one_slip(name, one)]
    return near[0] if len(near) == 1 else ""


def _before(
    name: str, known: Collection[str], asked: Collection[str], old: Collection[str], then: Collection[str]
) -> str:
    """Return what an unknown name was before: the known one that took its place, or whose place it took."""
    come = [one for one in known if one not in old and one not in asked] if name in old else []
    left = [one for one in then if one in known and one not in asked] if name not in then else []
    found = {*come, *left}
    return found.pop() if len(found) == 1 else ""


class _Job:
    """What a job has, and what it asks for."""

    def __init__(self, sheet: Sheet, job: str) -> None:
        body = value_at(sheet.value, ("jobs", job))
        self._body = body if isinstance(body, dict) else {}
        self._lines = [sheet.lines[row] for row in _rows(sheet, ("jobs", job))] if self._body else []

    def known(self, context: str) -> frozenset[str]:
        """Return the names that there are."""
        return _keys(self._body) if context == "matrix" else _ids(self._body)

    def asked(self, context: str) -> tuple[str, ...]:
        """Return the names that are asked for."""
        return tuple(dict.fromkeys(name for line in self._lines for name in _asked(line, context)))


def _keys(job: dict[str, Json]) -> frozenset[str]:
    """Return the keys of a job's matrix; none when only an expression tells them."""
    matrix = value_at(job, ("strategy", "matrix"))
    if not isinstance(matrix, dict) or any(isinstance(matrix.get(one), str) for one in _NO_KEYS):
        return frozenset()
    more = matrix.get("include")
    rows = [one for one in more if isinstance(one, dict)] if isinstance(more, list) else []
    return frozenset({*matrix, *(key for row in rows for key in row)} - set(_NO_KEYS))


def _ids(job: dict[str, Json]) -> frozenset[str]:
    steps = job.get("steps")
    rows = [one for one in steps if isinstance(one, dict)] if isinstance(steps, list) else []
    return frozenset(str(one["id"]) for one in rows if "id" in one)


def _rows(sheet: Sheet, path: Path) -> range:
    """Return the lines of a job."""
    first = sheet.row(path)
    own = indent_of(sheet.lines[first])
    last = first
    for row in range(first + 1, len(sheet.lines)):
        line = sheet.lines[row]
        if line.strip() and not line.lstrip().startswith("#"):
            if indent_of(line) <= own:
                break
            last = row
    return range(first, last + 1)


def _reference(context: str, name: str = r"[A-Za-z_][\w-]*") -> re.Pattern[str]:
    end = r"(?=\.(?:outputs|outcome|conclusion)\b)" if context == "steps" else r"(?![\w.-])"
    return re.compile(rf"(?<![\w.-]){context}\.({name}){end}")


def _asked(line: str, context: str) -> Iterable[str]:
    """Return the names that a line asks a context for: only in expressions."""
    return (name for text in _EXPRESSION.findall(line) for name in _reference(context).findall(text))


def _with(line: str, context: str, old: str, new: str) -> str:
    return _EXPRESSION.sub(
        lambda match: _reference(context, re.escape(old)).sub(f"{context}.{new}", match[0]), line
    )


def _share(one: str, other: str) -> bool:
    """Whether a part of one name is one of the other's, or the beginning of it: `py` and `python-version`."""
    mine, theirs = (_PART.findall(text.lower()) for text in (one, other))
    return any(a.startswith(b) or b.startswith(a) for a in mine for b in theirs if min(len(a), len(b)) > 1)
