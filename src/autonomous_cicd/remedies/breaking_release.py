"""Breaking release: keep out the release of a dependency that no longer works as it is used."""

from __future__ import annotations

from collections.abc import Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.python_bounds import bounds
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.plugins import remedy
from autonomous_cicd.release_bounds import Bound, bounding, points_to_release
from autonomous_cicd.relocked import with_locks

__all__ = ["BreakingRelease"]

_MOST = 3


@remedy
class BreakingRelease:
    """Bounds a dependency whose release broke how it is used, with a comment that says why."""

    name = "breaking_release"
    strategy = Strategy.DEPENDENCY_UPDATE
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits, by what the failure's lines say."""
        return points_to_release(failure)

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return bounds for whom the failure names."""
        known = bounding(case)
        ways: list[Bound] = []
        if known is None or known.brought:
            return ()
        for one in known.sure:
            releases = await known.releases(one)
            likely = bounds(known.version(one, releases), releases, one.said)
            # Where nothing says in which release it was removed, only one guess is made without trying.
            tried = (known.below(one, bound, releases) for bound in (likely if one.said else likely[:1]))
            ways += [*known.restored(one), *(way for way in tried if way)]
        locked = [(way, await with_locks(case, way.patch)) for way in ways[:_MOST]]
        return [Edit(patch=patch, reason=way.reason) for way, patch in locked if patch]
