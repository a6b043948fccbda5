"""Patterns as other programs want them: rules are written for RE2."""

from __future__ import annotations

import re
from collections.abc import Iterable
from re import IGNORECASE
from re import _constants as ops  # type: ignore[attr-defined,unused-ignore]
from re import _parser as parser  # type: ignore[attr-defined,unused-ignore]
from typing import Any

__all__ = ["for_grep", "without_names"]

_CLASSES = {
    ops.CATEGORY_DIGIT: "0-9",
    ops.CATEGORY_SPACE: "[:space:]",
    ops.CATEGORY_WORD: "[:alnum:]_",
}
_OTHERS = {
    ops.CATEGORY_NOT_DIGIT: "[^0-9]",
    ops.CATEGORY_NOT_SPACE: "[^[:space:]]",
    ops.CATEGORY_NOT_WORD: "[^[:alnum:]_]",
}
_PLACES = {
    ops.AT_BEGINNING: "^",
    ops.AT_BEGINNING_STRING: "^",
    ops.AT_END: "$",
    ops.AT_END_STRING: "$",
    ops.AT_BOUNDARY: r"\b",
    ops.AT_NON_BOUNDARY: r"\B",
}
_BOUNDS = {(0, None): "*", (1, None): "+", (0, 1): "?"}
_BRACKET = re.compile(r"\[\^?\]?(?:\[:\w+:\]|[^\[\]])*\]")


def without_names(pattern: str) -> str:
    """Return a pattern whose groups have no names, so that it can stand beside others."""
    return "(?:".join(
        part if number == 0 else part.partition(">")[2] for number, part in enumerate(pattern.split("(?P<"))
    )


def for_grep(pattern: str) -> str:
    """Return a pattern without line feeds as a POSIX extended regular expression, as GNU grep reads it."""
    tree = parser.parse(pattern)
    return _sequence(tree, bool(tree.state.flags & IGNORECASE))


def _sequence(tree: Iterable[Any], any_case: bool) -> str:
    return "".join(_one(op, value, any_case) for op, value in tree)


def _one(op: Any, value: Any, any_case: bool) -> str:
    if op is ops.LITERAL:
        return _letter(chr(value), any_case)
    if op is ops.NOT_LITERAL:
        return f"[^{chr(value)}]"
    if op is ops.ANY:
        return "."
    if op is ops.AT:
        return _PLACES[value]
    if op is ops.IN:
        return _set(value, any_case)
    if op is ops.BRANCH:
        return f"({'|'.join(_sequence(one, any_case) for one in value[1])})"
    if op is ops.SUBPATTERN:
        _, added, removed, inner = value
        return f"({_sequence(inner, (any_case or bool(added & IGNORECASE)) and not removed & IGNORECASE)})"
    least, most, inner = value  # a repetition, greedy or not: what matches is the same
    most = None if most is ops.MAXREPEAT else most
    bounds = _BOUNDS.get((least, most)) or f"{{{least},{'' if most is None else most}}}"
    single = len(inner) == 1 and inner[0][0] in (ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.SUBPATTERN)
    text = _sequence(inner, any_case)
    return f"{text}{bounds}" if single or _BRACKET.fullmatch(text) else f"({text}){bounds}"


def _letter(text: str, any_case: bool) -> str:
    if any_case and text.lower() != text.upper():
        return f"[{text.lower()}{text.upper()}]"
    return f"\\{text}" if text in r".[]{}()*+?^$|\/" and text not in "]}/" else text


def _set(items: Iterable[Any], any_case: bool) -> str:
    texts: list[str] = []
    others: list[str] = []
    negated = False
    for op, value in items:
        if op is ops.NEGATE:
            negated = True
        elif op is ops.LITERAL:
            texts += {chr(value).lower(), chr(value).upper()} if any_case else {chr(value)}
        elif op is ops.RANGE:
            texts.append(f"{chr(value[0])}-{chr(value[1])}")
        elif value in _CLASSES:
            texts.append(_CLASSES[value])
        else:
            others.append(_OTHERS[value])
    if others and negated:
        raise ValueError("a set without what is not in another")
    ordered = sorted(texts, key=lambda text: ({"]": -1, "^": 1, "-": 2}.get(text, 0), text))
    inside = "".join(ordered)
    if negated:
        return f"[^{inside}]"
    alone = [*others, *([f"[{inside}]"] if inside and inside != "^" else [r"\^"] if inside else [])]
    return alone[0] if len(alone) == 1 else f"({'|'.join(alone)})"
