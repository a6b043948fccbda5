"""What to scan for: of a pattern the part that is rare and tight, to be looked for in whole blocks of a log.

A tight part has nothing in it that may stand for a long stretch of text, and no alternatives: each is told by
itself, so that thousands of them share their beginnings in one small automaton. Whatever the pattern matches
contains such a part; what contains one need not match.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product
from re import IGNORECASE
from re import _constants as ops  # type: ignore[attr-defined,unused-ignore]
from re import _parser as parser  # type: ignore[attr-defined,unused-ignore]
from typing import Any, NamedTuple

from autonomous_cicd.domain.rule import Cue

__all__ = ["escaped", "scans_of"]

BEGINNING = r"[\n\r \t\f\]>|]"
"""What may stand before the beginning of a line: hosts put timestamps and marks there."""
WORD = 2.4
"""What a common word counts for."""
ENOUGH = 14.0
"""Score from which on a part is not rarer."""
CHOSEN = 3.0
"""What it counts that a person has chosen a text."""
LEAST = 1.0
"""Score that a part must have."""
LONGEST_REPEAT = 20
MANY = 300
"""Parts that one place of a pattern may stand for."""
COMMON = (
    "https://", "go", "js", "ts", "rs", "for", "from", "in", "to", "of", "on", "at", "is", "or", "and",
    "the", "http://", "warning:", "[warning]", "[info]", "error", "errors", "error:", "[error]", "failed",
    "failure", "failures", "download", "downloading", "downloaded", "package", "packages", "require",
    "requires", "required", "requirement", "install", "installing", "installed", "test_", ".test.", "tests",
    "update", "versions", "python", "config", "exception", "unknown", "header", "building", "running",
    "cannot", "modules", "directory", "files", "invalid", "expected", "unable", "command", "could",
    "artifact", "reading", "document", "[endgroup]", "gradle", "type", "...", "scripts", "tasks", "node",
    "with", "codeql", "=====>", "node_modules/", "deploy", "status", "interface", "variable", "environment",
    "dependencies", "target", "distutils", "starting", "credentials", "token", "retry", "hint",
    "repository", "exited", "profile", "should", "coverage", "scope", "timeout", "execution", "github",
    "actions", "uploading", "cache", "lines", "name", "value", "path", "found", "options", "default",
    "output", "object", "project", "plugin", "setup", "steps", "process", "system", "user", ".java", "unset",
    "compiler", "deprecated", "preparing", "metadata", "program", "unexpected", "checking", "finished",
    "incomplete", "services", "manifest", "limit", "session", "authentication", "available", "issues",
    "changes", "codecov", "link", "url",
)  # fmt: skip
"""Words that stand in every other log, also in those of runs that passed."""
_ALL_COMMON = "\n".join(COMMON)

_CLASSES = {
    ops.CATEGORY_DIGIT: (r"\d", 0.5),
    ops.CATEGORY_SPACE: (r"\s", 0.1),
    ops.CATEGORY_WORD: (r"\w", 0.05),
    ops.CATEGORY_NOT_SPACE: (r"\S", 0.0),
    ops.CATEGORY_NOT_DIGIT: (r"\D", 0.0),
    ops.CATEGORY_NOT_WORD: (r"\W", 0.05),
}
_ENDLESS = (r"\d", r"\s", "\\ ", r"\=", r"\-", r"\*", r"\.", r"\_", r"\+", r"\~")
"""What may be repeated without end: digits, blanks, and what is drawn with."""
_WORD = re.compile(r"[a-z_]{2,}")
_BARE = re.compile(r"[\d :.,/-]*|[ ]?(.)\1*[ ]?")
"""What stands in every time, and lines that are drawn."""
_NUMBER = re.compile(r"^(\(\?i:)?\[1-9\]\\d\{0,\}(?!\)?$)")
"""A number at the beginning of a part that has more."""
_BLANK, _LETTERS = " ", "\x00"
"""Stand in a shape for digits or blanks, and for other sets of characters."""


class _Text(NamedTuple):
    """One of the texts that a place of a pattern stands for."""

    text: str = ""
    """In RE2's syntax."""
    shape: str = ""
    """Its letters."""
    score: float = 0.0
    """How rare it is, common words aside."""


class _Step(NamedTuple):
    """A place of a pattern."""

    texts: tuple[_Text, ...]
    edge: tuple[_Text, ...] | None = None
    """What is enough of it at the edge of a part; None: all of it."""


_NOTHING = (_Text(),)


def scans_of(pattern: str, said: Iterable[Cue] = ()) -> tuple[str, ...]:
    """Return parts in RE2's syntax of which every text has one that the pattern matches.

    `said`: texts of which one must be there as well. The parts are ordered; none when there is no such part.
    The pattern must be one that Python can read.
    """
    tree = parser.parse(pattern)
    parts, score = max(_best_of(said), _best(tree, bool(tree.state.flags & IGNORECASE)), key=_rarity)
    return tuple(sorted(set(map(_loose, parts)))) if score >= LEAST else ()


def _loose(part: str) -> str:
    """Return a part without what repeats at its beginning, of which the last character is enough.

    Every automaton would be in all of these repetitions at once wherever a blank or a number stands.
    """
    return _NUMBER.sub(r"\1\\d", part.replace(rf"{BEGINNING}\s{{0,}}", BEGINNING))


def escaped(cue: Cue) -> str:
    """Return a cue as a pattern."""
    text = "".join(map(_escaped, map(ord, cue.text)))
    return f"(?i:{text})" if cue.any_case else text


def _best_of(said: Iterable[Cue]) -> tuple[list[str], float]:
    scores = [_scored(_products([(_letter(ord(letter)),) for letter in cue.text])[0]) for cue in said]
    return [escaped(cue) for cue in said], min(scores, default=-CHOSEN) + CHOSEN


def _rarity(one: tuple[list[str], float]) -> tuple[float, int]:
    return min(one[1], ENOUGH), -len(one[0])


def _best(tree: Iterable[Any], any_case: bool) -> tuple[list[str], float]:
    """Return the rarest parts of which one is needed for a sequence, and how rare they are."""
    found: list[tuple[list[str], float]] = []
    run: list[_Step] = []
    size = 1

    def end_run() -> None:
        if run:
            texts, score = _rarest(run)
            found.append(([f"(?i:{one.text})" if any_case else one.text for one in texts], score))

    for op, value in _flat(tree):
        step = _tight(op, value)
        if step is not None:
            size *= len(step.texts)
            if run and size > MANY:
                end_run()
                while run and size > MANY:
                    size //= len(run.pop(0).texts)
            run.append(step)
            continue
        end_run()
        run.clear()
        size = 1
        if op is ops.SUBPATTERN:
            _, added, removed, inner = value
            inner_case = (any_case or bool(added & IGNORECASE)) and not removed & IGNORECASE
            found.append(_best(inner, inner_case))
        elif op is ops.BRANCH:
            branches = [_best(one, any_case) for one in value[1]]
            found.append(
                ([text for texts, _ in branches for text in texts], min(score for _, score in branches))
            )
        elif op in (ops.MAX_REPEAT, ops.MIN_REPEAT) and value[0] > 0:
            found.append(_best(value[2], any_case))
    end_run()
    return max(found, key=_rarity, default=([], 0.0))


def _flat(tree: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the elements of a sequence and of the groups in it: what stands beside a group belongs to it."""
    for op, value in tree:
        if op is ops.SUBPATTERN and not value[1] and not value[2]:
            yield from _flat(value[3])
        else:
            yield op, value


def _rarest(run: Sequence[_Step]) -> tuple[Sequence[_Text], float]:
    """Return the texts of a run of places, without what does not make it rarer, and how rare they are."""
    best = _joined(run)
    score = min(map(_scored, best))
    low, high = 1, len(run) if score >= ENOUGH else 1
    while low < high:
        middle = (low + high) // 2
        shorter = _joined(run[:middle])
        if min(map(_scored, shorter)) < ENOUGH:
            low = middle + 1
        else:
            best, high = shorter, middle
    return best, score


def _joined(run: Sequence[_Step]) -> Sequence[_Text]:
    """Return the texts of a run; what repeats at its edges is needed there only once, or not at all."""
    steps = [step.texts for step in run]
    for order in (range(len(run)), range(len(run) - 1, -1, -1)):
        for at in order:
            steps[at] = _edge(run[at]) or steps[at]
            if steps[at] != _NOTHING:
                break
    return _products(steps)


def _edge(step: _Step) -> tuple[_Text, ...]:
    return _NOTHING if _Text() in step.texts else step.edge or ()


def _products(steps: Iterable[tuple[_Text, ...]]) -> tuple[_Text, ...]:
    return tuple(
        _Text(
            "".join(one.text for one in row), "".join(one.shape for one in row), sum(one.score for one in row)
        )
        for row in product(*steps)
    )


def _scored(one: _Text) -> float:
    """Return how rare a text is: a common word in it counts for little, however long it is."""
    shape = one.shape.lower()
    common = [word for word in _WORD.findall(shape) if word in _ALL_COMMON]
    score = one.score - sum(max(0.0, len(word) - WORD) for word in common)
    if not _BARE.fullmatch(shape):
        return score
    return min(score, WORD + 0.1 if shape.isdigit() else WORD - 0.4)


def _tight(op: Any, value: Any) -> _Step | None:
    """Return the texts that an element stands for, when they are few and tight."""
    if op is ops.LITERAL:
        return _Step((_letter(value),))
    if op is ops.AT:
        beginning = value is ops.AT_BEGINNING
        return _Step((_Text(BEGINNING, _BLANK, 0.3),) if beginning else _NOTHING)
    if op is ops.IN:
        return _one_of(value)
    if op is ops.SUBPATTERN and not value[1] and not value[2]:
        return _sequence(value[3])
    if op is ops.BRANCH:
        return _branches(value[1])
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT):
        return _repeated(*value)
    return None


@lru_cache(maxsize=1024)
def _letter(code: int) -> _Text:
    score = 0.3 if chr(code).isspace() else 1.0 if code < 128 else 8.0
    return _Text(_escaped(code), chr(code), score)


def _sequence(tree: Iterable[Any]) -> _Step | None:
    steps: list[_Step] = []
    size = 1
    for op, value in _flat(tree):
        step = _tight(op, value)
        if step is None or (size := size * len(step.texts)) > MANY:
            return None
        steps.append(step)
    return _Step(_products([step.texts for step in steps]))


def _branches(branches: Sequence[Any]) -> _Step | None:
    steps = [_sequence(one) for one in branches]
    texts = tuple(text for step in steps if step for text in step.texts)
    return _Step(texts) if all(steps) and len(texts) <= MANY else None


def _repeated(least: int, most: Any, inner: Any) -> _Step | None:
    """Return a repeated element: of digits and blanks any number, of other things a few."""
    step = _sequence(inner)
    if step is None or (most is not ops.MAXREPEAT and most > LONGEST_REPEAT):
        return None
    if (least, most) == (0, 1):
        return _Step(tuple(dict.fromkeys((_Text(), *step.texts))))
    if len(step.texts) > 1:
        return None
    one = step.texts[0]
    if most is ops.MAXREPEAT and one.text not in _ENDLESS:
        return None
    text = one.text if len(one.shape) == 1 else f"(?:{one.text})"
    whole = f"{text}{{{least},{'' if most is ops.MAXREPEAT else most}}}"
    score = one.score * min(least, 4)
    once = _Text(f"{one.text}" * least, one.shape * least, score)
    return _Step((_Text(whole, one.shape, score),), (once,))


def _one_of(items: Sequence[Any]) -> _Step | None:
    """Return a set of characters, one by one when they are few; None for one that says what must not be."""
    texts, scores = [], []
    for op, value in items:
        if op is ops.LITERAL:
            texts.append(_escaped(value))
            scores.append(0.8)
        elif op is ops.RANGE:
            texts.append(f"{_escaped(value[0])}-{_escaped(value[1])}")
            scores.append(0.5 if value[1] - value[0] < 11 else 0.3)
        elif op is ops.CATEGORY and value in _CLASSES:
            texts.append(_CLASSES[value][0])
            scores.append(_CLASSES[value][1])
        else:
            return None
    if len(texts) == 1 and items[0][0] is ops.CATEGORY:
        shape = _BLANK if texts[0] in (r"\d", r"\s") else _LETTERS
        return _Step((_Text(texts[0], shape, scores[0]),))
    score = min(scores) / (1 if len(texts) < 4 else 2)
    return _Step((_Text(f"[{''.join(texts)}]", _LETTERS, score),))


def _escaped(code: int) -> str:
    text = chr(code)
    return text if text.isalnum() or not text.isascii() else {"\n": r"\n", "\t": r"\t"}.get(text, f"\\{text}")
