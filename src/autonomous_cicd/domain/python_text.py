"""What a newer Python warns of in the text of a source, written so that it means the same."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterator

__all__ = ["with_equality", "with_escapes"]

_PREFIX = re.compile(r"(?i)[rbuf]*(?=['\"])")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_KNOWN = frozenset("\n\r\\'\"abfnrtv01234567x")
_KNOWN_IN_TEXT = frozenset("NuU")
_BEGINS, _ENDS = getattr(tokenize, "FSTRING_START", -1), getattr(tokenize, "FSTRING_END", -1)
_IDENTITY = re.compile(r"\bis\b(?P<no>\s+not\b)?")


def with_escapes(text: str) -> str | None:
    """Return a source without backslashes that escape nothing; None when there are none, or it is no Python.

    A literal in which no other escape stands becomes a raw one, in others the backslash is doubled.
    """
    try:
        literals = list(_literals(text))
    except (tokenize.TokenError, SyntaxError):
        return None
    lines = list(io.StringIO(text, newline=""))
    for (first, start), (last, end) in reversed(literals):
        rows = lines[first - 1 : last]
        rows[-1], after = rows[-1][:end], rows[-1][end:]
        rows[0], before = rows[0][start:], rows[0][:start]
        old = "".join(rows)
        new = _escaped(old)
        if _value(new) == _value(old):
            lines[first - 1 : last] = [f"{before}{new}{after}"]
    changed = "".join(lines)
    return changed if changed != text else None


def _literals(text: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield where each literal text begins and ends, by line and column."""
    depth, begin = 0, (0, 0)
    for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
        if token.type == tokenize.STRING and not depth:
            yield token.start, token.end
        elif token.type == _BEGINS:  # newer Pythons take one with executed parts to pieces
            begin, depth = begin if depth else token.start, depth + 1
        elif token.type == _ENDS:
            depth -= 1
            if not depth:
                yield begin, token.end


def _escaped(literal: str) -> str:
    prefix = _PREFIX.match(literal)
    head = prefix[0] if prefix else ""
    if "r" in head.lower():
        return literal
    known = _KNOWN if "b" in head.lower() else _KNOWN | _KNOWN_IN_TEXT
    escapes = _ESCAPE.findall(literal)
    if not any(one not in known for one in escapes):
        return literal
    if not any(one in known for one in escapes) and "u" not in head.lower():
        return f"r{literal}"
    return _ESCAPE.sub(lambda one: one[0] if one[1] in known else f"\\{one[0]}", literal)


def _value(literal: str) -> object:
    """Return what a literal means; of one with parts that are executed, its tree."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.dump(ast.parse(literal, mode="eval"))
        except (SyntaxError, ValueError):
            return literal


def with_equality(text: str) -> str | None:
    """Return a source that compares literals by value; None when it does so already, or is no Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    lines = text.encode().split(b"\n")
    found: list[tuple[int, int, int]] = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
            if not isinstance(operator, ast.Is | ast.IsNot) or not (_literal(left) or _literal(right)):
                continue
            if left.end_lineno != right.lineno or left.end_col_offset is None:
                return None
            found.append((right.lineno - 1, left.end_col_offset, right.col_offset))
    for line, start, end in sorted(found, reverse=True):
        between = lines[line][start:end].decode()
        new = _IDENTITY.sub(lambda one: "!=" if one["no"] else "==", between, count=1)
        lines[line] = lines[line][:start] + new.encode() + lines[line][end:]
    return b"\n".join(lines).decode() if found else None


def _literal(node: ast.expr) -> bool:
    plain = isinstance(node, ast.Constant) and isinstance(node.value, str | bytes | int | float)
    return isinstance(node, ast.Tuple) or (plain and not isinstance(getattr(node, "value", None), bool))
