"""Manifests of JavaScript packages: where one is, what it depends on, and where a dependency belongs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import TypeAlias

from autonomous_cicd.domain.json_surgery import put
from autonomous_cicd.domain.node_names import package_of
from autonomous_cicd.values import dataclass

__all__ = [
    "DEVELOPMENT",
    "RUNTIME",
    "SECTIONS",
    "Importer",
    "NodeManifest",
    "belongs_to_development",
    "declared",
    "imports_of",
    "loads_with_require",
    "located",
    "manifest_of",
    "manifests",
    "owner_of",
]

Read: TypeAlias = Callable[[str], str]

RUNTIME = "dependencies"
DEVELOPMENT = "devDependencies"
SECTIONS = (RUNTIME, DEVELOPMENT, "optionalDependencies", "peerDependencies")
BEFORE: dict[str, tuple[str, ...]] = {
    RUNTIME: ("bin", "exports", "types", "main", "files", "scripts", "engines", "version", "name"),
    DEVELOPMENT: (RUNTIME, "peerDependencies", "scripts", "engines", "files", "main", "version", "name"),
}
"""Behind which key a new section stands, the best first."""

SOURCES = re.compile(r"\.(?:[cm]?[jt]sx?|vue|svelte)$")
IMPORTS = re.compile(
    r"""(?:\brequire(?:\.resolve)?\s*\(|\bimport\s*\(|\bfrom\s*|\bimport\s+)\s*(['"`])([^'"`\n]{1,200})\1"""
)
TYPES_ONLY = re.compile(r"\b(?:import|export)\s+type\b[^;'\"`]*\bfrom\s*['\"`]([^'\"`\n]+)['\"`]")
FOR_DEVELOPMENT = re.compile(
    r"(?:^|/)(?:tests?|__tests__|__mocks__|specs?|e2e|bench(?:mark)?s?|examples?|demos?|scripts?|tools?|tasks?"
    r"|build|docs?|website|fixtures?|cypress|playwright|\.storybook|stories|perf)/"
    r"|(?:^|/)(?:tests?|bench(?:mark)?)\.[cm]?[jt]sx?$"
    r"|[._-](?:tests?|spec|bench|stories|e2e|cy)\.[cm]?[jt]sx?$|\.test-d\.ts$"
    r"|\.(?:config|conf|setup)\.[cm]?[jt]s$|(?:^|/)\.[\w.-]+rc(?:\.[cm]?js)?$"
    r"|(?:^|/)(?:[Gg]ulpfile|[Gg]runtfile|[Jj]akefile|rollup|webpack|karma|jest|vite|vitest|babel|eslint)"
    r"[\w.-]*\.[cm]?[jt]s$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeManifest:
    """A `package.json` that can be read."""

    file: str
    text: str
    name: str = ""
    sections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    scripts: Mapping[str, str] = field(default_factory=dict)
    engines: str = ""
    """The range of versions of Node that it says it runs on."""
    manager: str = ""
    """`packageManager`."""
    module: bool = False
    """Whether its scripts are modules by default."""
    keys: frozenset[str] = frozenset()
    workspaces: bool = False

    @property
    def folder(self) -> str:
        """Its folder; "" is the project's."""
        return self.file.rpartition("/")[0]

    def range_of(self, package: str) -> str:
        """Return the range that it wants a package in; "" when it does not depend on it."""
        return next((rows[package] for rows in self.sections.values() if package in rows), "")

    def with_dependency(self, section: str, package: str, wanted: str) -> str | None:
        """Return its text with a dependency added or changed."""
        return put(self.text, (section, package), wanted, after=self._neighbours(section))

    def _neighbours(self, section: str) -> tuple[str, ...]:
        return () if section in self.sections else BEFORE.get(section, ("name",))


def manifests(names: Iterable[str], read: Read) -> tuple[NodeManifest, ...]:
    """Return the manifests of a project, the outermost first. What cannot be read is left out."""
    found = (
        one
        for name in names
        if name.rpartition("/")[2] == "package.json" and "node_modules/" not in name
        if (one := manifest_of(name, read(name)))
    )
    return tuple(sorted(found, key=lambda one: (one.file.count("/"), one.file)))


def manifest_of(name: str, text: str) -> NodeManifest | None:
    """Read a manifest; None when it cannot be read."""
    try:
        value = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    engines = _texts(value.get("engines"))
    return NodeManifest(
        file=name,
        text=text,
        name=_text(value.get("name")),
        sections={key: _texts(value[key]) for key in SECTIONS if isinstance(value.get(key), dict)},
        scripts=_texts(value.get("scripts")),
        engines=engines.get("node", ""),
        manager=_text(value.get("packageManager")),
        module=value.get("type") == "module",
        keys=frozenset(value),
        workspaces="workspaces" in value,
    )


def owner_of(file: str, known: Sequence[NodeManifest]) -> NodeManifest | None:
    """Return the manifest of the package that a file belongs to: the nearest one above it."""
    above = [one for one in known if not one.folder or file.startswith(f"{one.folder}/")]
    return max(above, key=lambda one: len(one.folder), default=None)


def declared(package: str, manifest: NodeManifest, known: Sequence[NodeManifest]) -> bool:
    """Whether a package is a dependency of a manifest or of one above it, or is part of the project."""
    if any(one.name == package for one in known):
        return True
    above = (one for one in known if not one.folder or f"{manifest.folder}/".startswith(f"{one.folder}/"))
    return any(one.range_of(package) for one in (manifest, *above))


def located(path: str, names: Iterable[str]) -> str:
    """Return the file of the project that a path in a log means, which is of some private copy."""
    clean = path.removeprefix("file://").split("?")[0].replace("\\", "/")
    if "/node_modules/" in clean:
        return ""
    matching = [name for name in names if clean == name or clean.endswith(f"/{name}")]
    return max(matching, key=len, default="")


def belongs_to_development(file: str) -> bool:
    """Whether a file only serves those who work on the project."""
    return FOR_DEVELOPMENT.search(file) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """A file that imports a package."""

    file: str
    required: bool = False
    """Whether it loads it with `require`."""
    types_only: bool = False


def imports_of(package: str, names: Iterable[str], read: Read, limit: int = 3_000) -> Iterator[Importer]:
    """Give the source files of a project that import a package."""
    for name in [one for one in names if SOURCES.search(one) and "node_modules/" not in one][:limit]:
        text = read(name)
        if package not in text:
            continue
        found = [match for match in IMPORTS.finditer(text) if package_of(match[2]) == package]
        if found:
            typed = [one for one in TYPES_ONLY.findall(text) if package_of(one) == package]
            yield Importer(
                file=name,
                required=any("require" in match[0] for match in found),
                types_only=len(typed) >= len(found),
            )


def loads_with_require(importers: Iterable[Importer], manifest: NodeManifest) -> bool:
    """Whether one of these files of a package uses `require`, or is translated into something that does."""
    return any(
        one.required or not (manifest.module or one.file.endswith((".mjs", ".mts"))) for one in importers
    )


def _texts(value: object) -> dict[str, str]:
    rows = value if isinstance(value, dict) else {}
    return {str(key): one for key, one in rows.items() if isinstance(one, str)}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
