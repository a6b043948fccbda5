"""Finds the packages of a project, and which of them are installed together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field, replace

from autonomous_cicd.documents import read_yaml
from autonomous_cicd.domain.globs import Names
from autonomous_cicd.domain.layout import folder_of, inside, is_material, join, parents
from autonomous_cicd.ecosystems.node.manifest import Manifest, items, read_manifest, table
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.ports import Files
from autonomous_cicd.values import dataclass

__all__ = ["Package", "Survey", "survey"]

SOURCES = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte")
BESIDE = frozenset(
    ("website", "site", "benchmark", "benchmarks", "bench", "perf", "playground", "playgrounds", "sandbox")
)
"""Words in the names of folders whose packages stand for themselves; members of a workspace count anyway."""
MOST_PACKAGES = 500
"""Packages of one project that are looked at; a project with more is a collection of samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package with everything that the project's files say about it."""

    manifest: Manifest
    beside: frozenset[str]
    """Names in its folder."""
    sources: tuple[str, ...] = ()
    """Its source files, those of packages inside it left out; relative to the project."""
    members: tuple[Package, ...] = ()
    """Packages of its workspace, which are installed together with it."""

    @property
    def folder(self) -> str:
        """Its folder in the project."""
        return self.manifest.folder

    @property
    def typescript(self) -> bool:
        """Whether some of it is written in TypeScript."""
        written = any(
            name.endswith((".ts", ".tsx", ".mts", ".cts")) for name in self.sources if ".d." not in name
        )
        return written or "tsconfig.json" in self.beside

    @property
    def javascript(self) -> bool:
        """Whether some of it is written in JavaScript: configuration of tools does not count."""
        return any(
            name.endswith((".js", ".mjs", ".cjs", ".jsx"))
            and ".config." not in name
            and not name.rpartition("/")[2].startswith(".")
            for name in self.sources
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The packages of a project."""

    packages: tuple[Package, ...] = ()
    """Those that are installed for themselves."""
    member_of: Mapping[str, Package] = field(default_factory=dict)
    """For the folder of each member of a workspace, the package that it is installed with."""
    folders: frozenset[str] = frozenset()
    """All folders of the project."""

    def package(self, folder: str) -> Package | None:
        """Return the package of a folder that is installed for itself."""
        return next((package for package in self.packages if package.folder == folder), None)


def survey(files: Files) -> Survey:
    """Look at all packages of a project."""
    beside: dict[str, set[str]] = {}
    sources: list[str] = []
    for name in files.names:
        folder, _, base = name.rpartition("/")
        if "node_modules/" in name:
            continue
        beside.setdefault(folder or ".", set()).add(base)
        if name.endswith(SOURCES):
            sources.append(name)
    folders = sorted((f for f, names in beside.items() if "package.json" in names), key=depth)[:MOST_PACKAGES]
    owned = owners(sources, frozenset(folders))
    found: dict[str, Package] = {}
    for folder in folders:
        manifest = read_manifest(files, folder)
        found[folder] = Package(
            manifest=manifest, beside=frozenset(beside[folder]), sources=tuple(owned.get(folder, ()))
        )
    around = {place for folder in beside for place in (folder, *parents(folder))}
    return replace(grouped(found, files), folders=frozenset(around))


def grouped(found: Mapping[str, Package], files: Files) -> Survey:
    """Put the members of workspaces to the packages that they are installed with."""
    packages: list[Package] = []
    member_of: dict[str, Package] = {}
    for folder, package in found.items():
        if folder in member_of or is_material(folder) or is_beside(folder):
            continue
        others = [
            other for other in found if other not in member_of and other != folder and inside(other, folder)
        ]
        members = tuple(found[name] for name in workspace(package, others, files))
        whole = replace(package, members=members)
        packages.append(whole)
        member_of.update((member.folder, whole) for member in members)
    return Survey(packages=tuple(packages), member_of=member_of)


def is_beside(folder: str) -> bool:
    """Return whether a folder holds a website, benchmarks or a playground: no part of the project."""
    return not BESIDE.isdisjoint(re.split(r"[/_.-]", folder.lower()))


def workspace(package: Package, folders: Iterable[str], files: Files) -> tuple[str, ...]:
    """Return those folders whose packages are installed together with a package."""
    patterns = package.manifest.workspaces
    if "pnpm-workspace.yaml" in package.beside:
        patterns = listed(files, join(package.folder, "pnpm-workspace.yaml"))
    manifests = Names(join(folder, "package.json") for folder in folders)
    return tuple(
        folder_of(name) for name in manifests.select(of_manifests(package.folder, p) for p in patterns)
    )


def of_manifests(folder: str, pattern: str) -> str:
    """Return the pattern of manifests for a workspace's pattern of folders, as seen from the project."""
    sign = "!" if pattern.startswith("!") else ""
    bare = pattern[len(sign) :].removeprefix("./").rstrip("/")
    return sign + join(folder, f"{bare}/package.json")


def listed(files: Files, name: str) -> tuple[str, ...]:
    """Return the `packages` that a file lists; none when it cannot be read."""
    try:
        document = read_yaml(files.read(name), file=name)
    except DocumentError:
        return ()
    return tuple(text for text in items(table(document.value).get("packages")) if isinstance(text, str))


def owners(sources: Iterable[str], folders: frozenset[str]) -> Mapping[str, list[str]]:
    """Return for each package's folder the sources that no package further inside owns."""
    owned: dict[str, list[str]] = {}
    nearest: dict[str, str] = {}
    for name in sources:
        folder = folder_of(name)
        if folder not in nearest:
            place = folder
            while place not in folders and place != ".":
                place = folder_of(place)
            nearest[folder] = place
        owned.setdefault(nearest[folder], []).append(name)
    return owned


def depth(folder: str) -> tuple[int, str]:
    """Return what sorts the folders around others before them."""
    return (0 if folder == "." else folder.count("/") + 1), folder
