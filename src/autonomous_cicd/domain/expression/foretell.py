"""Says before a run what a condition will be, when what is not known yet cannot change it."""

from __future__ import annotations

from autonomous_cicd.domain.expression import parse as tree
from autonomous_cicd.domain.expression.evaluate import (
    Scope,
    parts,
    paths,
    references,
    status_functions,
    value_of,
)
from autonomous_cicd.domain.expression.values import truthy
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import ExpressionError

__all__ = ["foretell", "is_late"]

LATE_FUNCTIONS = frozenset({"cancelled", "failure", "hashfiles", "success"})


def foretell(text: str, scope: Scope, *, late: frozenset[str]) -> bool | None:
    """Return whether an `if` will hold; None when that depends on what is `late`.

    That are contexts (`needs`) or single entries of one (`inputs.level`, in lower case). How earlier work
    went is late as well, unless `late` is empty.
    """
    answer = _foretold(text, scope, late)
    if answer is not False and late and not status_functions(text):
        return None
    return answer


def is_late(value: Json, late: frozenset[str]) -> bool:
    """Tell whether the expressions of a value name something that is late."""
    return any(_touches(path, late) for path in references(value))


def _knowable(node: tree.Node, late: frozenset[str]) -> bool:
    """Tell whether a tree means the same now as later."""
    calls = (each.name for each in tree.nodes(node) if isinstance(each, tree.Call))
    if late and not LATE_FUNCTIONS.isdisjoint(calls):
        return False
    return not any(_touches(path, late) for path in paths(node))


def _touches(path: str, late: frozenset[str]) -> bool:
    context, _, rest = path.partition(".")
    entry = rest.partition(".")[0].lower()
    if context in late or f"{context}.{entry}" in late:
        return True
    return entry in ("", "*") and any(name.startswith(f"{context}.") for name in late)


def _foretold(text: str, scope: Scope, late: frozenset[str]) -> bool | None:
    if not text.strip():
        return True
    if "${{" not in text:
        return _truth(tree.parse(text), scope, late)
    cut = parts(text)
    if any(isinstance(part, str) for part in cut):
        return True
    answers = [_truth(part, scope, late) for part in cut if not isinstance(part, str)]
    return answers[0] if len(answers) == 1 else None


def _truth(node: tree.Node, scope: Scope, late: frozenset[str]) -> bool | None:
    if isinstance(node, tree.Not):
        inner = _truth(node.operand, scope, late)
        return None if inner is None else not inner
    if isinstance(node, tree.Logical):
        return _chain(node, scope, late)
    if not _knowable(node, late):
        return None
    try:
        return truthy(value_of(node, scope))
    except ExpressionError:
        return None


def _chain(node: tree.Logical, scope: Scope, late: frozenset[str]) -> bool | None:
    decisive = node.operator == "||"
    known = True
    for operand in node.operands:
        answer = _truth(operand, scope, late)
        if answer is decisive:
            return decisive
        known = known and answer is not None
    return not decisive if known else None
