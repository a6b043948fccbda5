"""Collects the tasks of one package, and what is left out of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count

from autonomous_cicd.domain.layout import join, titled
from autonomous_cicd.domain.pipeline import Skipped, Stage, Task
from autonomous_cicd.domain.project import Tool
from autonomous_cicd.ecosystems.node.scripts import expand
from autonomous_cicd.ecosystems.node.site import Site
from autonomous_cicd.ecosystems.node.survey import Package
from autonomous_cicd.ecosystems.node.tools import by_program, find_tools

__all__ = ["Tasks"]


class Tasks:
    """Collects the tasks of one package."""

    def __init__(self, site: Site, package: Package, needs: tuple[str, ...]) -> None:
        self.site = site
        self.package = package
        self.manifest = package.manifest
        self.needs = needs
        self.tools = find_tools(package, site.files)
        self.tasks: list[Task] = []
        self.skipped: list[Skipped] = []

    def name(self, stage: Stage, what: str) -> str:
        """Return a name that no other task of the package has."""
        names = [task.name for task in self.tasks]
        more = (f" {number}" if number > 1 else "" for number in count(1))
        named = (titled(self.package.folder, f"{stage.value} ({what}{number})") for number in more)
        return next(name for name in named if name not in names)

    def skip(self, what: str, reason: str) -> None:
        """Say that something is left out, and why."""
        self.skipped.append(Skipped(titled(self.package.folder, what), reason))

    def reason(self, script: str) -> str:
        """Return the place of a script."""
        return f"{self.manifest.file} scripts.{script}"

    def all_tools(self) -> Iterator[Tool]:
        """Give the tools of the package, and then those of the members of its workspace."""
        yield from self.tools
        for member in self.package.members:
            yield from find_tools(member, self.site.files)

    def started(self) -> frozenset[str]:
        """Return the names of all tools that some script of the package starts."""
        scripts = self.manifest.scripts
        return frozenset(known.name for one in scripts for known, _ in by_program(expand(one, scripts)))

    def file(self, name: str) -> str:
        """Return the name of a file of the package, as seen from the project."""
        return join(self.package.folder, name)

    def add(
        self,
        stage: Stage,
        what: str,
        commands: Iterable[tuple[str, ...]],
        reason: str,
        *,
        needs: Iterable[str] = (),
        outputs: Iterable[str] = (),
        env: Mapping[str, str] | None = None,
        optional: bool = False,
    ) -> str:
        """Add a task that executes commands; return its name."""
        task = self.site.task(
            self.name(stage, what),
            stage,
            commands,
            cwd=self.package.folder,
            needs=(*self.needs, *needs),
            reason=reason,
            outputs=outputs,
            env=env,
            optional=optional,
        )
        self.tasks.append(task)
        return task.name
