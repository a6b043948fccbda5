"""What to scan for: of a pattern the part that is rare and tight, to be looked for in whole blocks of a log.

A tight part has nothing in it that may stand for a long stretch of text, so that hundreds of them make one
small automaton. Whatever the pattern matches contains such a part; what contains one need not match.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from re import IGNORECASE
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

__all__ = ["scans_of"]

BEGINNING = r"[\n\r \t\]>|]"
"""What may stand before the beginning of a line: hosts put timestamps and marks there."""
WORD = 2.4
"""What a common word counts for."""
ENOUGH = 14.0
"""Score from which on a part is not rarer."""
LONGEST_REPEAT = 20
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
    "output", "object", "project", "plugin", "setup", "steps", "process", "system", "user",
)  # fmt: skip
"""Words that stand in every other log, also in those of runs that passed."""

_CLASSES = {
    ops.CATEGORY_DIGIT: (r"\d", 0.5),
    ops.CATEGORY_SPACE: (r"\s", 0.1),
    ops.CATEGORY_WORD: (r"\w", 0.05),
    ops.CATEGORY_NOT_SPACE: (r"\S", 0.0),
    ops.CATEGORY_NOT_DIGIT: (r"\D", 0.0),
    ops.CATEGORY_NOT_WORD: (r"\W", 0.05),
}


class _Part(NamedTuple):
    """A part of a pattern, and how rare it is."""

    text: str
    score: float
    edge: str | None = None
    """What is enough of it at the edge of a larger part; None: the whole."""
    letter: str = ""
    """The character that it is, when it is one."""


_NOTHING = _Part("", 0.0)
_CLASS = (r"\d", r"\s", "")
_WORD = re.compile(r"[a-z_]{2,}")


def scans_of(pattern: str) -> tuple[str, ...]:
    """Return parts in RE2's syntax of which every text has one that the pattern matches.

    They are ordered; none when the pattern has no such part. The pattern must be one that Python can read.
    """
    tree = parser.parse(pattern)
    found, score = _best(tree, bool(tree.state.flags & IGNORECASE))
    return tuple(sorted(set(found))) if score >= 1.5 else ()


def _best(tree: Iterable[Any], any_case: bool) -> tuple[list[str], float]:
    """Return the rarest parts of which one is needed for a sequence, and how rare they are."""
    found: list[tuple[list[str], float]] = []
    run: list[_Part] = []

    def end_run() -> None:
        if run:
            text, score = _joined(run), _scored(run)
            found.append(([f"(?i:{text})" if any_case else text], score))
            run.clear()

    for op, value in tree:
        part = _tight(op, value)
        if part is not None:
            run.append(part)
            continue
        end_run()
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
    return max(found, key=lambda one: (min(one[1], ENOUGH), -len(one[0])), default=([], 0.0))


def _scored(parts: Sequence[_Part]) -> float:
    """Return how rare a sequence is: a common word in it counts for little, however long it is."""
    plain = "".join(part.letter or " " for part in parts).lower()
    common = [word for word in _WORD.findall(plain) if any(word in one for one in COMMON)]
    score = sum(part.score for part in parts) - sum(max(0.0, len(word) - WORD) for word in common)
    # Digits between colons stand in every time.
    bare = all(not part.letter.isalpha() and (part.letter or part.text[:2] in _CLASS) for part in parts)
    return min(score, WORD - 0.4) if bare and plain.isascii() else score


def _joined(run: Sequence[_Part]) -> str:
    """Return the text of a part; what repeats at its edges is needed there only once, or not at all."""
    inner = [part.text for part in run]
    for order in (range(len(run)), range(len(run) - 1, -1, -1)):
        for at in order:
            edge = run[at].edge
            inner[at] = inner[at] if edge is None else edge
            if inner[at]:
                break
    return "".join(inner)


def _tight(op: Any, value: Any) -> _Part | None:
    """Return an element as it is written, when it is tight."""
    if op is ops.LITERAL:
        score = 0.3 if chr(value).isspace() else 1.0 if value < 128 else 8.0
        return _Part(_escaped(value), score, letter=chr(value))
    if op is ops.AT:
        return _Part(BEGINNING, 0.8) if value is ops.AT_BEGINNING else _NOTHING
    if op is ops.IN:
        return _one_of(value)
    if op is ops.SUBPATTERN and not value[1] and not value[2]:
        return _sequence(value[3])
    if op is ops.BRANCH:
        return _branches(value[1])
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT):
        return _repeated(*value)
    return None


def _sequence(tree: Iterable[Any]) -> _Part | None:
    parts = [_tight(op, value) for op, value in tree]
    if any(part is None for part in parts):
        return None
    whole = [part for part in parts if part is not None]
    return _Part("".join(part.text for part in whole), _scored(whole))


def _branches(branches: Sequence[Any]) -> _Part | None:
    parts = [_sequence(one) for one in branches]
    if any(part is None for part in parts):
        return None
    whole = [part for part in parts if part is not None]
    text = f"(?:{'|'.join(part.text for part in whole)})"
    return _Part(text, min(part.score for part in whole))


def _repeated(least: int, most: Any, inner: Any) -> _Part | None:
    """Return a repeated element: of digits and blanks any number, of other things a few."""
    part = _sequence(inner)
    if part is None:
        return None
    endless = most is ops.MAXREPEAT
    if endless and part.text not in (r"\d", r"\s", "\\ ", "=", r"\-", r"\*", r"\.", "_", r"\+", r"\~"):
        return None
    if not endless and most > LONGEST_REPEAT:
        return None
    single = len(part.text) <= 2 or (part.text.startswith(("[", "(?:")) and len(inner) == 1)
    text = part.text if single else f"(?:{part.text})"
    whole = f"{text}{{{least},{'' if endless else most}}}"
    edge = "" if not least else text if least == 1 else f"{text}{{{least}}}"
    return _Part(whole, part.score * min(least, 4), edge)


def _one_of(items: Sequence[Any]) -> _Part | None:
    """Return a set of characters; None for one that says what must not be there."""
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
        return _Part(texts[0], scores[0])
    return _Part(f"[{''.join(texts)}]", min(scores) / (1 if len(texts) < 4 else 2))


def _escaped(code: int) -> str:
    text = chr(code)
    return text if text.isalnum() or not text.isascii() else {"\n": r"\n", "\t": r"\t"}.get(text, f"\\{text}")
