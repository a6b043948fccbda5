"""Extras and groups of requirements that a command asks for and that the project has under another name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from posixpath import basename

from autonomous_cicd.domain.python_manifest import shelves
from autonomous_cicd.domain.requirement import normal
from autonomous_cicd.values import dataclass

__all__ = ["Absent", "Kind", "absent", "instead", "known", "renamed"]


class Kind(StrEnum):
    """What has the name."""

    EXTRA = "extra"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Absent:
    """An extra or group that is asked for and that the project does not have."""

    kind: Kind
    name: str


_EXTRA = re.compile(
    r"WARNING: (?P<owner>[\w.-]+) \S+ does not provide the extra '(?P<one>[\w.-]+)'"
    r"|package `(?P<owner2>[\w.-]+)[^`\n]*` does not have an extra named `(?P<two>[\w.-]+)`"
    r"|Extra `(?P<three>[\w.-]+)` is not defined in the (?:project's )?`optional-dependencies`"
    r"|Extra \[(?P<four>[\w.-]+)\] is not specified"
)
_GROUP = re.compile(
    r"Group `(?P<one>[\w.-]+)` is not defined in the project's `dependency-groups`"
    r"|Dependency group '(?P<two>[\w.-]+)' not found|Group\(s\) not found: (?P<three>[\w.-]+)"
)
_TABLES = {
    Kind.EXTRA: (
        "optional-dependencies",
        "options.extras_require",
        "extras_require",
        "extras",
        "requires-extra",
    ),
    Kind.GROUP: ("dependency-groups", "group", "dev-dependencies"),
}
_DICT = re.compile(r"\bextras_require\s*=\s*\{([^{}]*)\}")
_KEY = re.compile(r"(?:^|[,{\n])\s*[\"']([\w.-]+)[\"']\s*:")
_SAME = (
    frozenset(("test", "tests", "testing")),
    frozenset(("dev", "develop", "development", "devel")),
    frozenset(("doc", "docs", "documentation")),
    frozenset(("lint", "linting", "linters", "style")),
    frozenset(("type", "types", "typing", "mypy")),
)
"""Names of one meaning."""
_ALIKE = 0.8


def absent(log: str, called: Collection[str]) -> tuple[Absent, ...]:
    """Return the extras and groups of the project itself that a log misses. `called`: its names."""
    found: dict[Absent, None] = {}
    for one in _EXTRA.finditer(log):
        owner = one["owner"] or one["owner2"]
        name = one["one"] or one["two"] or one["three"] or one["four"]
        if name and (not owner or normal(owner) in called):
            found[Absent(Kind.EXTRA, name)] = None
    for one in _GROUP.finditer(log):
        found[Absent(Kind.GROUP, one["one"] or one["two"] or one["three"])] = None
    return tuple(found)


def known(kind: Kind, texts: Mapping[str, str]) -> frozenset[str]:
    """Return the extras or groups that manifests have."""
    found = set()
    for file, text in texts.items():
        for shelf in shelves(file, text):
            place = next((n for n, key in enumerate(shelf.path) if key in _TABLES[kind]), None)
            if place is not None and len(shelf.path) > place + 1:
                found.add(shelf.path[place + 1])
        if kind is Kind.EXTRA and basename(file) == "setup.py":
            # Also those whose lists are put together there.
            found.update(one for table in _DICT.findall(text) for one in _KEY.findall(table))
    return frozenset(found)


def instead(name: str, names: Iterable[str]) -> str:
    """Return the one name that is meant by another; "" when there is none, or several may be."""
    there = sorted(names)
    same = next((group for group in _SAME if name.lower() in group), frozenset[str]())
    for fits in (
        [one for one in there if normal(one) == normal(name)],
        [one for one in there if one.lower() in same],
        difflib.get_close_matches(name, there, n=3, cutoff=_ALIKE),
    ):
        if fits:
            return fits[0] if len(fits) == 1 else ""
    return ""


def renamed(text: str, what: Absent, new: str) -> str:
    """Return a file of commands, or of tox, that asks for another name; as it is where it does not ask."""
    old = re.escape(what.name)
    if what.kind is Kind.EXTRA:
        # In brackets behind a place, not behind a distribution; and as an option, or a setting of tox.
        text = re.sub(
            rf"((?:(?<=[\s'\"=/])|^)(?:\.|\.\.|\.?/?[\w./-]+/|\{{toxinidir\}})\[(?:[\w.-]+,[ ]?)*)"
            rf"{old}(?=[\],])",
            rf"\g<1>{new}",
            text,
        )
        text = re.sub(rf"((?:--extra|--extras|-E)[ =]['\"]?){old}(?![\w.-])", rf"\g<1>{new}", text)
        return _setting(text, "extras", old, new)
    text = re.sub(rf"((?:--group|--with|--only-group|--only)[ =]['\"]?){old}(?![\w.-])", rf"\g<1>{new}", text)
    return _setting(text, "dependency_groups", old, new)


def _setting(text: str, key: str, old: str, new: str) -> str:
    """Change a word in the value of a setting of tox.ini, which may go over several lines."""
    value = re.compile(rf"(?m)^{key}[ \t]*=[^\n]*(?:\n[ \t]+\S[^\n]*)*")
    return value.sub(lambda one: re.sub(rf"(?<![\w.-]){old}(?![\w.-])", new, one[0]), text)
