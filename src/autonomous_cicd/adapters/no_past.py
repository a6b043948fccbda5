"""Past: that of a project without a repository."""

from __future__ import annotations

from autonomous_cicd.domain.change import Commit
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.errors import NotFound

__all__ = ["NoPast"]


class NoPast:
    """No history at all. Implements `cases.Past`."""

    green = ""

    def commits(self, limit: int = 50) -> tuple[Commit, ...]:
        """Return no commits."""
        return ()

    def patch_of(self, commit: str) -> Patch:
        """Raise NotFound: there is no such commit."""
        raise NotFound(f"there is no commit {commit}")
