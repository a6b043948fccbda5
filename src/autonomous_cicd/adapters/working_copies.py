"""WorkingCopies: leaves a change with a person's checkout, as a branch, a file, or in the working tree."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from pathlib import Path

from autonomous_cicd.adapters.git_orders import US, order, told
from autonomous_cicd.adapters.git_safely import Repository, absolute_path
from autonomous_cicd.adapters.places import above
from autonomous_cicd.adapters.project_folder import replace_all
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.errors import Conflict
from autonomous_cicd.ports import Checkout, History

__all__ = ["LocalCopies"]


class LocalCopies:
    """Checkouts on this machine. Implements `WorkingCopies`."""

    def __init__(
        self,
        history: History,
        folder: Path,
        *,
        path: str | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Take what knows of uncommitted changes, and the folder of our own files."""
        self._history = history
        self._folder = folder
        self._path = absolute_path(path)
        self._now = now

    def branch(self, checkout: Checkout, patch: Patch, name: str, message: str) -> str:
        """Make a branch with one commit on top of HEAD; index and working tree are not touched.

        Return its name. One of that name is replaced, unless it is checked out or has commits of others:
        then the new one gets a number.
        """
        if not checkout.commit:
            raise Conflict("there is no commit that a branch could start from")
        self._refuse_uncommitted(checkout, patch)
        repository = Repository(above(checkout.root, checkout.prefix), self._path, 60.0).made_safe()
        free = _free_name(repository, name)
        stream = [
            f"commit refs/heads/{free}",
            f"committer {US} {int(self._now())} +0000",
            told(message),
            f"from {checkout.commit}",
            *(order(repository, checkout.commit, change, checkout.prefix) for change in patch),
            "",
        ]
        repository.ask("fast-import", "--quiet", "--force", told="\n".join(stream))
        return free

    def apply(self, checkout: Checkout, patch: Patch) -> None:
        """Change the working tree, all of it or nothing; files with uncommitted changes are a Conflict."""
        if checkout.commit:
            self._refuse_uncommitted(checkout, patch)
        replace_all(checkout.root, patch)

    def file(self, name: str, text: str) -> Path:
        """Write a file among our own, and return where."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = self._folder / name
        place.write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
        return place

    def _refuse_uncommitted(self, checkout: Checkout, patch: Patch) -> None:
        changed = {one.file for one in self._history.uncommitted(checkout.root).files}
        if mine := sorted(changed.intersection(patch.files)):
            raise Conflict(f"{mine[0]} has changes that are not committed", hint="commit or stash them first")


def _free_name(repository: Repository, name: str) -> str:
    """Return a name for a branch under which nothing of somebody else's is lost."""
    form = "--format=%(refname)%00%(committeremail)%00%(worktreepath)%00"
    patterns = (f"refs/heads/{name}", f"refs/heads/{name}-*")
    records = repository.ask("for-each-ref", form, "--end-of-options", *patterns)
    fields = [one.removeprefix("\n") for one in records]
    taken = {
        ref.removeprefix("refs/heads/")
        for ref, by, place in zip(fields[::3], fields[1::3], fields[2::3], strict=False)
        if place or by not in US
    }
    numbered = (f"{name}-{number}" for number in itertools.count(2))
    return next(one for one in itertools.chain((name,), numbered) if one not in taken)
