"""Finds the values of a workflow's inputs, with the types that it declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from autonomous_cicd.domain.expression.evaluate import Scope, interpolate
from autonomous_cicd.domain.expression.foretell import is_late
from autonomous_cicd.domain.expression.values import to_number, to_text
from autonomous_cicd.domain.workflow import Json, Workflow
from autonomous_cicd.errors import UsageError
from autonomous_cicd.values import dataclass

__all__ = ["Inputs", "call_inputs", "event_inputs"]

_FALSE = frozenset({"", "false", "0"})


@dataclass(frozen=True, slots=True)
class Inputs:
    """Values of the `inputs` context."""

    values: dict[str, Json] = field(default_factory=dict)
    late: tuple[str, ...] = ()
    """Names of those that are not known yet."""


def event_inputs(workflow: Workflow, event: str, scope: Scope) -> dict[str, Json]:
    """Return the inputs that an event brings when nobody fills them in: their defaults.

    Raises ExpressionError when a default has no value.
    """
    declared = _declared(workflow, event)
    return {name: _default(entry, scope) for name, entry in declared.items()}


def call_inputs(
    workflow: Workflow, given: Mapping[str, Json], scope: Scope, *, late: frozenset[str] = frozenset()
) -> Inputs:
    """Return the inputs of a called workflow; `given` is the caller's `with`, and `scope` its own.

    Those that name something that is `late` are left out. Raises UsageError when an input
    is unknown or missing.
    """
    declared = _declared(workflow, "workflow_call")
    lower = {name.lower(): value for name, value in given.items()}
    unknown = sorted(set(lower) - {name.lower() for name in declared})
    if unknown:
        raise UsageError(f"{workflow.path} has no input {unknown[0]!r}", hint="remove it from `with`")
    values: dict[str, Json] = {}
    waiting: list[str] = []
    for name, entry in declared.items():
        if name.lower() not in lower:
            if entry.get("required") is True and entry.get("default") is None:
                raise UsageError(f"{workflow.path} requires the input {name!r}", hint="add it to `with`")
            values[name] = _default(entry, scope)
        elif is_late(lower[name.lower()], late):
            waiting.append(name)
        else:
            values[name] = _typed(entry, interpolate(lower[name.lower()], scope))
    return Inputs(values, tuple(waiting))


def _declared(workflow: Workflow, event: str) -> dict[str, dict[str, Json]]:
    """Return the declarations of the inputs of one event."""
    config = workflow.events.get(event)
    inputs = config.get("inputs") if isinstance(config, dict) else None
    entries = inputs.items() if isinstance(inputs, dict) else ()
    return {name: entry if isinstance(entry, dict) else {} for name, entry in entries}


def _default(entry: Mapping[str, Json], scope: Scope) -> Json:
    default = interpolate(entry.get("default"), scope)
    options = entry.get("options")
    if default is None and entry.get("type") == "choice" and isinstance(options, list) and options:
        default = options[0]
    return _typed(entry, default)


def _typed(entry: Mapping[str, Json], value: Json) -> Json:
    kind = entry.get("type")
    if kind == "boolean":
        return to_text(value).lower() not in _FALSE
    if kind == "number":
        return value if isinstance(value, int | float) else to_number(value)
    return to_text(value)
