"""Rule: what one line of a log means, as data that carries its own proof."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from re import IGNORECASE
from re import _constants as ops  # type: ignore[attr-defined,unused-ignore]
from re import _parser as parser  # type: ignore[attr-defined,unused-ignore]
from typing import Any

from autonomous_cicd.domain.diagnosis import Category, Role, Severity
from autonomous_cicd.domain.log import Sign
from autonomous_cicd.values import dataclass

__all__ = ["SHORTEST", "Cue", "MarkRule", "Rule", "cues_of"]

SHORTEST = 3
"""Characters of fixed text that a pattern must have: what stands in every log is no sign of trouble."""
LONG = 10
"""Characters from which on a longer text is not rarer."""
MANY = 80
"""Texts that one place of a pattern may stand for."""
FEW = 4
"""Characters that a set of them may have to be taken as fixed text."""


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
    """Texts of which one stands in every line that it matches."""
    scans: tuple[str, ...] = ()
    """Patterns of which one is found in every such line, looked for in whole blocks."""
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
    scans: tuple[str, ...] = ()
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
    run = {""}  # the texts that may stand here, as far as they are fixed
    for op, value in tree:
        texts = _texts(op, value)
        if texts is not None and len(run) * len(texts) <= MANY:
            run = {before + text for before in run for text in texts}
            continue
        found.append(_cues(run, any_case))
        run = texts if texts is not None else {""}
        if op is ops.SUBPATTERN:
            _, added, removed, inner = value
            inner_case = (any_case or bool(added & IGNORECASE)) and not removed & IGNORECASE
            found.append(_best(inner, inner_case))
        elif op is ops.BRANCH:
            found.append(_any_of([_best(one, any_case) for one in value[1]]))
        elif op in (ops.MAX_REPEAT, ops.MIN_REPEAT) and value[0] > 0:
            found.append(_best(value[2], any_case))
    found.append(_cues(run, any_case))
    return max(found, key=_rarity, default=frozenset())


def _texts(op: Any, value: Any) -> set[str] | None:
    """Return all texts that an element can stand for, when they are few and fixed."""
    if op is ops.LITERAL:
        return {chr(value)}
    if op is ops.AT:
        return {""}
    if op is ops.IN and len(value) <= FEW and all(one is ops.LITERAL for one, _ in value):
        return {chr(code) for _, code in value}
    if op is ops.SUBPATTERN and not value[1] and not value[2]:
        return _all_texts(value[3])
    if op is ops.BRANCH:
        branches = [_all_texts(one) for one in value[1]]
        return set().union(*branches) if all(one is not None for one in branches) else None  # type: ignore[arg-type]
    return None


def _all_texts(tree: Iterable[Any]) -> set[str] | None:
    """Return all texts that a sequence of elements can stand for, when they are few and fixed."""
    run = {""}
    for op, value in tree:
        texts = _texts(op, value)
        if texts is None or len(run) * len(texts) > MANY:
            return None
        run = {before + text for before in run for text in texts}
    return run


def _cues(texts: Iterable[str], any_case: bool) -> frozenset[Cue]:
    return frozenset() if "" in texts else frozenset(Cue(text, any_case) for text in texts)


def _any_of(branches: Sequence[frozenset[Cue]]) -> frozenset[Cue]:
    return frozenset().union(*branches) if all(branches) else frozenset()


def _rarity(cues: frozenset[Cue]) -> tuple[int, int]:
    """Order sets of cues: a longer shortest text is rarer, then fewer texts."""
    return min((_length(cue) for cue in cues), default=0), -len(cues)


def _length(cue: Cue) -> int:
    return min(len(cue.text.strip()), LONG)
