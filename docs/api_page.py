"""The page of the JSON interface, made from the table of endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autonomous_cicd.web.openapi import schemas
from autonomous_cicd.web.routes import ROUTES, Field, Route

__all__ = ["page"]

_INTRODUCTION = """\
# JSON interface

This page is made from the table of endpoints: `./run docs`. A running server describes itself at
`/api/openapi.json`. [How to run one](../how-to/serve.md).

With a token set, every request brings it: `Authorization: Bearer TOKEN`. A page that listens to `/ws`, and
can send no headers, offers two subprotocols, `autonomous-cicd` and `bearer.TOKEN`; the first is agreed to.
Bodies are JSON objects. What cannot be done is answered with a problem object: `title`, `status`, `detail`,
and a `hint` where there is one.

| status | what it means |
| --- | --- |
| 400 | it cannot be understood; `detail` names the parameter or the field |
| 401 | a token is missing or wrong; for a webhook, the signature |
| 403 | a page of somebody else asks; or a socket is opened elsewhere than at `/ws` |
| 404 | there is no such thing |
| 409 | it does not go with how things are |
| 413, 415 | it is too large, or not JSON |
| 421 | the server is not known by that name: add it to `server.allowed_hosts` |
| 429 | more than 60 changes a minute, or 20 wrong tokens; `/api/stop` and the right token pass all the same |
| 503 | it cannot be done just now, or 256 listen already; try again |

Besides there are

- `POST /webhooks/github`: signed deliveries, answered 202 when they are on disk;
- `/ws`: live events, `{"type": "run", "run": …}` and `{"type": "incident", "incident": …}`;
- `/healthz` and `/readyz`, which need no token, and `/metrics` for Prometheus.
"""


def page() -> str:
    """Return the page, in Markdown."""
    lines = [_INTRODUCTION, *(line for route in ROUTES for line in _endpoint(route))]
    lines += ["## What is returned", "", "| | |", "| --- | --- |"]
    lines += [f"| `{name}` | {', '.join(_names(schema))} |" for name, schema in schemas().items()]
    return "\n".join([*lines, ""])


def _endpoint(route: Route) -> Iterator[str]:
    yield from (f"## {route.method} {route.path}", "", f"{route.summary}.", "")
    yield from _fields("parameter", route.query)
    yield from _fields("field of the body", route.body or ())
    yield from (f"Returns `{route.returns}`, [see below](#what-is-returned).", "")


def _fields(kind: str, fields: tuple[Field, ...]) -> Iterator[str]:
    if fields:
        yield from (f"| {kind} | | |", "| --- | --- | --- |")
        for one in fields:
            needed = " It must be there." if one.required else ""
            yield f"| `{one.name}` | {_kind(one.schema)} | {one.help}{needed} |"
        yield ""


def _kind(schema: Any) -> str:
    if "enum" in schema:
        return ", ".join(f"`{word}`" for word in schema["enum"])
    told = {"boolean": "true or false", "integer": "a whole number", "string": "a text"}[schema["type"]]
    if schema["type"] == "integer" and schema["maximum"] < 10_000:
        told += f" from {schema['minimum']} to {schema['maximum']}"
    return f"{told}, by default {schema['default']}" if "default" in schema else told


def _names(schema: Any) -> Iterator[str]:
    """Yield what an object has; of a list, what each entry of it has."""
    for name, inner in schema["properties"].items():
        entry = inner.get("items", {})
        if "$ref" in entry:
            yield f"`{name}` (a list of what `{entry['$ref'].rpartition('/')[2]}` is)"
        else:
            yield f"`{name}`"
