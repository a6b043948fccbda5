"""Remarks: the parts of a change that only people read, be they in documents or beside the code."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from autonomous_cicd.domain.file_kinds import is_document
from autonomous_cicd.domain.hunks import Hunk, Part

__all__ = ["is_remark"]

_SIGNS = ("#", "//", "/*", "*/", "* ", "--", '"""', "'''")
"""How a line begins that is a remark in one language or another."""


def is_remark(part: Hunk) -> bool:
    """Whether a part changes only what people read: a document, comments, the texts that document code."""
    if is_document(part.file):
        return True
    if part.part is not Part.LINES:
        return False
    sides = ((part.change.before, part.removed, part.at), (part.change.after, part.added, part.start))
    return all(_only_remarks(part.file, text or "", lines, begin) for text, lines, begin in sides)


def _only_remarks(file: str, text: str, lines: Sequence[str], begin: int) -> bool:
    texts = _documented(text) if file.endswith((".py", ".pyi")) else frozenset[int]()
    return all(
        not line or line == "*" or line.startswith(_SIGNS) or number in texts
        for number, line in enumerate(map(str.strip, lines), begin + 1)
    )


def _documented(source: str) -> frozenset[int]:
    """Return the lines of Python's texts that stand alone, as those do that document code."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    alone = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )
    texts = (node for node in alone if isinstance(node.value, str))
    return frozenset(number for node in texts for number in range(node.lineno, (node.end_lineno or 0) + 1))
