"""Whether requests and answers are what GitHub's own description says, where that description is here."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from tests.hosts.serving import Ask, Reply

__all__ = ["DESCRIPTION", "Contract"]

DESCRIPTION = Path(__file__).parents[3] / "shared/contracts/github/rest-openapi-cut.json"
_ALWAYS = frozenset({304, 401, 403, 404, 429, 500, 502, 503})
"""Statuses that may come for anything."""
_WIDE = frozenset({"path", "ref", "basehead", "branch", "base", "head"})
"""Parameters that may hold slashes."""


@functools.cache
def _description() -> Any:
    return _nullable(json.loads(DESCRIPTION.read_text(encoding="utf-8")))


def _nullable(value: Any) -> Any:
    """Return a description with `nullable` said in the words of JSON Schema."""
    if isinstance(value, list):
        return [_nullable(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {key: _nullable(one) for key, one in value.items() if key != "nullable"}
    if value.get("nullable") is True:
        return {"anyOf": [made, {"type": "null"}]}
    return made


class Contract:
    """Compares what is asked and answered with GitHub's description of it."""

    def __init__(self) -> None:
        whole = _description()
        self._paths = sorted(
            ((_pattern(path), path, item) for path, item in whole["paths"].items()),
            key=lambda one: (-one[1].count("/"), one[1].count("{")),
        )
        self._components = whole["components"]
        resource = DRAFT202012.create_resource(whole)
        self._registry: Any = Registry().with_resource("urn:github", resource)

    def wrong(self, asked: Ask, path: str, reply: Reply) -> Iterator[str]:
        """Yield what is not as described; `path`: below the address of the interface."""
        found = next(
            (
                item[asked.method.lower()]
                for pattern, _, item in self._paths
                if pattern.fullmatch(path) and asked.method.lower() in item
            ),
            None,
        )
        name = f"{asked.method} {path}"
        if found is None:
            if reply.status != 404:
                yield f"{name}: not described"
            return
        known = {one["name"] for one in map(self._resolved, found.get("parameters", []))}
        yield from (f"{name}: no parameter {one}" for one in asked.query.keys() - known)
        yield from self._body(name, found, asked, reply)
        yield from self._answer(name, found, reply)

    def _body(self, name: str, found: Any, asked: Ask, reply: Reply) -> Iterator[str]:
        schema = found.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        if reply.status < 300 and asked.body and schema is None:
            yield f"{name}: takes no body"
        elif (
            reply.status < 300 and schema is not None and (asked.body or found["requestBody"].get("required"))
        ):
            for error in self._errors(schema, asked.json):
                yield f"{name}: asked {error}"

    def _answer(self, name: str, found: Any, reply: Reply) -> Iterator[str]:
        described = found["responses"].get(str(reply.status))
        if described is None:
            if reply.status not in _ALWAYS:
                yield f"{name}: {reply.status} is not described"
            return
        content = self._resolved(described).get("content", {}).get("application/json", {})
        if "schema" in content and reply.status < 300:
            for error in self._errors(content["schema"], json.loads(reply.body)):
                yield f"{name}: answered {error}"

    def _errors(self, schema: Any, value: Any) -> Iterator[str]:
        local = json.loads(json.dumps(schema).replace('"#/', '"urn:github#/'))
        validator = Draft202012Validator(local, registry=self._registry)
        for error in validator.iter_errors(value):
            deep = min(error.context or [error], key=lambda one: len(one.context or []))
            yield f"{deep.json_path}: {deep.message[:300]}"

    def _resolved(self, value: Any) -> Any:
        if "$ref" in value:
            _, _, kind, key = value["$ref"].split("/")
            return self._components[kind][key]
        return value


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", path)
    made = [
        re.escape(part) if not number % 2 else ".+" if part in _WIDE else "[^/]+"
        for number, part in enumerate(parts)
    ]
    return re.compile("".join(made))
