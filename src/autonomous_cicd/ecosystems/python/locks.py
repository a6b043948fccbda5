"""Reads what lock files pin, and the sets of a Pipfile."""

from __future__ import annotations

import re
from collections.abc import Mapping

from autonomous_cicd.ecosystems.python.facts import Requirements, SetKind
from autonomous_cicd.ecosystems.python.shapes import Table, distribution, string, table

__all__ = ["LOCK_FILES", "locked_versions", "pipfile_sets"]

LOCK_FILES = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml")

_PACKAGE = re.compile(r'^\[\[packages?\]\]\r?\nname = "([^"\n]+)"\r?\nversion = "([^"\n]+)"', re.MULTILINE)


def locked_versions(text: str) -> Mapping[str, str]:
    """Return the version of each distribution that a TOML lock file names exactly once.

    Lock files are large and written by programs in one shape, so they are searched and not parsed.
    """
    found: dict[str, str] = {}
    twice: set[str] = set()
    for match in _PACKAGE.finditer(text):
        name = distribution(match[1])
        if name in found:
            twice.add(name)
        found[name] = match[2]
    return {name: version for name, version in found.items() if name not in twice}


def pipfile_sets(document: Table) -> tuple[Requirements, ...]:
    """Return the development packages of a Pipfile."""
    packages = table(document, "dev-packages")
    if not packages:
        return ()
    asked = tuple(f"{name}{_range(value)}" for name, value in packages.items())
    return (Requirements(kind=SetKind.OWN, name="dev", requirements=asked, source="Pipfile"),)


def _range(value: object) -> str:
    spec = string(value if isinstance(value, str) else table(value).get("version"))
    return "" if spec == "*" else spec
