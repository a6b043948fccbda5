"""Reads the steps of a job, or of a composite action."""

from __future__ import annotations

import re

from autonomous_cicd.domain.expression.parse import CONTEXTS
from autonomous_cicd.domain.expression.values import to_text
from autonomous_cicd.domain.workflow import Step
from autonomous_cicd.workflows.place import Place

__all__ = ["read_condition", "read_steps"]

_COMMON = frozenset({"name", "id", "if", "continue-on-error", "timeout-minutes", "env", "background"})
_RUN = _COMMON | {"run", "shell", "working-directory"}
_USES = _COMMON | {"uses", "with"}
_SPECIAL = ("parallel", "wait", "wait-all", "cancel")
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")

_STEP = CONTEXTS - {"jobs"}
_STEP_IF = _STEP - {"secrets"}


def read_steps(place: Place, *, composite: bool = False) -> tuple[Step, ...]:
    """Return the steps of a list. Raises DocumentError."""
    steps = tuple(_step(item, composite) for item in place.items())
    seen: dict[str, Step] = {}
    for number, step in enumerate(steps):
        first = seen.setdefault(step.id.lower(), step) if step.id else step
        if first is not step:
            item = Place(place.document, None, (*place.path, number, "id"))
            raise item.wrong(f"{step.id!r} is taken by the step in line {first.line}", "give it another id")
    return steps


def read_condition(place: Place, contexts: frozenset[str]) -> str:
    """Return the `if` that stands there, as text; its expression must parse."""
    place.scalar()
    return to_text(place.expression(contexts, bare=True))


def _step(place: Place, composite: bool) -> Step:
    if not place.mapping():
        raise place.wrong("is empty", "give it `run` or `uses`")
    special = next((key for key in _SPECIAL if place.has(key)), "")
    if special:
        return Step(special=special, name=place.get("name").text(), id=_id(place), line=place.line)
    if place.has("run") == place.has("uses"):
        what = "both `run` and `uses`" if place.has("run") else "neither `run` nor `uses`"
        raise place.wrong(f"has {what}", "a step runs a script or uses an action")
    place.only(_RUN if place.has("run") else _USES)
    if composite and place.has("run") and not place.has("shell"):
        raise place.wrong("has no `shell`", "a script of a composite action must name one: `shell: bash`")
    return _plain_step(place)


def _plain_step(place: Place) -> Step:
    uses = place.get("uses").text() if place.has("uses") else None
    if uses == "":
        raise place.get("uses").wrong("is empty", "name an action, such as `actions/checkout@v4`")
    return Step(
        id=_id(place),
        name=place.get("name").text(_STEP),
        condition=read_condition(place.get("if"), _STEP_IF),
        run=place.get("run").text(_STEP) if place.has("run") else None,
        uses=uses,
        inputs=place.get("with").variables(_STEP),
        env=place.get("env").variables(_STEP),
        shell=place.get("shell").text(_STEP),
        working_directory=place.get("working-directory").text(_STEP),
        continue_on_error=place.get("continue-on-error").scalar(_STEP) or False,
        timeout_minutes=place.get("timeout-minutes").scalar(_STEP),
        special="background" if place.get("background").scalar() else "",
        line=place.line,
    )


def _id(place: Place) -> str:
    identity = place.get("id").text()
    if identity and not _ID.fullmatch(identity):
        raise place.get("id").wrong(
            f"{identity!r} is no id", "use letters, digits, - and _, and begin with a letter"
        )
    return identity
