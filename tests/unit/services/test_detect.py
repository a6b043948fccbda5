from __future__ import annotations

import logging

import pytest

from autonomous_cicd.adapters.memory import MemoryFiles
from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.domain.pipeline import Command, Skipped, Stage, Task
from autonomous_cicd.domain.project import Component, Project, ProjectKind, Tool, ToolRole
from autonomous_cicd.plugins import Proposal
from autonomous_cicd.ports import Files
from autonomous_cicd.services.detect import detect, merge, propose

MACHINE = Machine(
    interpreters=(Interpreter(language="python", version="3.12.1", path="/python3.12"),),
    programs={"uv": "/usr/bin/uv"},
)
PYTHON = frozenset((ProjectKind.PYTHON,))
NODE = frozenset((ProjectKind.JAVASCRIPT,))


def task(name: str, *needs: str) -> Task:
    return Task(name=name, stage=Stage.TEST, commands=(Command(argv=("true",)),), needs=needs)


class Fixed:
    """An ecosystem that finds and proposes what it is told to."""

    def __init__(
        self, name: str, components: tuple[Component, ...], tasks: dict[str, tuple[Task, ...]]
    ) -> None:
        self.name = name
        self.components = components
        self.tasks = tasks

    def recognise(self, files: Files) -> tuple[Component, ...]:
        """Return what it was told."""
        return self.components

    def propose(self, component: Component, files: Files, machine: Machine) -> Proposal:
        """Return what it was told, and one thing left out."""
        skipped = (Skipped(f"{self.name} {component.path}", "told so"),)
        return Proposal(tasks=self.tasks.get(component.path, ()), skipped=skipped)


class Broken:
    """An ecosystem with a bug."""

    name = "broken"

    def __init__(self, components: tuple[Component, ...] | None) -> None:
        self.components = components

    def recognise(self, files: Files) -> tuple[Component, ...]:
        """Return what it was told, or break."""
        if self.components is None:
            raise ValueError("no")
        return self.components

    def propose(self, component: Component, files: Files, machine: Machine) -> Proposal:
        """Break."""
        raise KeyError("gone")


def test_a_project_is_what_the_whole_shelf_recognises() -> None:
    files = MemoryFiles(
        {
            "pyproject.toml": '[project]\nname = "demo"\nversion = "1"\n',
            "package.json": '{"name": "front", "scripts": {"test": "jest"}}',
            "index.js": "1\n",
            "demo.py": "1\n2\n",
            "test_demo.py": "def test_a(): ...\n",
            ".github/workflows/ci.yml": "",
            ".github/workflows/deep/no.yml": "",
            ".github/workflows/more.yaml": "",
            ".github/workflows/README.md": "",
        }
    )
    project = detect(files, path="/x/checkout", name="checkout")
    assert (project.path, project.name) == ("/x/checkout", "front")
    assert frozenset((ProjectKind.PYTHON, ProjectKind.JAVASCRIPT)) == project.kinds
    assert [component.path for component in project.components] == ["."]
    assert project.workflows == (".github/workflows/ci.yml", ".github/workflows/more.yaml")
    assert (project.complexity.files, project.complexity.tests) == (9, 1)
    names = [task.name for task in propose(project, files, MACHINE).tasks]
    assert "testing (pytest)" in names


def test_a_project_without_a_name_is_called_by_its_folder() -> None:
    assert detect(MemoryFiles({"a.txt": ""}), path="/x/y", name="y") == Project(
        path="/x/y", name="y", complexity=detect(MemoryFiles({"a.txt": ""}), path="", name="").complexity
    )


def test_components_of_one_folder_become_one() -> None:
    tool = Tool(name="pytest", role=ToolRole.TEST_RUNNER, evidence="x")
    python = Component(
        path="web",
        kinds=PYTHON,
        tools=(tool,),
        manifests=("web/pyproject.toml",),
        lock_files=("web/uv.lock",),
        interpreter=">=3.11",
        versions=("3.11",),
        dependencies=2,
    )
    node = Component(
        path="web",
        kinds=NODE,
        name="web",
        manifests=("web/package.json",),
        interpreter=">=20",
        dependencies=3,
    )
    root = Component(path=".", kinds=frozenset((ProjectKind.GO,)))
    assert merge([python, node, root]) == (
        root,
        Component(
            path="web",
            kinds=PYTHON | NODE,
            name="web",
            tools=(tool,),
            manifests=("web/pyproject.toml", "web/package.json"),
            lock_files=("web/uv.lock",),
            interpreter="python >=3.11, javascript >=20",
            versions=("3.11",),
            dependencies=5,
        ),
    )


def test_three_components_of_one_folder_keep_all_ranges() -> None:
    three = [
        Component(path=".", kinds=PYTHON, interpreter="1"),
        Component(path=".", kinds=NODE, interpreter="2"),
        Component(path=".", kinds=frozenset((ProjectKind.GO,)), interpreter="3"),
    ]
    (found,) = merge(three)
    assert found.interpreter == "python 1, javascript 2, go 3"


def test_tasks_that_two_ecosystems_name_alike_get_names_of_their_own() -> None:
    here = Component(path=".", kinds=PYTHON)
    there = Component(path="sub", kinds=PYTHON)
    one = Fixed(
        "one",
        (here, there),
        {".": (task("install"), task("test", "install")), "sub": (task("sub", "install"),)},
    )
    two = Fixed("two", (here,), {".": (task("install"), task("lint", "install"))})
    project = Project(path="/x", name="x", components=(here, there))
    proposal = propose(project, MemoryFiles(), MACHINE, ecosystems=[one, two])
    assert [(each.name, each.needs) for each in proposal.tasks] == [
        ("install (one)", ()),
        ("test", ("install (one)",)),
        ("sub", ("install (one)",)),
        ("install (two)", ()),
        ("lint", ("install (two)",)),
    ]
    assert [one.what for one in proposal.skipped] == ["one .", "one sub", "two ."]


def test_where_nothing_is_installed_the_environment_is_made_first() -> None:
    tasks = (task("core: setup_environment"), task("core: testing", "core: install_dependencies"))
    one = Fixed("one", (Component(path=".", kinds=PYTHON),), {".": tasks})
    files = MemoryFiles({})
    project = detect(files, path="/p", name="p", ecosystems=[one])
    found = propose(project, files, MACHINE, ecosystems=[one]).tasks
    assert [(), ("core: setup_environment",)] == [each.needs for each in found]


def test_needs_that_nobody_proposed_are_dropped() -> None:
    here = Component(path=".", kinds=PYTHON)
    one = Fixed("one", (here,), {".": (task("test", "install", "other"), task("other"))})
    project = Project(path="/x", name="x", components=(here,))
    found = propose(project, MemoryFiles(), MACHINE, ecosystems=[one]).tasks
    assert [each.needs for each in found] == [("other",), ()]


def test_components_that_the_project_does_not_have_are_left_alone() -> None:
    here = Component(path=".", kinds=PYTHON)
    one = Fixed("one", (here,), {".": (task("test"),)})
    assert propose(Project(path="/x", name="x"), MemoryFiles(), MACHINE, ecosystems=[one]) == Proposal()


def test_a_plug_in_that_breaks_is_reported_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    here, there = Component(path=".", kinds=PYTHON), Component(path="sub", kinds=PYTHON)
    fine = Fixed("fine", (here,), {".": (task("test"),)})
    with caplog.at_level(logging.ERROR):
        project = detect(
            MemoryFiles(), path="/x", name="x", ecosystems=[Broken(None), Broken((here, there)), fine]
        )
        proposal = propose(project, MemoryFiles(), MACHINE, ecosystems=[Broken((here, there)), fine])
    assert [component.path for component in project.components] == [".", "sub"]
    assert [each.name for each in proposal.tasks] == ["test"]
    assert proposal.skipped == (
        Skipped("broken", "its plug-in failed: KeyError: 'gone'"),
        Skipped("sub: broken", "its plug-in failed: KeyError: 'gone'"),
        Skipped("fine .", "told so"),
    )
    assert "the ecosystem broken could not look at the project" in caplog.messages
