"""configuration_fix: an entry of package.json that says how its code is loaded, put back as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from posixpath import dirname, join, normpath

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.change import Commit
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.earlier import restored
from autonomous_cicd.domain.json_surgery import put, remove
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.errors import PortError
from autonomous_cicd.plugins import remedy

__all__ = ["NodeEntry"]

COMMITS = 20
KIND = re.compile(
    r"\b(?:require|module|exports|__dirname|__filename) is not defined in ES module scope"
    r"|Cannot use import statement outside a module|Unexpected token 'export'"
)
"""Code is loaded as the other kind of module."""
PLACE = re.compile(
    r"Cannot find (?:module|package) '|valid \"main\" entry|ERR_PACKAGE_PATH_NOT_EXPORTED"
    r"|No \"exports\" main defined|is not defined by \"exports\"|Failed to resolve entry for package"
)
"""What is to be loaded is not where it is said to be."""
PLACES = ("main", "module", "exports", "bin", "types", "typings", "browser")
MEANT = re.compile(r"\bES ?M\b|\bES ?modules?\b|\bCommonJS\b|\bmodules?\b", re.IGNORECASE)


@remedy
class NodeEntry:
    """Puts an entry of package.json back by which code is not found, or loaded as another kind."""

    name = "node_entry"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits, by what the failure's lines say."""
        told = _said(failure)
        return 0.7 if KIND.search(told) else 0.6 if PLACE.search(told) else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the entry as it was before the commit that changed it."""
        return tuple(_put_back(case))[:1]


def _said(failure: Failure) -> str:
    return "\n".join((failure.message, *(quote.text for quote in failure.evidence)))


def _put_back(case: Case) -> Iterator[Edit]:
    """Yield the change of each manifest whose entries explain the failure."""
    told, past = f"{_said(case.failure)}\n{case.log}", case.bench.past
    for commit in past.commits(COMMITS):
        for file in commit.files:
            if file.rpartition("/")[2] == "package.json" and file in case.files.names:
                try:
                    changes = [one for one in past.patch_of(commit.id) if one.name == file and one.before]
                except PortError:
                    return
                for change in changes:
                    yield from _entries(case, file, change.before or "", commit, told)


def _entries(case: Case, file: str, older: str, commit: Commit, told: str) -> Iterator[Edit]:
    text = case.files.read(file)
    now, before = _object(text), _object(older)
    if now is None or before is None:
        return
    guilty = {
        key for key in PLACES if now.get(key) != before.get(key) and _astray(case, file, key, now, before)
    }
    if now.get("type") != before.get("type") and KIND.search(told) and not MEANT.search(commit.subject):
        guilty.add("type")
    if not guilty:
        return
    if new := _restored(text, older, before, sorted(guilty)):
        what = (
            f'{", ".join(sorted(guilty))} of {file} as it was before {commit.id[:7]} "{commit.subject[:60]}"'
        )
        yield Edit(patch=Patch.of([case.edit(file, new)]), reason=f"has {what}")


def _restored(text: str, older: str, before: dict[str, object], keys: Sequence[str]) -> str | None:
    """Return a manifest with these entries as they were, and nothing else of it."""
    for key in keys:
        old = before.get(key)
        if old is None:
            new = remove(text, (key,))
        elif isinstance(old, str):
            new = put(text, (key,), old)
        else:
            expected = {**(_object(text) or {}), key: old}
            new = restored(text, older, lambda candidate, wanted=expected: _object(candidate) == wanted)  # type: ignore[misc]
        if not new:
            return None
        text = new
    return text


def _object(text: str) -> dict[str, object] | None:
    try:
        value = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _astray(case: Case, file: str, key: str, now: dict[str, object], before: dict[str, object]) -> bool:
    """Whether an entry names a file that is not there, and named one before that is."""
    names, folder = frozenset(case.files.names), dirname(file)
    new, old = (list(_targets(one.get(key))) for one in (now, before))
    there = [normpath(join(folder, one)) in names for one in old]
    return bool(there) and all(there) and any(normpath(join(folder, one)) not in names for one in new)


def _targets(value: object) -> Iterator[str]:
    """Yield the files that an entry names."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _targets(one)
