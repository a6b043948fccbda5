"""Imports taken away: which of those that a linter calls unused may be there for what they do.

A module of the project may be imported to be executed: it registers something. One that holds nothing but
imports offers them to others. No linter knows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from autonomous_cicd.domain.patch import FileChange, Patch

__all__ = ["effective"]

_PLAIN = re.compile(r"import\s+([A-Za-z_][\w.]*)\s*(?:#.*)?")
_HOMES = ("", "src/", "lib/")
_EMPTY = re.compile(r"\s*(?:\"\"\".*?\"\"\"|'''.*?''')?\s*(?:#[^\n]*\s*)*", re.DOTALL)


def effective(patch: Patch, names: Collection[str], past: Iterable[Patch]) -> str:
    """Return an import that a patch takes away, and that a commit brought for its own sake; "" if none.

    `past` are the newest commits, `names` the files of the project.
    """
    brought = {(one.name, line.strip()) for commit in past for one in commit for line in one.lines[1]}
    for change in patch:
        if not change.name.endswith(".py"):
            continue
        removed, added = change.lines
        gone = [line.strip() for line in removed if line not in added]
        for line in gone:
            plain = _PLAIN.fullmatch(line)
            if plain and (change.name, line) in brought and _own(plain[1], names):
                return line
        if _offers(change) and any((change.name, line) in brought for line in gone):
            return gone[0]
    return ""


def _own(module: str, names: Collection[str]) -> bool:
    path = module.replace(".", "/")
    return any(f"{home}{path}{end}" in names for home in _HOMES for end in (".py", "/__init__.py"))


def _offers(change: FileChange) -> bool:
    """Whether a file held nothing but imports."""
    return bool(change.before) and bool(_EMPTY.fullmatch(change.after or ""))
