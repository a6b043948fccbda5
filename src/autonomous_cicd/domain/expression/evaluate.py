"""Finds out what an expression means in a scope, and what it depends on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from autonomous_cicd.domain.expression import parse as tree
from autonomous_cicd.domain.expression.functions import FUNCTIONS, bounded
from autonomous_cicd.domain.expression.values import (
    equal,
    fold,
    greater,
    is_primitive,
    less,
    to_number,
    to_text,
    truthy,
)
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import ExpressionError
from autonomous_cicd.values import dataclass

__all__ = [
    "JobState",
    "Scope",
    "check",
    "condition",
    "evaluate",
    "interpolate",
    "parts",
    "paths",
    "references",
    "resolve",
    "status_functions",
    "value_of",
]

_MAX_ITEMS = 1_000_000
_MAX_NESTING = 100
_INSERT = "insert"
_STOPS = re.compile(r"\}\}|'[^']*'?")
_STATUS = frozenset({"always", "cancelled", "failure", "success"})

Part: TypeAlias = "str | tree.Node"


class JobState(StrEnum):
    """How the job, or the jobs it needs, went so far."""

    SUCCESS = "success"
    FAILURE = "failure"
    CANCELLED = "cancelled"


_STATE = {"success": JobState.SUCCESS, "failure": JobState.FAILURE, "cancelled": JobState.CANCELLED}


def _no_files(patterns: tuple[str, ...]) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression can see."""

    contexts: Mapping[str, Json] = field(default_factory=dict)
    """By name, in lower case. One that the host knows but is not here is empty."""
    status: JobState = JobState.SUCCESS
    hash_files: Callable[[tuple[str, ...]], str] = _no_files
    """Returns the hash over the files that match the patterns."""


def evaluate(expression: str, scope: Scope) -> Json:
    """Return the value of an expression, written without its `${{ }}`. Raises ExpressionError."""
    return _evaluated(tree.parse(expression), expression, scope)


def interpolate(value: Json, scope: Scope) -> Json:
    """Return a text with its `${{ }}` replaced; what is no text comes back as it is.

    A text that is one single `${{ }}` keeps the type of its value.
    """
    if not isinstance(value, str) or "${{" not in value:
        return value
    cut = parts(value)
    if len(cut) == 1:
        return _part(cut[0], value, scope)
    return bounded("".join(to_text(_part(part, value, scope)) for part in cut))


def resolve(value: Json, scope: Scope) -> Json:
    """Interpolate a value with everything below it, keys included."""
    return _resolved(value, scope, 0)


def condition(text: str, scope: Scope) -> bool:
    """Tell whether an `if` holds; its `${{ }}` are optional, and `success()` is implied."""
    if not text.strip():
        return scope.status is JobState.SUCCESS
    if scope.status is not JobState.SUCCESS and not status_functions(text):
        return False
    return truthy(interpolate(text, scope) if "${{" in text else evaluate(text, scope))


def references(value: Json, *, bare: bool = False) -> frozenset[str]:
    """Return the dotted paths that the expressions of a value use, such as `secrets.TOKEN`.

    A part that is computed is `*`; the context is in lower case, the rest as written. A text without
    any `${{ }}` is an expression itself when it is `bare`, as an `if` is.
    """
    return frozenset(path for node in _trees(value, bare) for path in paths(node))


def status_functions(text: str) -> frozenset[str]:
    """Return which of `always`, `cancelled`, `failure` and `success` an `if` calls."""
    calls = (
        node.name for root in _trees(text, True) for node in tree.nodes(root) if isinstance(node, tree.Call)
    )
    return _STATUS.intersection(calls)


def check(value: Json, *, bare: bool = False, contexts: frozenset[str] = tree.CONTEXTS) -> None:
    """Raise ExpressionError when an expression of a value does not parse or names another context."""
    for root in _trees(value, bare):
        _known(root, to_text(value) if is_primitive(value) else "", contexts)


def _part(part: Part, text: str, scope: Scope) -> Json:
    return part if isinstance(part, str) else _evaluated(part, text, scope)


def _evaluated(root: tree.Node, text: str, scope: Scope) -> Json:
    _known(root, text, tree.CONTEXTS.union(scope.contexts))
    return value_of(root, scope)


def _known(root: tree.Node, text: str, contexts: frozenset[str]) -> None:
    for node in tree.nodes(root):
        if isinstance(node, tree.Name) and node.name not in contexts:
            raise ExpressionError(
                f"unrecognized named-value {node.name!r}",
                expression=text,
                hint=f"known here are {', '.join(sorted(contexts))}; a string stands in single quotes",
            )


@lru_cache(maxsize=512)
def parts(text: str) -> tuple[Part, ...]:
    """Cut a text into what stands for itself and the trees of its `${{ }}`."""
    found: list[Part] = []
    at = 0
    while (start := text.find("${{", at)) >= 0:
        if start > at:
            found.append(text[at:start])
        end = _end(text, start + 3)
        found.append(tree.parse(text[start + 3 : end]))
        at = end + 2
    if at < len(text):
        found.append(text[at:])
    return tuple(found)


def _end(text: str, start: int) -> int:
    """Return where the `}}` stands that ends the expression; those in strings do not count."""
    for stop in _STOPS.finditer(text, start):
        if stop[0] == "}}":
            return stop.start()
        if len(stop[0]) == 1 or stop[0][-1] != "'":
            break  # a string that is never closed
    raise ExpressionError("an expression is not closed", expression=text[start - 3 :], hint="end it with }}")


def _resolved(value: Json, scope: Scope, level: int) -> Json:
    if level > _MAX_NESTING:
        raise ExpressionError(f"a value has more than {_MAX_NESTING} levels")
    if isinstance(value, dict):
        result: dict[str, Json] = {}
        for key, item in value.items():
            resolved = _resolved(item, scope, level + 1)
            if _is_insert(key) and isinstance(resolved, dict):
                result.update(resolved)
            else:
                result[to_text(interpolate(key, scope))] = resolved
        return result
    if isinstance(value, list):
        return [_resolved(item, scope, level + 1) for item in value]
    return interpolate(value, scope)


def _is_insert(key: str) -> bool:
    return key.startswith("${{") and key.endswith("}}") and key[3:-2].strip() == _INSERT


def value_of(node: tree.Node, scope: Scope) -> Json:
    """Return the value of a tree whose contexts are known."""
    if isinstance(node, tree.Literal | tree.Wildcard):
        return node.value
    if isinstance(node, tree.Name):
        return scope.contexts.get(node.name)
    if isinstance(node, tree.Index):
        return _indexed(node, scope)
    if isinstance(node, tree.Call):
        return _called(node, scope)
    if isinstance(node, tree.Not):
        return not truthy(value_of(node.operand, scope))
    if isinstance(node, tree.Comparison):
        return _compared(node.operator, value_of(node.left, scope), value_of(node.right, scope))
    return _chosen(node, scope)


def _chosen(node: tree.Logical, scope: Scope) -> Json:
    stop = node.operator == "||"
    value: Json = None
    for operand in node.operands:
        value = value_of(operand, scope)
        if truthy(value) is stop:
            break
    return value


def _compared(operator: str, left: Json, right: Json) -> bool:
    if operator == "==":
        return equal(left, right)
    if operator == "!=":
        return not equal(left, right)
    ordered = less(left, right) if operator.startswith("<") else greater(left, right)
    return ordered or (operator.endswith("=") and equal(left, right))


def _called(node: tree.Call, scope: Scope) -> Json:
    if node.name == "case":
        return _case(node, scope)
    arguments = [value_of(argument, scope) for argument in node.arguments]
    if node.name in _STATUS:
        return _went(node.name, arguments, scope)
    if node.name == "hashfiles":
        return scope.hash_files(tuple(map(to_text, arguments)))
    return FUNCTIONS[node.name](arguments)


def _went(function: str, jobs: list[Json], scope: Scope) -> bool:
    """Answer a status function; one that names jobs asks for their results alone."""
    if function == "always":
        return True
    if not jobs:
        return scope.status is _STATE[function]
    results = [
        _lookup(hit, "result", False)
        for job in jobs
        for hit in _lookup(scope.contexts.get("needs"), job, False)
    ]
    if function == "success":
        return len(results) == len(jobs) and all(result == ["success"] for result in results)
    return ["failure"] in results


def _case(node: tree.Call, scope: Scope) -> Json:
    for test, result in zip(node.arguments[:-1:2], node.arguments[1::2], strict=True):
        holds = value_of(test, scope)
        if not isinstance(holds, bool):
            raise ExpressionError("a condition of the function 'case' must be true or false")
        if holds:
            return value_of(result, scope)
    return value_of(node.arguments[-1], scope)


class _Filtered(list[Json]):
    """What an object filter leaves: a property of it is that property of each item."""


def _indexed(node: tree.Index, scope: Scope) -> Json:
    target = value_of(node.target, scope)
    if isinstance(node.key, tree.Wildcard):
        items = (
            [item for each in target for item in _all(each)]
            if isinstance(target, _Filtered)
            else _all(target)
        )
        return _bounded_items(items)
    key = value_of(node.key, scope)
    exact = isinstance(node.target, tree.Name) and node.target.name == "env"
    if isinstance(target, _Filtered):
        found = (_lookup(each, key, exact) for each in target)
        return _bounded_items([item for hit in found for item in hit])
    hits = _lookup(target, key, exact)
    return hits[0] if hits else None


def _bounded_items(items: list[Json]) -> Json:
    if len(items) > _MAX_ITEMS:
        raise ExpressionError(f"an object filter leaves more than {_MAX_ITEMS} items")
    return _Filtered(items)


def _all(value: Json) -> list[Json]:
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else []


def _lookup(value: Json, key: Json, exact: bool) -> list[Json]:
    """Return the item in a list of its own, or an empty list: null is an item like any other."""
    if isinstance(value, Mapping):
        return _property(value, to_text(key), exact) if is_primitive(key) else []
    if isinstance(value, list | tuple):
        number = to_number(key)
        return [value[int(number)]] if 0 <= number < len(value) else []
    return []


def _property(value: Mapping[str, Json], name: str, exact: bool) -> list[Json]:
    if name in value:
        return [value[name]]
    if exact:
        return []
    folded = fold(name)
    return next(([item] for key, item in value.items() if fold(str(key)) == folded), [])


def _trees(value: Json, bare: bool) -> Iterator[tree.Node]:
    waiting: list[Json] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(item.values())
            waiting.extend(key for key in item if not _is_insert(key))
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, str) and "${{" in item:
            yield from (part for part in parts(item) if not isinstance(part, str))
        elif isinstance(item, str) and bare and item.strip():
            yield tree.parse(item)


def paths(root: tree.Node) -> Iterator[str]:
    """Yield the dotted paths that a tree uses."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        path: list[str] = []
        while isinstance(node, tree.Index):
            literal = isinstance(node.key, tree.Literal) and is_primitive(node.key.value)
            path.append(to_text(node.key.value) if literal and isinstance(node.key, tree.Literal) else "*")
            waiting.append(node.key)
            node = node.target
        if isinstance(node, tree.Name):
            yield ".".join([node.name, *reversed(path)])
        else:
            waiting.extend(tree.children(node))
