"""The plug-in: recognises Python components and proposes their tasks."""

from __future__ import annotations

from autonomous_cicd.domain.layout import join
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.domain.project import Component, ProjectKind, Tool, ToolRole
from autonomous_cicd.ecosystems.python.building import backend_name
from autonomous_cicd.ecosystems.python.evidence import used_checks
from autonomous_cicd.ecosystems.python.facts import Facts
from autonomous_cicd.ecosystems.python.interpreter import choose_interpreter, missing
from autonomous_cicd.ecosystems.python.plan import Plan, decide, label
from autonomous_cicd.ecosystems.python.read import read_facts
from autonomous_cicd.ecosystems.python.survey import survey
from autonomous_cicd.ecosystems.python.tasks import tasks_of
from autonomous_cicd.ecosystems.python.testing import Testing, decide_testing
from autonomous_cicd.plugins import Proposal, ecosystem
from autonomous_cicd.ports import Files

__all__ = ["Python"]


@ecosystem
class Python:
    """Python: pip, pip-tools, uv, poetry, pdm and pipenv; pytest, unittest, tox, nox and hatch."""

    name = "python"

    def recognise(self, files: Files) -> tuple[Component, ...]:
        """Return the Python components, the root first."""
        return tuple(_component(read_facts(files, folder)) for folder in survey(files).components)

    def propose(self, component: Component, files: Files, machine: Machine) -> Proposal:
        """Return the tasks of a component; without an interpreter for it, none and the reason."""
        facts = read_facts(files, component.path)
        left_out = [*facts.problems, *_conda(facts)]
        root = read_facts(files, facts.workspace) if facts.workspace else facts
        interpreter = choose_interpreter(root, machine)
        if interpreter is None:
            reason = missing(root, machine)
            return Proposal(skipped=(*left_out, Skipped(label(facts, "setup_environment (python)"), reason)))
        plan = decide(facts, machine, interpreter)
        members = _members(plan, files) if facts.members else ()
        tasks, more = tasks_of(plan, members, _texts(facts, files))
        return Proposal(tasks=tasks, skipped=(*left_out, *plan.left_out, *more))


def _members(plan: Plan, files: Files) -> tuple[Plan, ...]:
    """Return what was decided about the other members of a workspace."""
    others = survey(files).workspaces
    return tuple(
        decide(read_facts(files, folder), plan.machine, plan.interpreter)
        for folder in others
        if folder != plan.facts.folder
    )


def _texts(facts: Facts, files: Files) -> dict[str, str]:
    """Return the requirements files of a component by name."""
    names = (*facts.main_files, *(one.name for one in facts.sets if one.name == one.source))
    return {name: files.read(join(facts.folder, name)) for name in names}


def _conda(facts: Facts) -> tuple[Skipped, ...]:
    name = next((one for one in ("environment.yml", "environment.yaml") if one in facts.files), "")
    reason = "conda environments are not made here; what pip can install is read from the other manifests"
    return (Skipped(label(facts, name), reason),) if name else ()


def _component(facts: Facts) -> Component:
    locks = (*facts.lock_files, *facts.compiled)
    return Component(
        path=facts.folder,
        kinds=frozenset((ProjectKind.PYTHON,)),
        name=facts.name,
        tools=_tools(facts),
        manifests=tuple(join(facts.folder, name) for name in facts.manifests),
        lock_files=tuple(join(facts.folder, name) for name in locks),
        interpreter=facts.requires_python or facts.pinned_python,
        versions=facts.versions,
        dependencies=len(facts.dependencies) or len(facts.main_requirements),
    )


def _tools(facts: Facts) -> tuple[Tool, ...]:
    """Return the tools that a component configures."""
    found = [Tool(name=facts.manager.value, role=ToolRole.PACKAGE_MANAGER, evidence=facts.manager_evidence)]
    testing = decide_testing(facts, facts.versions[-1] if facts.versions else "3")
    if isinstance(testing, Testing):
        found.append(Tool(name=testing.runner, role=ToolRole.TEST_RUNNER, evidence=testing.evidence))
    for tool in ("tox", "nox"):
        recipe = next((one for one in facts.recipes if one.tool == tool), None)
        if recipe and not any(one.name == tool for one in found):
            found.append(Tool(name=tool, role=ToolRole.TEST_RUNNER, evidence=recipe.source))
    found += [Tool(name=check.name, role=check.role, evidence=text) for check, text in used_checks(facts)]
    if facts.hooks:
        found.append(Tool(name="pre-commit", role=ToolRole.LINTER, evidence=".pre-commit-config.yaml"))
    if facts.backend:
        says = "pyproject.toml [build-system]" if "pyproject.toml" in facts.manifests else facts.manifests[0]
        found.append(Tool(name=backend_name(facts), role=ToolRole.BUILD_BACKEND, evidence=says))
    return tuple(found)
