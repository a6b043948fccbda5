"""Finds out what a project is and which tasks its workflow files, or its ecosystems, ask for.

It stands apart from `plan` because it takes longer to load than a whole run in which nothing changed, and
a project that describes its own pipeline needs none of it.
"""

from __future__ import annotations

from collections.abc import Callable

from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.project import Project
from autonomous_cicd.ports import Checkout, Files
from autonomous_cicd.services.detect import detect, propose
from autonomous_cicd.services.interpret import interpret
from autonomous_cicd.services.plan import Found
from autonomous_cicd.values import dataclass

__all__ = ["FoundSources"]


@dataclass(frozen=True, slots=True)
class FoundSources:
    """Looks at a checkout. Implements `plan.Sources`; executes nothing of the project."""

    checkout: Checkout
    files: Files
    look: Callable[[], Machine]
    """Finds out what the computer has; asked only when that matters."""
    event: str = ""
    """What a workflow that is named answers, when it does; else what checks a change."""

    def project(self) -> Project:
        """Return what the project is."""
        root = self.checkout.root
        return detect(self.files, path=str(root), name=root.name)

    def workflows(self, only: str) -> Found:
        """Return what its workflow files ask for; with `only`, one file or one job of it."""
        found = interpret(
            self.files, checkout=self.checkout, machine=self.look(), only=only, event=self.event
        )
        return Found(tasks=found.tasks, skipped=found.skipped, problems=tuple(map(str, found.problems)))

    def detected(self, project: Project) -> Found:
        """Return what is usual for such a project."""
        proposal = propose(project, self.files, self.look())
        return Found(tasks=proposal.tasks, skipped=proposal.skipped)
