"""Pins: versions that a change lowers although they were raised for security, and other sources."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from autonomous_cicd.domain.file_kinds import is_lock
from autonomous_cicd.domain.objection import Objection
from autonomous_cicd.domain.patch import FileChange

__all__ = ["speaks_of_security", "unsafe_pins"]

_SECURITY = re.compile(
    r"\b(?:cve-\d|ghsa-|pysec-|security|secure\b|vulnerab\w*|advisor(?:y|ies)|exploit\w*|malicious|xss|rce\b|redos)",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"(?P<name>@?[A-Za-z0-9][\w./-]*)(?:\[[^\]]*\])?[\"']?\s*[:=]?\s*[\"']?\s*"
    r"(?P<sign>===?|>=|~=|>|\^|~|@)\s*v?(?P<version>\d[\w.+!-]*)"
)
_LOCKED = re.compile(
    r"^\s*\"(?:node_modules/)?(?P<node>[^\"\n]+)\"\s*:\s*\{\s*\n\s*\"version\"\s*:\s*\"(?P<nv>[^\"]+)\""
    r"|^name = \"(?P<toml>[^\"]+)\"\s*\nversion = \"(?P<tv>[^\"]+)\"",
    re.MULTILINE,
)
_DIRECT = re.compile(
    r"(?:\s@\s*|[\"']|^|\s)(?:git\+|hg\+|svn\+|bzr\+|git://|github:|file:|https?://\S+\.(?:whl|tar\.gz|zip|tgz))"
)


def speaks_of_security(text: str) -> bool:
    """Whether a commit's subject or a comment says that it is about security."""
    return bool(_SECURITY.search(text))


def unsafe_pins(change: FileChange, secured: Collection[str] = ()) -> Iterator[Objection]:
    """Yield the versions that a change lowers although somebody raised them for security.

    That is said by a comment beside one, or by the commits that `secured` was taken from.
    """
    before, after = change.before or "", change.after or ""
    names = {_normal(name) for name in secured}
    old, new = _bounds(change.name, before), _bounds(change.name, after)
    for name, (version, safe) in old.items():
        if not (safe or name in names):
            continue
        if name not in new or new[name][0] < version:
            yield Objection(
                file=change.name,
                what=f"lowers the version of {name}, which was raised for security",
                consent=True,
            )
    if not is_lock(change.name):
        for number, text in enumerate(after.split("\n"), 1):
            if _DIRECT.search(text) and text not in before.split("\n"):
                told = "takes a package from somewhere else than the index"
                yield Objection(file=change.name, line=number, what=told, consent=True)
                return


def _bounds(name: str, text: str) -> Mapping[str, tuple[tuple[int, ...], bool]]:
    """Return for each package the lowest version that is let in, and whether a comment speaks of security."""
    found: dict[str, tuple[tuple[int, ...], bool]] = {}
    if is_lock(name):
        for match in _LOCKED.finditer(text):
            found.setdefault(
                _normal(match["node"] or match["toml"]), (_numbers(match["nv"] or match["tv"]), False)
            )
        return found
    warned = False
    for line in text.split("\n"):
        code, _, comment = line.partition("#")
        here = speaks_of_security(comment)
        if not code.strip():
            warned = here or (warned and bool(comment))
            continue
        for match in _BOUND.finditer(code):
            found.setdefault(_normal(match["name"]), (_numbers(match["version"]), here or warned))
        warned = False
    return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower() if not name.startswith("@") else name.lower()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:4])
