"""Release search: find by trying which release of a suspected dependency broke how it is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.patch import NOTHING, Patch
from autonomous_cicd.domain.python_bounds import series
from autonomous_cicd.domain.python_breaks import Break
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.plugins import remedy
from autonomous_cicd.release_bounds import Bound, Bounding, bounding, points_to_release
from autonomous_cicd.relocked import with_locks
from autonomous_cicd.values import dataclass

__all__ = ["ReleaseSearch"]

SECONDS = 150.0
"""Time for trying things, going by how long the task took."""
CHECKS = (3, 10)
"""Trials that are made at least and at most."""


@remedy
class ReleaseSearch:
    """Bounds a dependency below the first release with which it fails, where nothing says which that is."""

    name = "release_search"
    strategy = Strategy.DEPENDENCY_UPDATE
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits: a little less than bounds that need no search."""
        return 0.9 * points_to_release(failure)

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the bound of the likeliest suspect that was seen to help, and to be needed."""
        known = bounding(case)
        if known is None:
            return ()
        most = int(SECONDS / max(1.0, case.result.seconds))
        trials = _Trials(case, max(CHECKS[0], min(CHECKS[1], most)))
        for one in known.sure or known.suspects:
            if found := await _found(known, one, trials):
                return (found,)
        return ()


@dataclass(slots=True)
class _Trials:
    """What is tried on the bench, within limits."""

    case: Case
    left: int
    red: bool = False
    """Whether it still failed with something else."""
    fits: dict[str, Patch] = field(default_factory=dict)
    """What helped, with its lock files."""

    async def helps(self, way: Bound) -> bool:
        """Return whether it is green with a bound; False when nothing more may be tried."""
        if way.patch.id in self.fits:
            return True
        tried = any(one.patch.id == way.patch.id for one in self.case.attempts)
        if tried or self.left <= 0:
            return False
        self.left -= 1
        patch = await with_locks(self.case, way.patch)
        if patch is None or not (await self.case.bench.check(patch)).green:
            self.red = True
            return False
        self.fits[way.patch.id] = patch
        return True


async def _found(known: Bounding, one: Break, trials: _Trials) -> Edit | None:
    releases = await known.releases(one)
    version = known.version(one, releases)
    # What is pinned did not break by itself: it is rather too old. So it is when a commit uses it anew.
    likely = [*known.restored(one), *(known.newest(one, releases) if releases else ())]
    older = () if known.brought else series(version, releases)
    below = (known.below(one, bound, releases) for bound in older)
    way = await _first(likely, trials) or await _highest([way for way in below if way], trials)
    if way is None:
        return None
    # What passes with whatever is changed fails by chance.
    if not trials.red and not trials.case.attempts and (await trials.case.bench.check(NOTHING)).green:
        return None
    return Edit(patch=trials.fits[way.patch.id], reason=way.reason)


async def _first(ways: Sequence[Bound], trials: _Trials) -> Bound | None:
    for way in ways:
        if await trials.helps(way):
            return way
    return None


async def _highest(ways: Sequence[Bound], trials: _Trials) -> Bound | None:
    """Return the first of the ways, from the highest bound down, that helps.

    Below it the others are taken to help as well, down to where the project wants something newer: so the
    steps grow until one helps, and what was leapt over is halved; when none does, the rest are tried.
    """
    red, at = -1, 0
    leapt: list[int] = []
    while at < len(ways) and not await trials.helps(ways[at]):
        leapt += range(red + 1, at)
        red, at = at, 2 * at + 1
    if at >= len(ways):
        leapt += range(red + 1, len(ways))
        return await _first([ways[one] for one in leapt], trials)
    while at - red > 1:
        middle = (at + red) // 2
        if await trials.helps(ways[middle]):
            at = middle
        else:
            red = middle
    return ways[at]
