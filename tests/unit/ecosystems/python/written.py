"""Writes what is recognised and proposed in the form of tests/cases/ecosystems/python.yml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from autonomous_cicd.adapters.memory import MemoryFiles
from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.domain.pipeline import Pipeline, Source, Task
from autonomous_cicd.domain.project import Component
from autonomous_cicd.ecosystems.python import Python
from autonomous_cicd.services.detect import detect, propose

FILE = Path(__file__).parents[3] / "cases" / "ecosystems" / "python.yml"
VERSIONS = ("3.9.18", "3.10.13", "3.11.7", "3.12.1", "3.13.0")


def cases() -> list[dict[str, Any]]:
    """Return the cases of the file."""
    found: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def machine_of(wanted: dict[str, Any]) -> Machine:
    """Return the machine of a case: with uv and many versions of Python, unless it says otherwise."""
    return Machine(
        cores=4,
        interpreters=tuple(
            Interpreter(language="python", version=version, path=f"/python{version.rpartition('.')[0]}")
            for version in wanted.get("python", VERSIONS)
        ),
        programs={name: f"/usr/bin/{name}" for name in wanted.get("programs", ["uv"])},
    )


def outcome(case: dict[str, Any]) -> dict[str, Any]:
    """Return what becomes of the files of a case."""
    files = MemoryFiles(case["files"])
    project = detect(files, path="/demo", name="demo", ecosystems=[Python()])
    machine = machine_of(case.get("machine", {}))
    proposal = propose(project, files, machine, ecosystems=[Python()])
    Pipeline(id="case", source=Source.DETECT, tasks=proposal.tasks)
    return {
        "components": {component.path: component_written(component) for component in project.components},
        "tasks": {task.name: task_written(task) for task in proposal.tasks},
        "skipped": {one.what: one.reason for one in proposal.skipped},
    }


def component_written(component: Component) -> dict[str, Any]:
    """Return a component without what is empty."""
    said = {
        "name": component.name,
        "interpreter": component.interpreter,
        "versions": " ".join(component.versions),
        "locks": " ".join(component.lock_files),
        "dependencies": component.dependencies,
        "tools": [f"{tool.role}: {tool.name}, by {tool.evidence}" for tool in component.tools],
    }
    return {key: value for key, value in said.items() if value}


def task_written(task: Task) -> dict[str, Any]:
    """Return a task without what is usual."""
    folders = {command.cwd for command in task.commands} - {"."}
    said = {
        "commands": [" ".join(command.argv) for command in task.commands],
        "in": " ".join(sorted(folders)),
        "needs": ", ".join(task.needs),
        "environment": task.environment,
        "workspace": task.workspace if task.workspace != "project" else "",
        "env": dict(task.env),
        "cores": task.cores if task.cores != 1 else 0,
        "optional": task.optional,
        "reason": task.reason,
    }
    return {key: value for key, value in said.items() if value}
