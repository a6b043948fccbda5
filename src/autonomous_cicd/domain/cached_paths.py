"""Cached paths: the files that a set-up action goes by for its cache, where a workflow names them wrongly."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

from autonomous_cicd.domain.file_kinds import is_lock, is_manifest
from autonomous_cicd.domain.slips import one_slip

__all__ = ["missing", "with_paths"]

_MISSING = re.compile(
    r"No file in [^\n\[]*matched to \[|Some specified paths were not resolved, unable to cache dependencies"
)
_NAMED = re.compile(
    r"(?m)^(?P<head>[ ]*(?:-[ ]+)?cache-dependency-path:[ ]*[\"']?)(?:\./)?"
    r"(?P<path>[\w@.-]+(?:/[\w@.-]+)*)(?=[\"']?[ ]*(?:#.*)?\r?$)"
)


def missing(told: str) -> bool:
    """Whether a log says that there is no file of those that a cache goes by."""
    return bool(_MISSING.search(told))


def with_paths(text: str, names: Collection[str], before: Iterable[str]) -> str:
    """Return a workflow that names files which are there; the same when it is not sure which are meant.

    `before` are earlier texts of it, the newest first.
    """
    known = [one["path"] for earlier in before for one in _NAMED.finditer(earlier) if one["path"] in names]

    def there(match: re.Match[str]) -> str:
        """Return one line with the only file that it can mean."""
        path = match["path"]
        found = _meant(path, names)
        if len(found) != 1:
            found = {one for one in known if one in found or not found}
        return f"{match['head']}{found.pop()}" if len(found) == 1 else match[0]

    return _NAMED.sub(lambda one: one[0] if one["path"] in names else there(one), text)


def _meant(path: str, names: Collection[str]) -> set[str]:
    """Return the lists of dependencies that a path means: of the same name elsewhere, or misspelt."""
    lists = [name for name in names if is_lock(name) or is_manifest(name)]
    base = PurePosixPath(path).name
    same = {name for name in lists if PurePosixPath(name).name == base}
    return same or {name for name in lists if one_slip(path, name)}
