"""Takes values out of manifests that promise nothing about their types."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["Table", "distribution", "distributions", "has", "lines", "string", "strings", "table"]

Table = dict[str, object]

_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")
_URL = re.compile(r"[a-z+]+://|\.{0,2}/")


def table(value: object, *path: str) -> Table:
    """Return the table at a path; an empty one when there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def has(value: object, *path: str) -> bool:
    """Return whether there is a table at a path, be it empty."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return isinstance(value, dict)


def string(value: object) -> str:
    """Return a text; empty when the value is none."""
    return value.strip() if isinstance(value, str) else ""


def strings(value: object) -> tuple[str, ...]:
    """Return the texts of a list; a single text is a list of one."""
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def lines(text: str) -> tuple[str, ...]:
    """Return the lines of a setting that say something, comments left out."""
    stripped = (line.split(" #", 1)[0].strip() for line in text.splitlines())
    return tuple(line for line in stripped if line and not line.startswith(("#", ";")))


def distribution(requirement: str) -> str:
    """Return the normalised name of what a requirement asks for; empty for addresses and options."""
    match = _NAME.match(requirement)
    if match is None or _URL.match(requirement.strip()):
        return ""
    return re.sub(r"[-_.]+", "-", match[1]).lower()


def distributions(requirements: Iterable[str]) -> frozenset[str]:
    """Return the normalised names that requirements ask for."""
    return frozenset(name for requirement in requirements if (name := distribution(requirement)))
