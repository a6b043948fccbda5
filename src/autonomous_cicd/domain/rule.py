"""Rule: what one line of a log means, as data that carries its own proof."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from re import IGNORECASE
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from autonomous_cicd.domain.diagnosis import Category, Role, Severity
from autonomous_cicd.domain.log import Sign
from autonomous_cicd.values import dataclass

__all__ = ["SHORTEST", "Cue", "MarkRule", "Rule", "cues_of"]

SHORTEST = 3
"""Characters of fixed text that a pattern must have: what stands in every log is no sign of trouble."""
LONG = 12
"""Characters from which on a longer text is not rarer."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Fixed text without which a pattern cannot match."""

    text: str
    any_case: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a line means that matches a pattern."""

    id: str
    pattern: str
    """In RE2's syntax; searched in a line without colours, timestamps and prefixes of the host."""
    category: Category
    severity: Severity
    confidence: float
    """Share of the cases in which it is the cause of a red log that has it."""
    cause: str
    """In plain words; `{name}` stands for the group of that name."""
    role: Role = Role.CAUSE
    unless: str = ""
    """A pattern that must not be in the line."""
    remedies: tuple[str, ...] = ()
    cues: tuple[Cue, ...] = ()
    match: tuple[str, ...] = ()
    """Lines that it must match: plain, noisy."""
    miss: tuple[str, ...] = ()
    """Near misses."""
    source: str = ""
    """Its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRule:
    """What a line that matches a pattern says of the course of a run."""

    sign: Sign
    pattern: str
    cues: tuple[Cue, ...]
    unless: str = ""
    match: tuple[str, ...] = ()
    miss: tuple[str, ...] = ()
    source: str = ""


def cues_of(pattern: str) -> tuple[Cue, ...]:
    """Return fixed texts of which every match of a pattern has at least one; none when there are no such.

    Raises ValueError when the pattern cannot be read.
    """
    try:
        tree = parser.parse(pattern)
    except (OverflowError, RecursionError) as error:
        raise ValueError(f"{error}") from error
    except Exception as error:
        if type(error).__name__ not in ("error", "PatternError"):
            raise
        raise ValueError(f"{error}") from error
    return tuple(sorted(_best(tree, bool(tree.state.flags & IGNORECASE)), key=lambda cue: cue.text))


def _best(tree: Iterable[Any], any_case: bool) -> frozenset[Cue]:
    """Return the rarest set of texts of which one is needed for a sequence of pattern elements."""
    found: list[frozenset[Cue]] = []
    run: list[str] = []

    def end_run() -> None:
        if run:
            found.append(frozenset([Cue("".join(run), any_case)]))
            run.clear()

    for op, value in tree:
        if op is ops.LITERAL:
            run.append(chr(value))
            continue
        end_run()
        if op is ops.SUBPATTERN:
            _, added, removed, inner = value
            inner_case = (any_case or bool(added & IGNORECASE)) and not removed & IGNORECASE
            found.append(_best(inner, inner_case))
        elif op is ops.BRANCH:
            found.append(_any_of([_best(one, any_case) for one in value[1]]))
        elif op in (ops.MAX_REPEAT, ops.MIN_REPEAT) and value[0] > 0:
            found.append(_best(value[2], any_case))
    end_run()
    return max(found, key=_rarity, default=frozenset())


def _any_of(branches: Sequence[frozenset[Cue]]) -> frozenset[Cue]:
    return frozenset().union(*branches) if all(branches) else frozenset()


def _rarity(cues: frozenset[Cue]) -> tuple[int, int]:
    """Order sets of cues: a longer shortest text is rarer, then fewer texts."""
    return min((min(len(cue.text.strip()), LONG) for cue in cues), default=0), -len(cues)
