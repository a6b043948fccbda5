"""The plug-in: recognises packages of JavaScript and TypeScript and proposes their tasks."""

from __future__ import annotations

from collections.abc import Iterator

from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.project import Component, ProjectKind, Tool, ToolRole
from autonomous_cicd.ecosystems.node.managers import lock_files, manager_of
from autonomous_cicd.ecosystems.node.runtime import wanted_node
from autonomous_cicd.ecosystems.node.survey import Package, Survey, survey
from autonomous_cicd.ecosystems.node.tools import find_tools
from autonomous_cicd.ecosystems.node.workspace import propose_package
from autonomous_cicd.plugins import Proposal, ecosystem
from autonomous_cicd.ports import Files

__all__ = ["Node"]


@ecosystem
class Node:
    """Packages with a `package.json`, alone or in a workspace of npm, pnpm or Yarn."""

    name = "node"

    def __init__(self) -> None:
        self._last: tuple[Files, Survey] | None = None

    def recognise(self, files: Files) -> tuple[Component, ...]:
        """Return the packages; members of a workspace are parts of their own."""
        found = self._survey(files)
        return tuple(
            component(package, root, files) for package, root in all_packages(found) if is_part(package)
        )

    def propose(self, component: Component, files: Files, machine: Machine) -> Proposal:
        """Return the tasks of a package; those of a workspace's members stand with its root."""
        found = self._survey(files)
        package = found.package(component.path)
        return propose_package(package, found, files, machine) if package else Proposal()

    def _survey(self, files: Files) -> Survey:
        if self._last is None or self._last[0] is not files:
            self._last = (files, survey(files))
        return self._last[1]


def all_packages(found: Survey) -> Iterator[tuple[Package, Package]]:
    """Give every package with the one that it is installed with, members of a workspace after its root."""
    for root in found.packages:
        yield root, root
        for member in root.members:
            yield member, root


def is_part(package: Package) -> bool:
    """Return whether a manifest describes more than tools for a project of another language."""
    manifest = package.manifest
    return bool(package.sources or manifest.scripts or package.members or manifest.broken)


def component(package: Package, root: Package, files: Files) -> Component:
    """Return what is known of a package that is installed with a root."""
    manifest = package.manifest
    wanted = manifest.engines.get("node", "") or next((spec for spec, _ in wanted_node(package, files)), "")
    written = {ProjectKind.TYPESCRIPT: package.typescript, ProjectKind.JAVASCRIPT: package.javascript}
    kinds = frozenset(kind for kind, is_so in written.items() if is_so)
    manager = manager_of(root, files, Machine())
    kept = Tool(name=manager.name, role=ToolRole.PACKAGE_MANAGER, evidence=manager.evidence)
    return Component(
        path=package.folder,
        kinds=kinds or frozenset((ProjectKind.JAVASCRIPT,)),
        name=manifest.name,
        tools=(kept, *find_tools(package, files)),
        manifests=(manifest.file,),
        lock_files=tuple(lock_files(package)),
        interpreter=wanted,
        dependencies=len(manifest.dependencies),
    )
