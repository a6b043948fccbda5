"""History: asks git what changed, as harmlessly as a hostile checkout demands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from autonomous_cicd.adapters.git_safely import Repository, absolute_path
from autonomous_cicd.adapters.places import readable_folder, repository_above
from autonomous_cicd.domain.change import MOST_COMMITS, MOST_FILES, Change, Changes, Commit, Kind
from autonomous_cicd.errors import NotFound, UsageError
from autonomous_cicd.values import dataclass

__all__ = ["GitHistory", "Place", "commits_of", "place_of"]

_LOG = (
    *("log", "-z", "--format=%x00%H%x00%at%x00%s%x00%b", "--name-only", "--no-renames", "--no-diff-merges"),
    *("--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-color", "--no-notes", "--no-mailmap"),
)
_TREES = (
    *("diff-tree", "--stdin", "-r", "-z", "--name-status", "--no-renames"),
    *("--no-ext-diff", "--no-textconv"),
)
_STATUS = (
    *("status", "--porcelain=v2", "-z", "--no-renames", "--untracked-files=all"),
    "--ignore-submodules=all",
)
LONGEST_BODY = 4000
"""Characters of what a commit says that are kept."""
_KINDS = {"A": Kind.ADDED, "D": Kind.REMOVED}


class GitHistory:
    """What git knows of checkouts on this machine. Implements `History`."""

    def __init__(self, *, path: str | None = None, timeout: float = 60.0) -> None:
        """Take the search path on which git is found, and the seconds that one call may take."""
        self._path = absolute_path(path)
        self._timeout = timeout

    def between(self, root: Path, old: str, new: str = "HEAD") -> Changes:
        """Return what changed from one commit to another, and the commits of the way."""
        place = self._place(root)
        ends = [place.commit(one) for one in (old, new)]
        files, *_ = _differing(place, [(f"{ends[0]}^{{tree}}", f"{ends[1]}^{{tree}}")])
        way = f"{ends[0]}..{ends[1]}"
        records = place.repository.ask(*_LOG, f"-n{MOST_COMMITS}", "--end-of-options", way)
        return Changes(files=_bounded(files or ()), commits=tuple(commits_of(records, place)))

    def uncommitted(self, root: Path) -> Changes:
        """Return how the working tree differs from HEAD."""
        place = self._place(root)
        return Changes(files=_bounded(place.own(_unclean(place.repository.ask(*_STATUS)))))

    def files(self, root: Path, pairs: Sequence[tuple[str, str]]) -> Sequence[frozenset[str] | None]:
        """Return for each pair of commits the files that differ; None when one of them is not there."""
        place = self._place(root)
        trees = [(f"{old}^{{tree}}", f"{new}^{{tree}}") for old, new in pairs]
        found = _differing(place, trees)
        return [None if one is None else frozenset(each.file for each in _bounded(one)) for one in found]

    def _place(self, root: Path) -> Place:
        return place_of(root, self._path, self._timeout)


def place_of(root: Path, path: str, timeout: float) -> Place:
    """Return a folder in its repository, made safe to ask. Raises UsageError where there is none."""
    folder = readable_folder(root)
    top = repository_above(folder)
    if top is None:
        raise UsageError(f"{root} belongs to no git repository", hint="give the folder of a clone")
    prefix = folder[len(top.rstrip("/")) + 1 :]
    return Place(Repository(top, path, timeout).made_safe(), f"{prefix}/" if prefix else "")


@dataclass(frozen=True, slots=True)
class Place:
    """A folder in a repository."""

    repository: Repository
    below: str

    def commit(self, revision: str) -> str:
        """Return the whole id of a commit. Raises NotFound."""
        found = self.ids([f"{revision}^{{commit}}"])[0]
        if not found:
            hint = "`git log` lists what is there; a shallow clone lacks the older ones"
            raise NotFound(f"there is no commit {revision!r} in {self.repository.top}", hint=hint)
        return found

    def ids(self, names: Sequence[str]) -> list[str]:
        """Return the id of the object that each name means; "" where there is none."""
        asked = "".join(f"{name}\n" if _harmless(name) else "\n" for name in names)
        said = self.repository.ask("cat-file", "--batch-check=%(objectname)", told=asked)
        lines = "".join(said).splitlines()
        return [line if _is_id(line) else "" for line in lines]

    def own(self, changes: Iterable[Change]) -> Iterator[Change]:
        """Yield the changes below the folder, by names relative to it."""
        for one in changes:
            if one.file.startswith(self.below):
                yield Change(one.file[len(self.below) :], one.kind)


def _harmless(name: str) -> bool:
    return name.isprintable()


def _is_id(line: str) -> bool:
    return len(line) in (40, 64) and not line.strip("0123456789abcdef")


def _differing(place: Place, pairs: Sequence[tuple[str, str]]) -> list[list[Change] | None]:
    """Return how the trees of each pair differ; None when one of them is not there."""
    names = list(dict.fromkeys(name for pair in pairs for name in pair))
    ids = dict(zip(names, place.ids(names), strict=True)) if names else {}
    known = [(ids[old], ids[new]) for old, new in pairs]
    asked = list(dict.fromkeys(pair for pair in known if all(pair)))
    told = "".join(f"{old} {new}\n" for old, new in asked)
    records = place.repository.ask(*_TREES, told=told) if asked else []
    found: dict[tuple[str, str], list[Change]] = {pair: [] for pair in asked}
    for pair, change in _tree_changes(records):
        if change.file.startswith(place.below):
            found[pair].append(Change(change.file[len(place.below) :], change.kind))
    return [found.get(pair) for pair in known]


def _tree_changes(records: Sequence[str]) -> Iterator[tuple[tuple[str, str], Change]]:
    """Yield each pair of trees with a change; lines that name a pair stand before the letter of its first."""
    pair = ("", "")
    words = iter(records)
    for word in words:
        *headings, letter = word.split("\n")
        if headings:
            old, _, new = headings[-1].partition(" ")
            pair = (old, new)
        if letter:
            yield pair, Change(next(words), _KINDS.get(letter, Kind.CHANGED))


def commits_of(records: Sequence[str], place: Place) -> Iterator[Commit]:
    """Yield the commits of a log: an empty record, id, time, subject, body, and files until the next one."""
    at = 1
    while at + 3 < len(records):
        end = records.index("", at + 4) if "" in records[at + 4 :] else len(records)
        id, written, subject, body, *files = records[at:end]
        names = [name.removeprefix("\n") if not number else name for number, name in enumerate(files)]
        own = tuple(name[len(place.below) :] for name in names if name.startswith(place.below))
        said = body[:LONGEST_BODY].strip()
        yield Commit(id=id, written=float(written), subject=subject, body=said, files=own[:MOST_FILES])
        at = end + 1


def _unclean(records: Sequence[str]) -> Iterator[Change]:
    """Yield what a status lists."""
    for record in records:
        mark = record[:1]
        if mark == "?":
            yield Change(record[2:].rstrip("/"), Kind.ADDED)
        elif mark in ("1", "u"):
            fields = record.split(" ", 8 if mark == "1" else 10)
            staged, worktree = fields[1][0], fields[1][1]
            kind = Kind.REMOVED if "D" in (staged, worktree) else Kind.CHANGED
            yield Change(fields[-1], Kind.ADDED if staged == "A" and worktree != "D" else kind)


def _bounded(changes: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda one: one.file)[:MOST_FILES])
