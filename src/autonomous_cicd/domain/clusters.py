"""Clusters: lines that say the same with other particulars, found in one pass (after Drain's idea)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from autonomous_cicd.domain.fingerprint import template
from autonomous_cicd.values import dataclass

__all__ = ["ANY", "Cluster", "clusters"]

ANY = "<*>"
"""Stands for a word that differs from line to line."""
ALIKE = 0.6
"""Share of equal words from which two lines say the same."""
WORDS = 60


@dataclass(frozen=True, slots=True)
class Cluster:
    """Lines that say the same."""

    words: tuple[str, ...]
    """What they have in common; `ANY` where they differ."""
    lines: tuple[str, ...]
    times: int
    """How often they were seen, all in all."""


def clusters(lines: Iterable[tuple[str, int]]) -> tuple[Cluster, ...]:
    """Put together lines (each with how often it was seen) that say the same, the most frequent first."""
    groups: dict[tuple[int, str], list[Cluster]] = {}
    for line, times in lines:
        words = tuple(template(line).split()[:WORDS])
        if not words:
            continue
        # As in Drain: only lines of equal length with an equal beginning are compared.
        group = groups.setdefault((len(words), _beginning(words)), [])
        at = next((n for n, one in enumerate(group) if _alike(one.words, words) >= ALIKE), None)
        if at is None:
            group.append(Cluster(words, (line,), times))
        else:
            group[at] = Cluster(
                tuple(_merged(group[at].words, words)), (*group[at].lines, line), group[at].times + times
            )
    found = [cluster for group in groups.values() for cluster in group]
    return tuple(sorted(found, key=lambda cluster: -cluster.times))


def _beginning(words: Sequence[str]) -> str:
    return "" if any(sign in words[0] for sign in "<0123456789") else words[0]


def _alike(known: Sequence[str], words: Sequence[str]) -> float:
    return sum(one == other for one, other in zip(known, words, strict=True)) / len(words)


def _merged(known: Sequence[str], words: Sequence[str]) -> Iterator[str]:
    yield from (one if one == other else ANY for one, other in zip(known, words, strict=True))
