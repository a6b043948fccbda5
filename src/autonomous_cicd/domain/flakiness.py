"""Flakiness: how often a task fails on commits on which it also passes, as an interval and not as a label."""

from __future__ import annotations

from collections.abc import Iterable

from autonomous_cicd.domain.odds import Interval, wilson
from autonomous_cicd.values import dataclass

__all__ = ["Flakiness", "flakiness"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flakiness:
    """How often a task failed although nothing was different."""

    failed: int
    runs: int
    """Executions on commits that saw it more than once and on which it passed."""
    commits: int
    """Commits on which it both passed and failed."""
    between: Interval


def flakiness(seen: Iterable[tuple[str, bool]]) -> Flakiness | None:
    """Return the flakiness of a task from its executions: the commit, and whether it failed.

    None when it never passed and failed on the same commit. A commit that was run once tells nothing: whether
    its failure was the code's is not known, and counting only those that passed would flatter the task.
    """
    results: dict[str, list[bool]] = {}
    for commit, red in seen:
        results.setdefault(commit, []).append(red)
    repeated = [one for one in results.values() if len(one) > 1 and not all(one)]
    failed = sum(one.count(True) for one in repeated)
    if not failed:
        return None
    runs = sum(map(len, repeated))
    return Flakiness(
        failed=failed,
        runs=runs,
        commits=sum(1 for one in repeated if any(one)),
        between=wilson(failed / runs, runs),
    )
