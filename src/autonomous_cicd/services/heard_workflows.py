"""Workflow files -> the names of those whose failures are to be heard of."""

from __future__ import annotations

from autonomous_cicd.domain.events import answer, checks_changes
from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.domain.text import printable
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.ports import Files
from autonomous_cicd.services.interpret import workflow_files
from autonomous_cicd.services.setup_files import OUR_WORKFLOWS
from autonomous_cicd.values import dataclass
from autonomous_cicd.workflows.file import read_workflow

__all__ = ["HeardWorkflows", "heard_workflows"]

_LONGEST = 200
"""Characters of a workflow's name; a longer one is none that a person chose."""


@dataclass(frozen=True, slots=True)
class HeardWorkflows:
    """Which workflows a failure analysis listens to."""

    names: tuple[str, ...] = ()
    """As their host calls them: one without a name by its path."""
    left_out: tuple[Skipped, ...] = ()


def heard_workflows(files: Files) -> HeardWorkflows:
    """Return the workflows of a project that check its changes."""
    names: dict[str, None] = {}
    left_out: list[Skipped] = []
    for path in workflow_files(files):
        if path in OUR_WORKFLOWS:
            continue
        try:
            workflow = read_workflow(files.read(path), path=path)
        except DocumentError as error:
            left_out.append(Skipped(path, f"it cannot be read: {error.reason}"))
            continue
        name = workflow.name or path
        if not checks_changes(workflow.events):
            reason = answer(workflow.events, branch="", default_branch="").reason
            left_out.append(Skipped(path, f"it checks no changes: {reason}"))
        elif _odd(name):
            left_out.append(Skipped(path, "its name is none that another workflow could safely refer to"))
        else:
            names[name] = None
    return HeardWorkflows(tuple(names), tuple(left_out))


def _odd(name: str) -> bool:
    return (
        "${{" in name
        or name != printable(name)
        or name != name.strip()
        or not {"\n", "\t"}.isdisjoint(name)
        or len(name) > _LONGEST
    )
