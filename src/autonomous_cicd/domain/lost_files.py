"""Files that a log misses, and what became of them in the history."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Iterator

from autonomous_cicd.domain.change import Commit
from autonomous_cicd.domain.patch import FileChange, Patch
from autonomous_cicd.values import dataclass

__all__ = ["Lost", "lost_files", "missed_paths", "moved_folder"]

_MISSED = (
    re.compile(r"No such file or directory:? ['\"`]?(?P<path>[\w@.+/-]+)"),
    re.compile(r"(?P<path>[\w@.+/-]+): No such file or directory"),
    re.compile(r"can't open file ['\"](?P<path>[^'\"]+)['\"]"),
    re.compile(
        r"(?:[Cc]annot|[Cc]an't|[Cc]ould not|[Ff]ailed to) (?:find|open|stat|access|resolve)"
        r"(?: module| file| import)? ['\"`]?(?P<path>[\w@.+/-]+)"
    ),
    re.compile(r"No rule to make target [`'\"](?P<path>[\w.+/-]+)"),
    re.compile(r"ENOENT[^\n]*?['\"](?P<path>[^'\"]+)['\"]"),
    re.compile(r"Can't find 'action\.yml'[^\n]* under '(?P<path>[^'\n]+)'"),
    re.compile(r"working directory (?P<path>[\w@.+/-]+) does not exist"),
    re.compile(
        r"No test files found: ['\"](?P<path>[^'\"]+)['\"]|file or directory not found: (?P<other>[\w@.+/-]+)"
    ),
    re.compile(r"Could not find ['\"](?P<path>[^'\"]+)['\"]"),
    re.compile(r"TemplateNotFound: (?P<path>[\w.+/-]+)"),
    re.compile(
        r"(?:file|path|script|config) ['\"`]?(?P<path>[\w.+/-]+\.\w+)['\"`]? (?:does not|doesn't) exist"
    ),
    re.compile(
        r"['\"`]?(?P<path>[\w.+/-]+\.\w+)['\"`]?:? (?:does not|doesn't) exist|(?P<other>[\w.+/-]+): not found"
    ),
)
_MODULE = re.compile(r"No module named ['\"](?P<name>[\w.]+)['\"]")
_NAME = re.compile(
    r"cannot import name ['\"](?P<name>\w+)['\"] from (?:partially initialized module )?['\"](?P<of>[\w.]+)"
)
_PRIVATE = re.compile(
    r"(?:^|/)(?:\.env[\w.]*|id_\w+|[\w.-]*\.(?:pem|key|p12|pfx|keystore|jks))$|secret|credential", re.I
)
_ALIKE = 0.7
_LARGEST = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A file that a commit removed."""

    change: FileChange
    """What removed it."""
    commit: str
    moved_to: str = ""
    """Name of a file that the same commit added with nearly the same content."""


def missed_paths(log: str) -> tuple[str, ...]:
    """Return the paths of files, and what modules would be, that a log misses, in order."""
    found: dict[str, None] = {}
    for line in log.splitlines():
        for pattern in _MISSED:
            for one in pattern.finditer(line):
                path = one["path"] or (one["other"] if "other" in pattern.groupindex else "") or ""
                if plain := path.removeprefix("./").strip("."):
                    found[path.removeprefix("./") if "/" in path or "." in path else plain] = None
        for one in _MODULE.finditer(line):
            path = one["name"].replace(".", "/")
            found.update(dict.fromkeys((f"{path}.py", f"{path}/__init__.py")))
        for one in _NAME.finditer(line):
            path = f"{one['of']}.{one['name']}".replace(".", "/")
            found.update(dict.fromkeys((f"{path}.py", f"{path}/__init__.py")))
    return tuple(found)


def lost_files(
    paths: Iterable[str],
    commits: Iterable[Commit],
    patch_of: Callable[[str], Patch],
    names: Collection[str],
) -> Iterator[Lost]:
    """Yield the files that commits removed and that these paths mean, the newest removal first."""
    wanted = tuple(paths)
    seen: set[str] = set()
    for commit in commits:
        if not any(name not in names and _meant(name, wanted) for name in commit.files):
            continue
        patch = patch_of(commit.id)
        for change in patch:
            name = change.name
            gone = change.after is None and change.before is not None and name not in names
            if not gone or name in seen or _PRIVATE.search(name) or not _meant(name, wanted):
                continue
            seen.add(name)
            yield Lost(change=change, commit=commit.id, moved_to=_moved(change, patch))


def _meant(name: str, paths: Iterable[str]) -> bool:
    for path in paths:
        if name == path or name.endswith(f"/{path}"):
            return True
        if path.startswith("/") and path.endswith(f"/{name}"):
            return True
        # Node leaves the ending out.
        if re.fullmatch(rf"(?:.*/)?{re.escape(path.lstrip('./'))}(?:/index)?\.(?:js|cjs|mjs|ts|json)", name):
            return True
    return False


def _moved(change: FileChange, patch: Patch) -> str:
    before = change.before or ""
    for other in patch:
        if other.before is None and other.after is not None and len(before) < _LARGEST:
            same_name = other.name.rsplit("/", 1)[-1] == change.name.rsplit("/", 1)[-1]
            matcher = difflib.SequenceMatcher(
                None, before.split("\n"), other.after.split("\n"), autojunk=False
            )
            if (before == other.after and before) or (same_name and before) or matcher.ratio() >= _ALIKE:
                return other.name
    return ""


def moved_folder(
    folder: str, commits: Iterable[Commit], patch_of: Callable[[str], Patch], names: Collection[str]
) -> str:
    """Return where the files of a folder that is not there any more have gone; "" when that is not sure."""
    lost = folder.strip("/").removeprefix("./")
    for commit in commits:
        if not any(name.startswith(f"{lost}/") for name in commit.files):
            continue
        patch = patch_of(commit.id)
        gone = [one for one in patch if one.after is None and one.name.startswith(f"{lost}/")]
        targets: dict[str, int] = {}
        for one in gone:
            rest = one.name[len(lost) :]
            for other in patch:
                if other.before is None and other.name.endswith(rest) and _moved(one, Patch((other,))):
                    target = other.name[: -len(rest)]
                    targets[target] = targets.get(target, 0) + 1
        if targets:
            best = max(targets, key=lambda one: targets[one])
            there = any(name.startswith(f"{best}/") for name in names)
            return best if there and list(targets.values()).count(targets[best]) == 1 else ""
    return ""
