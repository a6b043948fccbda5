"""Routes: the table of endpoints. Routing, checking, the OpenAPI description and the docs follow from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from autonomous_cicd.domain.delivery import Progress
from autonomous_cicd.domain.incident import State
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.values import dataclass
from autonomous_cicd.web import endpoints
from autonomous_cicd.web.endpoints import Asked
from autonomous_cicd.web.office import Office

__all__ = ["ROUTES", "Field", "Route", "read_body", "read_query"]

PAGE, MOST = 50, 500
"""Things on a page: unless told otherwise, and at most."""
_POSITION = 2**62


@dataclass(frozen=True, slots=True)
class Field:
    """A value that is asked with: of the query, or of the body."""

    name: str
    schema: Mapping[str, Any]
    help: str
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One endpoint."""

    method: str
    path: str
    summary: str
    answer: Callable[[Office, Asked], dict[str, Any]]
    returns: str
    """Name of what it returns, among the schemas of the description."""
    query: tuple[Field, ...] = ()
    body: tuple[Field, ...] | None = None
    """None: it takes no body."""

    @property
    def name(self) -> str:
        """What programs call it."""
        return self.answer.__name__

    @property
    def about_one(self) -> bool:
        """Whether it is about one thing, named in the path."""
        return "{id}" in self.path


_LIMIT = Field(
    "limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": PAGE}, "How many at most."
)
_CURSOR = Field("cursor", {"type": "string", "maxLength": 100}, "What `next` of the page before said.")
_AFTER = Field(
    "cursor",
    {"type": "integer", "minimum": 0, "maximum": _POSITION},
    "What `next` of the page before said.",
)
_STATUS = Field("status", {"type": "string", "enum": [one.value for one in Progress]}, "Only of this status.")
_STATE = Field("state", {"type": "string", "enum": [one.value for one in State]}, "Only of this state.")
_REPOSITORY = Field(
    "repository", {"type": "string", "maxLength": 250}, "Only of this repository, as owner/name."
)
_PROJECT = Field(
    "project", {"type": "string", "maxLength": 4_000}, "Only of this folder, or repository as owner/name."
)
_DIFF = Field(
    "diff",
    {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "Id of the diff that is agreed to.",
    required=True,
)
_WHY = Field("why", {"type": "string", "maxLength": 1_000}, "The reason.")
_STOPPED = Field("stopped", {"type": "boolean"}, "Whether everything is to stop.", required=True)


def _get(path: str, summary: str, answer: Any, returns: str, *query: Field) -> Route:
    return Route(method="GET", path=path, summary=summary, answer=answer, returns=returns, query=query)


def _post(path: str, summary: str, answer: Any, returns: str, *body: Field) -> Route:
    return Route(method="POST", path=path, summary=summary, answer=answer, returns=returns, body=body)


ROUTES: tuple[Route, ...] = (
    _get(
        "/api/runs",
        "List deliveries and what became of them, the newest first",
        endpoints.runs,
        "Runs",
        *(_STATUS, _REPOSITORY, _AFTER, _LIMIT),
    ),
    _post("/api/runs/{id}/retry", "Have a delivery worked on again", endpoints.retry_run, "Run"),
    _post("/api/runs/{id}/cancel", "End a delivery", endpoints.cancel_run, "Run"),
    _get("/api/runs/{id}", "Show a delivery", endpoints.run, "Run"),
    _get(
        "/api/incidents",
        "List incidents, the newest first",
        endpoints.incidents,
        "Incidents",
        *(_STATE, _PROJECT, _CURSOR, _LIMIT),
    ),
    _get("/api/incidents/{id}", "Show an incident with its history", endpoints.incident, "Incident"),
    _get(
        "/api/approvals",
        "List changes that wait for a person",
        endpoints.approvals,
        "Approvals",
        *(_CURSOR, _LIMIT),
    ),
    _post(
        "/api/approvals/{id}/approve",
        "Agree to that very change; it is delivered",
        endpoints.approve,
        "Incident",
        _DIFF,
    ),
    _post(
        "/api/approvals/{id}/reject",
        "Refuse a change; its incident is dismissed",
        endpoints.reject,
        "Incident",
        _WHY,
    ),
    _get("/api/audit", "Show what was decided and done, the newest first", endpoints.audit, "Audit", _LIMIT),
    _get("/api/remedies", "List the remedies, and how often each helped", endpoints.remedies, "Remedies"),
    _get("/api/metrics", "Say how well healing does", endpoints.metrics, "Metrics"),
    _get("/api/health", "Say how the server is", endpoints.health, "Health"),
    _get("/api/stop", "Say whether all acting is stopped", endpoints.stop, "Stop"),
    _post("/api/stop", "Stop all acting, or let it go on", endpoints.set_stop, "Stop", _STOPPED),
)
"""Every endpoint of the JSON interface."""


def read_query(route: Route, pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the values of a query. Raises DocumentError for what the endpoint does not know or take."""
    fields = {one.name: one for one in route.query}
    found: dict[str, Any] = {
        one.name: one.schema["default"] for one in route.query if "default" in one.schema
    }
    seen: set[str] = set()
    for name, text in pairs:
        if name not in fields:
            hint = f"known are: {', '.join(fields)}" if fields else "none is known"
            raise DocumentError(f"the parameter {name[:60]!r} is not known here", hint=hint)
        if name in seen:
            raise DocumentError(f"`{name}` is there twice")
        seen.add(name)
        found[name] = _checked(fields[name], _number(text) if _is_number(fields[name]) else text)
    return found


def read_body(route: Route, value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a body. Raises DocumentError for what is missing, unknown or of a wrong kind."""
    fields = {one.name: one for one in route.body or ()}
    for name in value:
        if name not in fields:
            raise DocumentError(f"the field {name[:60]!r} is not known here")
    for one in fields.values():
        if one.required and one.name not in value:
            raise DocumentError(f"`{one.name}` is missing")
    return {name: _checked(fields[name], one) for name, one in value.items()}


def _is_number(field: Field) -> bool:
    return bool(field.schema["type"] == "integer")


def _number(text: str) -> object:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else text


_KINDS: Mapping[str, type] = {"string": str, "integer": int, "boolean": bool}


def _checked(field: Field, value: object) -> object:
    schema = field.schema
    if type(value) is not _KINDS[schema["type"]]:
        raise DocumentError(f"`{field.name}` is not of the type {schema['type']}")
    if isinstance(value, str):
        if "enum" in schema and value not in schema["enum"]:
            raise DocumentError(f"`{field.name}` is none of {', '.join(schema['enum'])}")
        if len(value) > schema.get("maxLength", len(value)):
            raise DocumentError(f"`{field.name}` is longer than {schema['maxLength']} characters")
    elif type(value) is int and not schema["minimum"] <= value <= schema["maximum"]:
        raise DocumentError(f"`{field.name}` is not from {schema['minimum']} to {schema['maximum']}")
    return value
