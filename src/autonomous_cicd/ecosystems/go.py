"""Go: how modules are recognised, checked, tested and built."""

from __future__ import annotations

import re

from autonomous_cicd.domain.layout import folder_of, is_material, join, titled
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.pipeline import Command, Skipped, Stage, Task
from autonomous_cicd.domain.project import Component, ProjectKind, Tool, ToolRole
from autonomous_cicd.domain.ranges import Version, parse_version
from autonomous_cicd.plugins import Proposal, ecosystem
from autonomous_cicd.ports import Files

__all__ = ["Go"]

LINTER_FILES = (".golangci.yml", ".golangci.yaml", ".golangci.toml", ".golangci.json")
MODULE = re.compile(r"^module\s+\"?([^\s\"]+)", re.MULTILINE)
LANGUAGE = re.compile(r"^go\s+(\d[\w.]*)", re.MULTILINE)
CHAIN = re.compile(r"^toolchain\s+go(\d[\w.]*)", re.MULTILINE)
REQUIRED = re.compile(r"^\s+[^\s/]+\.[^\s]+/\S+ v|^require\s+[^\s(]+ v", re.MULTILINE)
REMEDY = "install it from go.dev"
SWITCHES = Version((1, 21))
"""The first Go that fetches a newer tool chain by itself when a module asks for one."""


@ecosystem
class Go:
    """Modules with a `go.mod`."""

    name = "go"

    def recognise(self, files: Files) -> tuple[Component, ...]:
        """Return the modules, nested ones included."""
        names = frozenset(files.names)
        modules = [name for name in files.names if name == "go.mod" or name.endswith("/go.mod")]
        return tuple(
            module(folder_of(name), files, names) for name in modules if not is_material(folder_of(name))
        )

    def propose(self, component: Component, files: Files, machine: Machine) -> Proposal:
        """Return the tasks that vet, build and test a module."""
        program = machine.programs.get("go")
        if not program:
            return Proposal(
                skipped=(
                    Skipped(
                        titled(component.path, "Go tasks"),
                        f"{asks(component)}, which is not installed: {REMEDY}",
                    ),
                )
            )
        if too_old := older(component, machine):
            return Proposal(skipped=(Skipped(titled(component.path, "Go tasks"), too_old),))
        lints = "golangci-lint" in machine.programs
        vendored = bool(files.read(join(component.path, "vendor/modules.txt")))
        return Proposal(
            tasks=tasks(component, vendored=vendored, lints=lints), skipped=linter(component, machine)
        )


def module(folder: str, files: Files, names: frozenset[str]) -> Component:
    """Return what is known of the module in a folder."""
    manifest = join(folder, "go.mod")
    text = files.read(manifest)
    name, language, chain = MODULE.search(text), LANGUAGE.search(text), CHAIN.search(text)
    tools = [
        Tool(name="go modules", role=ToolRole.PACKAGE_MANAGER, evidence=manifest),
        Tool(name="go test", role=ToolRole.TEST_RUNNER, evidence=manifest),
        Tool(name="go vet", role=ToolRole.LINTER, evidence=manifest),
        Tool(name="go build", role=ToolRole.BUILD_BACKEND, evidence=manifest),
    ]
    for place in dict.fromkeys((folder, ".")):
        found = next((join(place, file) for file in LINTER_FILES if join(place, file) in names), "")
        if found:
            tools.append(Tool(name="golangci-lint", role=ToolRole.LINTER, evidence=found))
            break
    sums = join(folder, "go.sum")
    return Component(
        path=folder,
        kinds=frozenset((ProjectKind.GO,)),
        name=name[1] if name else "",
        tools=tuple(tools),
        manifests=(manifest,),
        lock_files=(sums,) if sums in names else (),
        interpreter=language[1] if language else "",
        versions=(chain[1],) if chain else (),
        dependencies=len(REQUIRED.findall(text)),
    )


def older(component: Component, machine: Machine) -> str:
    """Return why the installed Go cannot be used for a module; "" when it can, or cannot be told."""
    installed = [v for i in machine.interpreters if i.language == "go" and (v := parse_version(i.version))]
    wanted = parse_version(component.interpreter)
    if not installed or wanted is None:
        return ""
    newest = max(installed, key=Version.key)
    if newest.key() >= wanted.key() or newest.key() >= SWITCHES.key():
        return ""
    here = ".".join(map(str, newest.numbers))
    return f"{asks(component)}, here is {here}: {REMEDY}"


def asks(component: Component) -> str:
    """Return what a module asks for."""
    return f"{component.manifests[0]} asks for Go {component.interpreter}".rstrip()


def tasks(component: Component, *, vendored: bool, lints: bool) -> tuple[Task, ...]:
    """Return the tasks of a module: fetching, and then side by side vetting, building and testing."""
    folder, manifest = component.path, component.manifests[0]
    inputs = (join(folder, "**"),)
    fetch = Task(
        name=titled(folder, "install_dependencies (go)"),
        stage=Stage.INSTALL,
        commands=(Command(argv=("go", "mod", "download"), cwd=folder),),
        inputs=(manifest, *component.lock_files),
        reason=manifest,
    )
    configured = any(tool.name == "golangci-lint" for tool in component.tools)
    wanted: tuple[tuple[str, Stage, tuple[str, ...]], ...] = (
        ("linting (go vet)", Stage.LINT, ("go", "vet", "./...")),
        ("build_project (go)", Stage.BUILD, ("go", "build", "./...")),
        ("testing (go test)", Stage.TEST, ("go", "test", "./...")),
    )
    if configured and lints:
        wanted = (("linting (golangci-lint)", Stage.LINT, ("golangci-lint", "run", "./...")), *wanted)
    first = (fetch,) if component.dependencies and not vendored else ()
    checks = tuple(
        Task(
            name=titled(folder, name),
            stage=stage,
            commands=(Command(argv=argv, cwd=folder),),
            needs=tuple(task.name for task in first),
            inputs=inputs,
            reason=manifest,
        )
        for name, stage, argv in wanted
    )
    return first + checks


def linter(component: Component, machine: Machine) -> tuple[Skipped, ...]:
    """Return what is left out of checking: a linter that is configured and not installed here."""
    found = next((tool for tool in component.tools if tool.name == "golangci-lint"), None)
    if found is None or "golangci-lint" in machine.programs:
        return ()
    return (
        Skipped(
            titled(component.path, "linting (golangci-lint)"),
            f"{found.evidence} configures it, but it is not installed",
        ),
    )
