"""The grade of Python sources, by a formula that anybody can check.

Points are 100 less, weighted, the share of lines that stand where a reader gets lost:

    40 x in functions with a cyclomatic complexity over 10
    20 x in functions of more than 60 lines
    20 x in functions with more than 7 parameters
    20 x in files of more than 500 lines

and less 100 x the share of lines in files that are no Python at all. A is 90 points and more, B 80,
C 70, D 60, E 50, F what is below. Tests are not counted: they may be long.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping

__all__ = ["GRADES", "grade", "score"]

GRADES = "ABCDEF"
MOST_COMPLEXITY, MOST_LINES, MOST_PARAMETERS, MOST_FILE_LINES = 10, 60, 7, 500
WEIGHTS = {"complex": 40, "long": 20, "parameters": 20, "file": 20, "broken": 100}
BRANCHES = (
    ast.If,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.ExceptHandler,
    ast.IfExp,
    ast.comprehension,
    ast.match_case,
)


def score(sources: Mapping[str, str]) -> float | None:
    """Return the points, 0 to 100, of sources by name; None when none of them is Python."""
    lost = dict.fromkeys(WEIGHTS, 0)
    total = 0
    for name, text in sources.items():
        lines = text.count("\n") + 1
        if not name.endswith(".py") or not text.strip():
            continue
        total += lines
        lost["file"] += lines if lines > MOST_FILE_LINES else 0
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            lost["broken"] += lines
            continue
        _measure_functions(tree, lost)
    if not total:
        return None
    return max(0.0, 100 - sum(WEIGHTS[what] * count / total for what, count in lost.items()))


def grade(points: float) -> str:
    """Return the grade of so many points."""
    return GRADES[min(len(GRADES) - 1, max(0, math.ceil((90 - points) / 10)))]


def _measure_functions(tree: ast.AST, lost: dict[str, int]) -> None:
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        lost["complex"] += lines if _complexity(node) > MOST_COMPLEXITY else 0
        lost["long"] += lines if lines > MOST_LINES else 0
        lost["parameters"] += lines if _parameters(node) > MOST_PARAMETERS else 0


def _complexity(function: ast.AST) -> int:
    """Return how many ways lead through a function."""
    ways = 1
    for node in ast.walk(function):
        if isinstance(node, BRANCHES):
            ways += 1
        elif isinstance(node, ast.BoolOp):
            ways += len(node.values) - 1
    return ways


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    arguments = function.args
    return len(arguments.posonlyargs) + len(arguments.args) + len(arguments.kwonlyargs)
