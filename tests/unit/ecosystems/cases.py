"""Reads what stands in tests/cases/ecosystems, and writes what an ecosystem says in the same form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from autonomous_cicd.adapters.memory import MemoryFiles
from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.domain.pipeline import Pipeline, Source, Stage, Task
from autonomous_cicd.domain.project import Component
from autonomous_cicd.ecosystems.go import Go
from autonomous_cicd.ecosystems.java import Java
from autonomous_cicd.ecosystems.node.plugin import Node
from autonomous_cicd.ecosystems.rust import Rust
from autonomous_cicd.plugins import Ecosystem

CASES = Path(__file__).parents[2] / "cases" / "ecosystems"
ECOSYSTEMS: dict[str, type[Ecosystem]] = {"node": Node, "go": Go, "rust": Rust, "java": Java}
PROGRAMS = {"node": ["npm"], "go": ["go"], "rust": ["cargo"], "java": ["mvn", "gradle"]}
VERSIONS = {"node": ["20.20.2"], "java": ["17.0.15"], "go": ["1.22.1"]}


def load(language: str) -> list[dict[str, Any]]:
    """Return the cases of a language."""
    cases: list[dict[str, Any]] = yaml.safe_load((CASES / f"{language}.yml").read_text(encoding="utf-8"))
    return cases


def machine_of(language: str, wanted: dict[str, Any]) -> Machine:
    """Return the machine of a case: what it does not say is as usual."""
    installed = {name: wanted.get(name, versions) for name, versions in VERSIONS.items()}
    interpreters = tuple(
        Interpreter(language=name, version=version, path=f"/opt/{name}-{version}/bin/{name}")
        for name, versions in installed.items()
        for version in versions
    )
    programs = {name: f"/usr/bin/{name}" for name in wanted.get("programs", PROGRAMS[language])}
    return Machine(interpreters=interpreters, programs=programs)


def outcome(language: str, case: dict[str, Any]) -> dict[str, Any]:
    """Return what is recognised and proposed, as a case writes it."""
    files = MemoryFiles(case["files"])
    plugin = ECOSYSTEMS[language]()
    components = plugin.recognise(files)
    proposals = [plugin.propose(c, files, machine_of(language, case.get("machine", {}))) for c in components]
    tasks = tuple(task for proposal in proposals for task in proposal.tasks)
    Pipeline(id="case", source=Source.DETECT, tasks=tasks)
    usual = frozenset(task.name for task in tasks if task.stage in (Stage.SETUP, Stage.INSTALL))
    return {
        "components": [written(component) for component in components],
        "tasks": {task.name: task_written(task, usual) for task in tasks},
        "skipped": {s.what: s.reason for proposal in proposals for s in proposal.skipped},
    }


def written(component: Component) -> dict[str, Any]:
    """Return a component, without what is empty."""
    said = {
        "path": component.path,
        "name": component.name,
        "kinds": " ".join(sorted(kind.value for kind in component.kinds)),
        "interpreter": component.interpreter,
        "versions": " ".join(component.versions),
        "locks": " ".join(component.lock_files),
        "tools": ", ".join(f"{tool.name} ({tool.role.value} by {tool.evidence})" for tool in component.tools),
    }
    return {key: value for key, value in said.items() if value}


def task_written(task: Task, usual: frozenset[str]) -> str:
    """Return what a task does, and what is special about it, in one line."""
    commands = [command.text for command in task.commands]
    if task.stage is Stage.SETUP:
        linked = [command.split()[2] for command in commands if command.startswith("ln ")]
        commands = linked + [command for command in commands if not command.startswith(("ln ", "mkdir "))]
    folders = sorted({command.cwd for command in task.commands} - {"."})
    after = [need for need in task.needs if need not in usual]
    env = [f"{name}={value}" for name, value in task.env.items() if name != "CI"]
    said = {
        "in": folders,
        "after": after,
        "with": env,
        "makes": list(task.outputs),
        "may fail": [""] if task.optional else [],
        "because of": [task.reason] if task.stage not in (Stage.SETUP, Stage.INSTALL) else [],
    }
    notes = [f"{key} {', '.join(value)}".strip() for key, value in said.items() if value]
    return " ; ".join(commands) + "".join(f" [{note}]" for note in notes)
