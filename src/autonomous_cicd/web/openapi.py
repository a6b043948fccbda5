"""OpenAPI: the description of the JSON interface, made from the table of endpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from autonomous_cicd import __version__
from autonomous_cicd.domain.delivery import Progress
from autonomous_cicd.domain.incident import State
from autonomous_cicd.web.routes import ROUTES, Field, Route

__all__ = ["description", "schemas"]

_TEXT, _WHOLE, _NUMBER, _FLAG = (
    {"type": "string"},
    {"type": "integer"},
    {"type": "number"},
    {"type": "boolean"},
)
_PERHAPS_WHOLE, _PERHAPS_NUMBER = {"type": ["integer", "null"]}, {"type": ["number", "null"]}
_OBJECT = {"type": "object"}
_NOT_NOTED = "Why it is not on the audit trail; left out when it is, or when nothing was changed."


@cache
def description() -> dict[str, Any]:
    """Return the whole description."""
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "autonomous-cicd",
            "version": __version__,
            "description": "What the server knows, and what it can be asked to do.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}, {}],
    }


def _operation(route: Route) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "responses": dict(_responses(route)),
    }
    parameters: list[dict[str, Any]] = [
        {"name": one.name, "in": "query", "schema": one.schema, "description": one.help}
        for one in route.query
    ]
    if route.about_one:
        schema = {"type": "string", "minLength": 1, "maxLength": 250}
        about = "Its id, or a beginning of it that no other has."
        named = {"name": "id", "in": "path", "required": True, "schema": schema, "description": about}
        parameters.insert(0, named)
    if parameters:
        told["parameters"] = parameters
    if route.body:
        told["requestBody"] = _body(route.body)
    return told


def _body(fields: Sequence[Field]) -> dict[str, Any]:
    required = [one.name for one in fields if one.required]
    shape = {
        "type": "object",
        "properties": {one.name: {**one.schema, "description": one.help} for one in fields},
        "required": required,
        "additionalProperties": False,
    }
    return {"required": bool(required), "content": {"application/json": {"schema": shape}}}


def _responses(route: Route) -> Iterator[tuple[str, Any]]:
    yield "200", _response("Done.", route.returns, "application/json")
    known = {
        "400": "It cannot be understood.",
        "401": "A token is missing or wrong.",
        "403": "Not from there.",
    }
    if route.about_one:
        known["404"] = "There is no such thing."
    if route.method == "POST":
        known |= {"409": "It does not go with how things are.", "413": "It is too large."}
        known |= {"415": "It is not JSON."}
    known |= {"421": "The server is not known by that name.", "429": "Too often."}
    known["503"] = "It cannot be done just now."
    for status, what in known.items():
        yield status, _response(what, "Problem", "application/problem+json")


def _response(what: str, schema: str, kind: str) -> dict[str, Any]:
    return {
        "description": what,
        "content": {kind: {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }


@cache
def schemas() -> dict[str, Any]:
    """Return what the endpoints return, by name."""
    run = {
        **dict.fromkeys(("id", "delivery_id", "outcome", "event", "action", "repository", "workflow"), _TEXT),
        **dict.fromkeys(("branch", "commit", "conclusion", "sender", "key"), _TEXT),
        **dict.fromkeys(("workflow_run_id", "attempt", "number"), _PERHAPS_WHOLE),
        "status": _one_of(Progress),
        "tries": _WHOLE,
        "received": _NUMBER,
        "due": _NUMBER,
        "ended": _PERHAPS_NUMBER,
    }
    short = {
        **dict.fromkeys(("id", "project", "run", "task", "commit", "category", "severity", "cause"), _TEXT),
        **dict.fromkeys(("message", "fingerprint", "diff", "branch"), _TEXT),
        "state": _one_of(State),
        "opened": _NUMBER,
        "ended": _PERHAPS_NUMBER,
        "confidence": _PERHAPS_NUMBER,
        "attempts": _WHOLE,
        "at_host": _FLAG,
    }
    whole = {
        **short,
        **dict.fromkeys(("explanation", "hand_over", "diff_text"), _TEXT),
        **dict.fromkeys(("evidence", "attempts", "history"), _list(_OBJECT)),
        **dict.fromkeys(("suspects", "files"), _list(_TEXT)),
        "delivery": {"type": ["object", "null"]},
    }
    line = dict.fromkeys(("actor", "what", "incident", "project", "detail"), _TEXT)
    settings = {"status": _TEXT, "version": _TEXT, "autonomy": _TEXT}
    return {
        "Run": _all(run),
        "Runs": _all({"runs": _list(_ref("Run")), "next": _PERHAPS_WHOLE}),
        "ShortIncident": _all(short),
        "Incident": _all(whole),
        "Incidents": _all({"incidents": _list(_ref("ShortIncident")), "next": {"type": ["string", "null"]}}),
        "Approvals": _all({"approvals": _list(_ref("Incident")), "next": {"type": ["string", "null"]}}),
        "Audit": _all({"audit": _list(_all({"at": _NUMBER, **line}))}),
        "Remedies": _all({"remedies": _list(_remedy())}),
        "Metrics": _all({"healing": _OBJECT, "runs": _all({one.value: _WHOLE for one in Progress})}),
        "Health": _all(
            {**settings, "stopped": _FLAG, "webhooks": _FLAG, "waiting": _WHOLE, "working": _WHOLE}
        ),
        "Stop": {
            **_all({"stopped": _FLAG, "not_noted": {**_TEXT, "description": _NOT_NOTED}}),
            "required": ["stopped"],
        },
        "Problem": {
            **_all({"title": _TEXT, "status": _WHOLE, "detail": _TEXT, "hint": _TEXT}),
            "required": ["title", "status", "detail"],
        },
    }


def _remedy() -> dict[str, Any]:
    return _all({**dict.fromkeys(("name", "strategy", "risk"), _TEXT), "records": _list(_OBJECT)})


def _one_of(words: Any) -> dict[str, Any]:
    return {"type": "string", "enum": [one.value for one in words]}


def _list(of: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _all(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of an object that has all of these fields."""
    return {"type": "object", "properties": dict(fields), "required": list(fields)}
