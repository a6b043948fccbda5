"""Chooses the Node that a package is to be run with: one that is installed, or one that npm can install."""

from __future__ import annotations

from collections.abc import Iterator

from autonomous_cicd.domain.layout import join
from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.domain.ranges import parse_range
from autonomous_cicd.domain.version import choose, node_package
from autonomous_cicd.ecosystems.node.survey import Package
from autonomous_cicd.ports import Files
from autonomous_cicd.values import dataclass

__all__ = ["Runtime", "choose_runtime", "wanted_node"]

INSTALL = "install it (`nvm install {}`, or from nodejs.org) so that it is found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """The Node that was chosen."""

    interpreter: Interpreter | None = None
    requirement: str = ""
    """What npm is told to install to have it, when it is not on the machine."""
    evidence: str = ""
    """The place that asks for this version; empty when none does."""
    note: str = ""
    """What is different from what the project asks for."""
    problem: str = ""
    """Why there is none that would do."""

    @property
    def version(self) -> str:
        """The version, as far as it is known."""
        return self.interpreter.version if self.interpreter else self.requirement.rpartition("@")[2]


def wanted_node(package: Package, files: Files) -> Iterator[tuple[str, str]]:
    """Give the versions of Node that a package asks for, each with where it says so."""
    folders = dict.fromkeys((package.folder, "."))
    for folder in folders:
        for name in (".nvmrc", ".node-version"):
            lines = [line.partition("#")[0].strip() for line in files.read(join(folder, name)).splitlines()]
            for line in [line for line in lines if line][:1]:
                yield line, join(folder, name)
        for line in files.read(join(folder, ".tool-versions")).splitlines():
            words = line.split()
            if len(words) > 1 and words[0] in ("nodejs", "node"):
                yield words[1], join(folder, ".tool-versions")
    if "node" in package.manifest.volta:
        yield package.manifest.volta["node"], f"{package.manifest.file} volta.node"


def choose_runtime(package: Package, files: Files, machine: Machine) -> Runtime:
    """Return the Node that suits what the package asks for; the machine's own where that does."""
    installed = tuple(i for i in machine.interpreters if i.language == "node")
    if not installed:
        return Runtime(problem=f"Node.js is not installed: {INSTALL.format('--lts')}")
    engines = package.manifest.engines.get("node", "")
    fitting = tuple(i for i in installed if suits(engines, i))
    spec, evidence = next(wanted_node(package, files), ("", ""))
    if not fitting:
        place = f"{package.manifest.file} engines.node"
        return fetched(engines, place, machine) or missing(engines, place, installed)
    if not spec:
        return Runtime(interpreter=fitting[0])
    for candidates in (fitting[:1], fitting):
        choice = choose(spec, candidates, "node")
        if choice and choice.exact:
            return Runtime(interpreter=choice.interpreter, evidence=evidence)
    choice = choose(spec, fitting, "node")
    if choice is None and (other := fetched(spec, evidence, machine)):
        return other
    interpreter = choice.interpreter if choice else fitting[0]
    note = f"{evidence} asks for Node {spec}; used {interpreter.version}"
    return Runtime(interpreter=interpreter, evidence=evidence, note=note)


def fetched(spec: str, evidence: str, machine: Machine) -> Runtime | None:
    """Return the Node that npm can install; None when it cannot."""
    requirement = node_package(spec, machine) if "npm" in machine.programs else ""
    return Runtime(requirement=requirement, evidence=evidence) if requirement else None


def missing(spec: str, evidence: str, installed: tuple[Interpreter, ...]) -> Runtime:
    """Return that nothing suits."""
    here = ", ".join(interpreter.version for interpreter in installed)
    remedy = INSTALL.format("<version>")
    return Runtime(problem=f"{evidence} asks for Node {spec}, here is {here}: {remedy}")


def suits(engines: str, interpreter: Interpreter) -> bool:
    """Return whether an interpreter is in the range of `engines`; one that cannot be read admits all."""
    if not engines or parse_range(engines) is None:
        return True
    return choose(engines, (interpreter,), "node") is not None
