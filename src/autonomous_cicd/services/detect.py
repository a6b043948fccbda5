"""Files -> Project: what a project is, and which tasks that asks for."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.pipeline import Skipped, Stage, Task
from autonomous_cicd.domain.project import Component, Project
from autonomous_cicd.plugins import Ecosystem, Proposal, ecosystem
from autonomous_cicd.ports import Files
from autonomous_cicd.services.measure import measure

__all__ = ["detect", "merge", "propose"]

log = logging.getLogger(__name__)

_WORKFLOWS = ".github/workflows/"


def detect(files: Files, *, path: str, name: str, ecosystems: Iterable[Ecosystem] | None = None) -> Project:
    """Find out what a project is. Executes nothing of it.

    `path` is where it lies, `name` how it is called where no manifest at its root says.
    """
    shelf = ecosystem.all() if ecosystems is None else ecosystems
    found = [component for one in shelf for component in _recognise(one, files)]
    components = merge(found)
    root = next((component.name for component in components if component.path == "."), "")
    return Project(
        path=path,
        name=root or name,
        components=components,
        complexity=measure(files, components),
        workflows=tuple(one for one in files.names if _is_workflow(one)),
    )


def propose(
    project: Project, files: Files, machine: Machine, *, ecosystems: Iterable[Ecosystem] | None = None
) -> Proposal:
    """Return the tasks that all ecosystems ask for, and what they left out and why.

    Where two ecosystems name a task alike, because both have something in one folder, their names are
    added: `install_dependencies (python)`.
    """
    known = {component.path for component in project.components}
    proposals: dict[str, list[Proposal]] = {}
    for one in ecosystem.all() if ecosystems is None else ecosystems:
        components = [component for component in _recognise(one, files) if component.path in known]
        proposals[one.name] = [_propose(one, component, files, machine) for component in components]
    renamed = _renamed(proposals)
    tasks = [task for owner, task in _tasks(proposals)]
    if renamed:
        tasks = [_with_names(task, renamed[owner]) for owner, task in _tasks(proposals)]
    names = {task.name for task in tasks}
    return Proposal(
        tasks=tuple(_without_unknown(task, names) for task in tasks),
        skipped=tuple(one for some in proposals.values() for each in some for one in each.skipped),
    )


def merge(components: Iterable[Component]) -> tuple[Component, ...]:
    """Return the components with those of one folder made one; the root comes first."""
    by_path: dict[str, Component] = {}
    for component in components:
        known = by_path.get(component.path)
        by_path[component.path] = _merged(known, component) if known else component
    return tuple(sorted(by_path.values(), key=lambda one: (one.path != ".", one.path)))


def _merged(one: Component, other: Component) -> Component:
    ranges = [f"{_language(each)} {each.interpreter}".strip() for each in (one, other) if each.interpreter]
    return Component(
        path=one.path,
        kinds=one.kinds | other.kinds,
        name=one.name or other.name,
        tools=tuple(dict.fromkeys((*one.tools, *other.tools))),
        manifests=tuple(dict.fromkeys((*one.manifests, *other.manifests))),
        lock_files=tuple(dict.fromkeys((*one.lock_files, *other.lock_files))),
        interpreter=", ".join(ranges),
        versions=one.versions or other.versions,
        dependencies=one.dependencies + other.dependencies,
    )


def _language(component: Component) -> str:
    """Return the kinds in words; a component that is merged already says them itself."""
    return "" if len(component.kinds) > 1 else next(iter(component.kinds)).value


def _recognise(one: Ecosystem, files: Files) -> tuple[Component, ...]:
    """Return what an ecosystem recognises; nothing, with a word in the log, when it breaks."""
    try:
        return one.recognise(files)
    except Exception:
        log.exception("the ecosystem %s could not look at the project", one.name)
        return ()


def _propose(one: Ecosystem, component: Component, files: Files, machine: Machine) -> Proposal:
    """Return what an ecosystem proposes; when it breaks, that it does."""
    try:
        return one.propose(component, files, machine)
    except Exception as error:
        log.exception("the ecosystem %s could not plan %s", one.name, component.path)
        what = one.name if component.path == "." else f"{component.path}: {one.name}"
        return Proposal(skipped=(Skipped(what, f"its plug-in failed: {type(error).__name__}: {error}"),))


def _tasks(proposals: Mapping[str, Iterable[Proposal]]) -> Iterator[tuple[str, Task]]:
    for owner, some in proposals.items():
        for proposal in some:
            for task in proposal.tasks:
                yield owner, task


def _renamed(proposals: Mapping[str, Iterable[Proposal]]) -> Mapping[str, Mapping[str, str]]:
    """Return new names by ecosystem for the names that two ecosystems use; nothing when none is."""
    owners: dict[str, set[str]] = {}
    for owner, task in _tasks(proposals):
        owners.setdefault(task.name, set()).add(owner)
    twice = [name for name, some in owners.items() if len(some) > 1]
    return {owner: {name: f"{name} ({owner})" for name in twice} for owner in proposals} if twice else {}


def _with_names(task: Task, names: Mapping[str, str]) -> Task:
    needs = tuple(names.get(need, need) for need in task.needs)
    return replace(task, name=names.get(task.name, task.name), needs=needs)


def _without_unknown(task: Task, names: set[str]) -> Task:
    """Return the task without needs that nobody proposed.

    Where there is nothing to install, an environment has to be made all the same.
    """
    if names.issuperset(task.needs):
        return task
    known = (need if need in names else need.replace(Stage.INSTALL, Stage.SETUP) for need in task.needs)
    return replace(task, needs=tuple(dict.fromkeys(need for need in known if need in names)))


def _is_workflow(name: str) -> bool:
    return name.startswith(_WORKFLOWS) and name.count("/") == 2 and name.endswith((".yml", ".yaml"))
