"""What a project is, and what its workflow files and its ecosystems ask for."""

from __future__ import annotations

from pathlib import Path

from autonomous_cicd.adapters.memory import MemoryFiles
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.ports import Checkout
from autonomous_cicd.services.sources import FoundSources

CI = """
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: echo hello
"""
FILES = {
    ".github/workflows/ci.yml": CI,
    ".github/workflows/bad.yml": "on: push\njobs: 3\n",
    "go.mod": "module example.org/shop\n\ngo 1.21\n",
    "main.go": "package main\n",
}


def sources() -> FoundSources:
    checkout = Checkout(root=Path("/app/shop"), repository=True, branch="main", default_branch="main")
    machine = Machine(programs={"bash": "/bin/bash", "go": "/usr/bin/go"})
    return FoundSources(checkout, MemoryFiles(FILES), lambda: machine)


def test_a_project_is_known_by_its_files() -> None:
    project = sources().project()
    assert ("/app/shop", {"go"}) == (project.path, {kind.value for kind in project.kinds})


def test_workflow_files_ask_for_their_jobs() -> None:
    found = sources().workflows("")
    assert ["test"] == [task.name for task in found.tasks]
    assert [".github/workflows/bad.yml:2"] == [problem.partition(": ")[0] for problem in found.problems]


def test_one_job_can_be_asked_for() -> None:
    assert () == sources().workflows("ci.yml:test").problems


def test_ecosystems_ask_for_what_is_usual() -> None:
    looked = sources()
    found = looked.detected(looked.project())
    assert any("go" in command.argv for task in found.tasks for command in task.commands)
