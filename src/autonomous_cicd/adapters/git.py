"""Workspace: looks at checkouts through git and makes private copies of them.

A checkout is hostile: nothing that its configuration names is ever started, see `git_safely`, and nothing in
it is ever written, not even the index.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from autonomous_cicd.adapters.git_safely import Repository, absolute_path
from autonomous_cicd.adapters.listing import SUFFIX, Listing
from autonomous_cicd.adapters.places import (
    above,
    explained,
    is_inside,
    new_folder,
    readable_folder,
    repository_above,
    through_link,
)
from autonomous_cicd.adapters.repository import (
    NO_STATE,
    IndexEntry,
    NewRepository,
    common_folder,
    read_shared,
    stat_data,
    write_repository,
)
from autonomous_cicd.adapters.tree import content_id, copy_files, make_folders, remove_tree, walk
from autonomous_cicd.domain.globs import Names, literal_folder
from autonomous_cicd.domain.remote import without_credentials
from autonomous_cicd.ports import Checkout
from autonomous_cicd.values import dataclass

__all__ = ["GitWorkspace"]

_KEPT = ("core.filemode", "core.symlinks", "core.ignorecase", "core.autocrlf", "core.eol")
"""Settings that say how files are to be read; they name no program and no place."""
_TICK = 20_000_000
"""Nanoseconds by which the clock that stamps files may be late."""
_USUAL = ("main", "master")
_ORIGIN_HEAD = "refs/remotes/origin/HEAD"


class GitWorkspace:
    """Checkouts on this machine. Implements `Workspace`."""

    def __init__(self, *, path: str | None = None, timeout: float = 60.0) -> None:
        """Take the search path on which git is found, and the seconds that one call may take."""
        self._path = absolute_path(path)
        self._timeout = timeout
        self._hashed: tuple[Checkout, Mapping[str, str]] | None = None

    def checkout(self, path: Path) -> Checkout:
        """Look at a folder. Raises UsageError when it is not a readable folder."""
        root = readable_folder(path)
        looked = time.time_ns()
        top = repository_above(root)
        if top is None:
            return _plain(root, looked)
        found = _look(self._repository(top), root, looked)
        if found.prefix and not found.files and not found.submodules:
            return _plain(root, looked)
        return found

    def hashes(self, checkout: Checkout) -> Mapping[str, str]:
        """Return the content id of every file of a checkout, as `adapters.tree.content_id` gives it."""
        known, root, algorithm = checkout.hashes, str(checkout.root), _algorithm(checkout.commit)
        with explained(root):
            found = {
                name: known.get(name) or content_id(f"{root}/{name}", algorithm) for name in checkout.files
            }
        self._hashed = checkout, found
        return found

    def copy(self, checkout: Checkout, to: Path) -> tuple[str, ...]:
        """Make a private copy of the whole repository at `to`; return the files that changed meanwhile."""
        top = above(checkout.root, checkout.prefix)
        with ExitStack() as undo:
            target = new_folder(to, top)
            undo.callback(remove_tree, target)
            with explained(target):
                changed = self._copy(checkout, top, target)
            undo.pop_all()
        return changed

    def find(self, root: Path, patterns: Sequence[str]) -> tuple[str, ...]:
        """Return the files of a private copy that match, ignored ones included."""
        top = str(root)
        folders = {literal_folder(one).rstrip("/") for one in patterns if not one.startswith("!")}
        outer = [one for one in folders if not any(is_inside(one, other) for other in folders - {one})]
        names: list[str] = []
        with explained(root):
            for folder in outer:
                if not through_link(top, folder):
                    names += walk(top, folder, everything=True)
        return tuple(Names(names).select(patterns))

    def remove(self, path: Path) -> None:
        """Remove a private copy, whatever its permissions have become."""
        with explained(path):
            remove_tree(str(path.absolute()))

    def _repository(self, top: str) -> Repository:
        return Repository(top, self._path, self._timeout).made_safe()

    def _copy(self, checkout: Checkout, top: str, to: str) -> tuple[str, ...]:
        repository = self._repository(top) if checkout.repository else None
        whole = checkout
        if repository and checkout.prefix:
            whole = _look(repository, top, checkout.looked)
        make_folders(to, (*whole.files, *(f"{name}/." for name in whole.submodules)))
        states: dict[str, bytes] = {}
        suspects = dict.fromkeys(whole.files, True)

        def note(name: str, original: os.stat_result, copied: os.stat_result) -> None:
            if original.st_ctime_ns > checkout.looked - _TICK:
                suspects[name] = original.st_ctime_ns > checkout.looked
                return
            del suspects[name]
            if name in whole.hashes:
                states[name] = stat_data(copied)

        copy_files(top, whole.files, to, note)
        if repository:
            write_repository(f"{to}/.git", _borrowing(repository, whole, states))
        known = self._hashed[1] if self._hashed and self._hashed[0] is checkout else checkout.hashes
        return tuple(_changed(checkout, whole, known, _Copied(to, suspects)))


def _look(repository: Repository, root: str, looked: int) -> Checkout:
    """Return what a folder of a repository holds."""
    top = repository.top
    with ThreadPoolExecutor(3) as pool:
        tracked = pool.submit(repository.ask, "ls-files", "-s", "-v", "-z")
        words = ("--porcelain=v2", "--branch", "--no-ahead-behind", "-z", "--no-renames")
        more = ("--untracked-files=all", "--ignore-submodules=all")
        status = pool.submit(repository.ask, "status", *words, *more)
        default_branch = pool.submit(_default_branch, repository)
    listing = Listing()
    listing.tracked(tracked.result(), top)
    listing.status(status.result())
    prefix = root[len(top.rstrip("/")) + 1 :]
    start = len(prefix) + 1 if prefix else 0
    below = f"{prefix}/" if prefix else ""
    return Checkout(
        root=Path(root),
        repository=True,
        commit=listing.commit,
        branch=listing.branch,
        dirty=listing.dirty,
        files=tuple(sorted(name[start:] for name in listing.files if name.startswith(below))),
        hashes={name[start:]: id for name, id in listing.hashes.items() if name.startswith(below)},
        remote=without_credentials(repository.config.get("remote.origin.url", "")),
        default_branch=default_branch.result() or listing.branch,
        prefix=prefix,
        submodules=tuple(sorted(name[start:] for name in listing.submodules if name.startswith(below))),
        looked=looked,
    )


def _plain(root: str, looked: int) -> Checkout:
    """Return what a folder holds that belongs to no repository."""
    with explained(root):
        return Checkout(root=Path(root), repository=False, files=tuple(sorted(walk(root))), looked=looked)


def _default_branch(repository: Repository) -> str:
    """Return the branch that `origin` calls its own, else a usual name that exists."""
    usual = [f"refs/{kind}/{name}" for kind in ("remotes/origin", "heads") for name in _USUAL]
    refs = {name: aim for name, _, aim in _refs(repository, _ORIGIN_HEAD, *usual)}
    own = refs.get(_ORIGIN_HEAD, "").removeprefix("refs/remotes/origin/")
    return own or next((name.rpartition("/")[2] for name in usual if name in refs), "")


def _refs(repository: Repository, *patterns: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, id and aim (of a symbolic one) of each ref, sorted by name."""
    form = "--format=%(refname)%00%(objectname)%00%(symref)%00"
    records = repository.ask("for-each-ref", form, "--end-of-options", *patterns)
    fields = [one.removeprefix("\n") for one in records]
    yield from zip(fields[::3], fields[1::3], fields[2::3], strict=False)


def _borrowing(repository: Repository, checkout: Checkout, states: Mapping[str, bytes]) -> NewRepository:
    """Return a repository with the same commit, branches and tags as a checkout's, and borrowed objects."""
    own, shared = common_folder(f"{repository.top}/.git")
    refs = list(_refs(repository, "refs/heads", "refs/tags", "refs/remotes"))
    algorithm = _algorithm(checkout.commit)
    return NewRepository(
        objects=f"{shared}/objects",
        head=f"ref: refs/heads/{checkout.branch}" if checkout.branch else checkout.commit,
        refs=[(name, id) for name, id, aim in refs if not aim],
        symbolic={name: aim for name, _, aim in refs if name == _ORIGIN_HEAD and aim.startswith("refs/")},
        config=list(_settings(repository, checkout, algorithm)),
        index=_index(repository, checkout, states) if checkout.commit else None,
        copied=read_shared(own, shared),
        algorithm=algorithm,
    )


def _settings(repository: Repository, checkout: Checkout, algorithm: str) -> Iterator[tuple[str, str, str]]:
    yield "core", "repositoryformatversion", "0" if algorithm == "sha1" else "1"
    if algorithm != "sha1":
        yield "extensions", "objectFormat", algorithm
    yield "core", "bare", "false"
    yield "core", "logallrefupdates", "true"
    for key in _KEPT:
        if key in repository.config:
            yield "core", key.removeprefix("core."), repository.config[key]
    if checkout.remote:
        yield 'remote "origin"', "url", checkout.remote
        yield 'remote "origin"', "fetch", "+refs/heads/*:refs/remotes/origin/*"


def _index(repository: Repository, checkout: Checkout, states: Mapping[str, bytes]) -> Iterator[IndexEntry]:
    """Yield what HEAD holds; for a file that the working tree has unchanged, with its state."""
    sparse = repository.config.get("core.sparsecheckout") == "true"
    flagged = repository.ask("ls-files", "-t", "-z") if sparse else ()
    absent = {record[2:] for record in flagged if record.startswith("S ")}.difference(checkout.files)
    for record in repository.ask("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", "HEAD"):
        meta, _, name = record.partition("\t")
        mode, _, id = meta.split(" ")
        unchanged = name in states and checkout.hashes.get(name) == id + SUFFIX.get(mode, "")
        state = states[name] if unchanged else NO_STATE
        yield IndexEntry(os.fsencode(name), int(mode, 8), id, state, name in absent)


@dataclass(frozen=True, slots=True)
class _Copied:
    """A copy, and those of its files that may have been changed since they were looked at."""

    to: str
    suspects: Mapping[str, bool]
    """For a file whose content id was never asked for, the time decides: True when it is later."""

    def differs(self, name: str, id: str, algorithm: str) -> bool:
        """Return whether the content of a copied file is another one; its mode may mean nothing here."""
        return content_id(f"{self.to}/{name}", algorithm).removesuffix("x") != id.removesuffix("x")


def _changed(checkout: Checkout, whole: Checkout, known: Mapping[str, str], copied: _Copied) -> Iterator[str]:
    """Yield those files of a checkout whose copies are not what was known of them."""
    below = f"{checkout.prefix}/" if checkout.prefix else ""
    algorithm = _algorithm(checkout.commit)
    for name in checkout.files:
        id, place = known.get(name), below + name
        if place in copied.suspects:
            differs = copied.differs(place, id, algorithm) if id else copied.suspects[place]
        else:
            differs = bool(below and checkout.hashes.get(name, "") != whole.hashes.get(place, ""))
        if differs:
            yield name


def _algorithm(commit: str) -> str:
    return "sha256" if len(commit) == 64 else "sha1"
