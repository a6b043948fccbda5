"""Reads `package.json`, which promises nothing about the types in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from autonomous_cicd.documents import read_json
from autonomous_cicd.domain.layout import join
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.ports import Files
from autonomous_cicd.values import dataclass

__all__ = ["Manifest", "items", "read_manifest", "table", "texts"]

SECTIONS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
PLACEHOLDER = "no test specified"
"""What `npm init` writes as a test that does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A `package.json`."""

    folder: str
    broken: str = ""
    """Why it cannot be read; everything else is then empty."""
    name: str = ""
    scripts: Mapping[str, str] = field(default_factory=dict)
    dependencies: Mapping[str, str] = field(default_factory=dict)
    """All that it depends on, for whatever purpose."""
    needs_install: bool = False
    """Whether installing does anything: it depends on something, or has scripts for it."""
    engines: Mapping[str, str] = field(default_factory=dict)
    package_manager: str = ""
    """`packageManager`, or what `devEngines` says, as `name@version`."""
    volta: Mapping[str, str] = field(default_factory=dict)
    workspaces: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    """Files that its users load: `main`, `exports`, `bin`, `types`, …"""
    keys: frozenset[str] = frozenset()
    """Its top-level keys; some tools are configured there."""

    @property
    def file(self) -> str:
        """Its name in the project."""
        return join(self.folder, "package.json")

    def script(self, name: str) -> str:
        """Return a script; "" when there is none, or only npm's placeholder."""
        script = self.scripts.get(name, "")
        return "" if PLACEHOLDER in script else script


def read_manifest(files: Files, folder: str) -> Manifest:
    """Read the `package.json` of a folder."""
    name = join(folder, "package.json")
    try:
        value = read_json(files.read(name), file=name).value
    except DocumentError as error:
        return Manifest(folder=folder, broken=str(error))
    if not isinstance(value, dict):
        return Manifest(folder=folder, broken=f"{name}: is not an object")
    scripts = texts(value.get("scripts"))
    dependencies = {key: text for section in SECTIONS for key, text in texts(value.get(section)).items()}
    hooks = {"preinstall", "install", "postinstall", "prepare"}
    return Manifest(
        folder=folder,
        name=text_of(value.get("name")),
        scripts=scripts,
        dependencies=dependencies,
        needs_install=bool(dependencies) or not hooks.isdisjoint(scripts),
        engines=texts(value.get("engines")),
        package_manager=text_of(value.get("packageManager")) or development_manager(value.get("devEngines")),
        volta=texts(value.get("volta")),
        workspaces=workspaces_of(value.get("workspaces")),
        entries=tuple(entries_of(value)),
        keys=frozenset(value),
    )


def development_manager(value: Json | None) -> str:
    """Return the manager that `devEngines` names, as `name@version`."""
    wanted = table(value).get("packageManager")
    first = texts(next(iter(items(wanted)), None) if isinstance(wanted, list) else wanted)
    return f"{first['name']}@{first.get('version', '')}" if "name" in first else ""


def workspaces_of(value: Json | None) -> tuple[str, ...]:
    """Return the patterns of `workspaces`, a list or an object with a list in it."""
    return tuple(text for text in items(table(value).get("packages", value)) if isinstance(text, str))


def entries_of(value: Mapping[str, Json]) -> Iterator[str]:
    """Give the files that users of a package load."""
    for key in ("main", "module", "browser", "types", "typings", "bin", "exports"):
        for text in leaves(value.get(key)):
            if "*" not in text and "node_modules" not in text:
                yield text.removeprefix("./")


def leaves(value: Json | None, depth: int = 8) -> Iterator[str]:
    """Give the texts in nested objects and lists."""
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from leaves(inner, depth - 1)


def table(value: Json | None) -> Mapping[str, Json]:
    """Return an object; an empty one when the value is none."""
    return value if isinstance(value, dict) else {}


def items(value: Json | None) -> list[Json]:
    """Return a list; an empty one when the value is none."""
    return value if isinstance(value, list) else []


def texts(value: Json | None) -> dict[str, str]:
    """Return those entries of an object that are texts."""
    return {key: inner for key, inner in table(value).items() if isinstance(inner, str)}


def text_of(value: Json | None) -> str:
    """Return a text; "" when the value is none."""
    return value.strip() if isinstance(value, str) else ""
