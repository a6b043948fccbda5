"""Rust: how crates and workspaces are recognised, checked, tested and built."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.documents import read_toml
from autonomous_cicd.domain.layout import folder_of, inside, is_material, join, parents, titled
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.pipeline import Command, Skipped, Stage, Task
from autonomous_cicd.domain.project import Component, ProjectKind, Tool, ToolRole
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.plugins import Proposal, ecosystem
from autonomous_cicd.ports import Files

__all__ = ["Rust"]

FORMAT_FILES = ("rustfmt.toml", ".rustfmt.toml")
CLIPPY_FILES = ("clippy.toml", ".clippy.toml")
CHANNEL = re.compile(r"[\w.-]+")
SECTIONS = ("dependencies", "dev-dependencies", "build-dependencies")


@ecosystem
class Rust:
    """Crates with a `Cargo.toml`; the members of a workspace belong to its root."""

    name = "rust"

    def recognise(self, files: Files) -> tuple[Component, ...]:
        """Return the crates that are no members of a workspace, and the workspaces."""
        names = frozenset(files.names)
        folders = {folder_of(n) for n in files.names if n == "Cargo.toml" or n.endswith("/Cargo.toml")}
        found: list[Component] = []
        roots: list[str] = []
        for folder in sorted(folders, key=lambda f: (f.count("/"), f != ".", f)):
            if is_material(folder) or any(root in (folder, *parents(folder)) for root in roots):
                continue
            manifest = manifest_of(files, folder)
            if "workspace" in manifest:
                roots.append(folder)
            members = (
                [f for f in folders if f != folder and inside(f, folder)] if "workspace" in manifest else []
            )
            found.append(crate(folder, manifest, files, names, members))
        return tuple(found)

    def propose(self, component: Component, files: Files, machine: Machine) -> Proposal:
        """Return the tasks that check, build and test a crate."""
        if "cargo" not in machine.programs:
            reason = (
                f"{component.manifests[0]} needs cargo, which is not installed: install it from rustup.rs"
            )
            return Proposal(skipped=(Skipped(titled(component.path, "Rust tasks"), reason),))
        return Proposal(tasks=tuple(tasks(component)))


def manifest_of(files: Files, folder: str) -> dict[str, Json]:
    """Return what a `Cargo.toml` says; nothing when it cannot be read."""
    name = join(folder, "Cargo.toml")
    try:
        value = read_toml(files.read(name), file=name).value
    except DocumentError:
        return {}
    return value if isinstance(value, dict) else {}


def table(value: Json | None, *path: str) -> dict[str, Json]:
    """Return the table at a path; an empty one when there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def crate(
    folder: str, manifest: dict[str, Json], files: Files, names: frozenset[str], members: list[str]
) -> Component:
    """Return what is known of a crate, or of a workspace."""
    file, lock = join(folder, "Cargo.toml"), join(folder, "Cargo.lock")
    package = table(manifest, "package")
    wanted = package.get("rust-version") or table(manifest, "workspace", "package").get("rust-version")
    title = package.get("name")
    return Component(
        path=folder,
        kinds=frozenset((ProjectKind.RUST,)),
        name=title if isinstance(title, str) else "",
        tools=tuple(tools(folder, manifest, names)),
        manifests=(file, *sorted(join(member, "Cargo.toml") for member in members)),
        lock_files=(lock,) if lock in names else (),
        interpreter=wanted if isinstance(wanted, str) else "",
        versions=toolchain(folder, files),
        dependencies=sum(len(table(manifest, section)) for section in SECTIONS)
        + len(table(manifest, "workspace", "dependencies")),
    )


def tools(folder: str, manifest: dict[str, Json], names: frozenset[str]) -> Iterator[Tool]:
    """Give the tools of a crate; those that check the sources only where they are configured."""
    file = join(folder, "Cargo.toml")
    yield Tool(name="cargo", role=ToolRole.PACKAGE_MANAGER, evidence=file)
    yield Tool(name="cargo test", role=ToolRole.TEST_RUNNER, evidence=file)
    yield Tool(name="cargo build", role=ToolRole.BUILD_BACKEND, evidence=file)
    lints = table(manifest, "lints", "clippy") or table(manifest, "workspace", "lints", "clippy")
    configured = next((join(folder, name) for name in CLIPPY_FILES if join(folder, name) in names), "")
    if configured or lints:
        yield Tool(name="clippy", role=ToolRole.LINTER, evidence=configured or f"{file} [lints.clippy]")
    formatted = next((join(folder, name) for name in FORMAT_FILES if join(folder, name) in names), "")
    if formatted:
        yield Tool(name="rustfmt", role=ToolRole.FORMATTER, evidence=formatted)


def toolchain(folder: str, files: Files) -> tuple[str, ...]:
    """Return the tool chain that rustup would use for a folder."""
    for place in dict.fromkeys((folder, ".")):
        text = files.read(join(place, "rust-toolchain.toml")) or files.read(join(place, "rust-toolchain"))
        try:
            channel = table(read_toml(text, file="rust-toolchain").value, "toolchain").get("channel")
        except DocumentError:
            channel = text.strip()
        if isinstance(channel, str) and CHANNEL.fullmatch(channel):
            return (channel,)
    return ()


def tasks(component: Component) -> Iterator[Task]:
    """Give the tasks of a crate. Building and testing share a folder, so one follows the other."""
    folder, manifest = component.path, component.manifests[0]
    locked = ("--locked",) if component.lock_files else ()
    whole = ("--workspace",) if len(component.manifests) > 1 else ()
    inputs = (join(folder, "**"),)
    fetch = Task(
        name=titled(folder, "install_dependencies (cargo)"),
        stage=Stage.INSTALL,
        commands=(Command(argv=("cargo", "fetch", *locked), cwd=folder),),
        inputs=(*component.manifests, *component.lock_files),
        reason=manifest,
    )
    yield fetch
    evidence = {tool.name: tool.evidence for tool in component.tools}
    if "rustfmt" in evidence:
        argv = ("cargo", "fmt", "--all", "--", "--check")
        yield step("linting (rustfmt)", Stage.LINT, argv, folder, inputs, (), evidence["rustfmt"])
    build = step(
        "build_project (cargo)",
        Stage.BUILD,
        ("cargo", "build", *whole, *locked),
        folder,
        inputs,
        (fetch.name,),
        manifest,
    )
    yield build
    if "clippy" in evidence:
        argv = ("cargo", "clippy", *whole, "--all-targets", *locked)
        yield step("linting (clippy)", Stage.LINT, argv, folder, inputs, (build.name,), evidence["clippy"])
    argv = ("cargo", "test", *whole, *locked)
    yield step("testing (cargo test)", Stage.TEST, argv, folder, inputs, (build.name,), manifest)


def step(
    name: str,
    stage: Stage,
    argv: tuple[str, ...],
    folder: str,
    inputs: tuple[str, ...],
    needs: tuple[str, ...],
    reason: str,
) -> Task:
    """Return a task of one command."""
    return Task(
        name=titled(folder, name),
        stage=stage,
        commands=(Command(argv=argv, cwd=folder),),
        needs=needs,
        inputs=inputs,
        reason=reason,
    )
