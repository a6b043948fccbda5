"""What the tasks of one package have in common: its manager, its Node, how its commands are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from posixpath import dirname

from autonomous_cicd.domain.layout import join, titled
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.pipeline import Command, Stage, Task
from autonomous_cicd.ecosystems.node.managers import Manager
from autonomous_cicd.ecosystems.node.runtime import Runtime
from autonomous_cicd.ecosystems.node.survey import Package
from autonomous_cicd.ports import Files
from autonomous_cicd.values import dataclass

__all__ = ["Site"]

ENVIRONMENT = "{environment}"
RUN_ENV: Mapping[str, str] = {"CI": "true"}
"""What every hosted runner sets: test runners do not wait for changes then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A package that is installed for itself, and what its tasks need."""

    package: Package
    manager: Manager
    node: Runtime
    files: Files
    machine: Machine
    tracked: frozenset[str] = field(default_factory=frozenset)
    """Folders of the project that hold files of it."""

    @property
    def folder(self) -> str:
        """Folder of the package."""
        return self.package.folder

    @property
    def environment(self) -> str:
        """Name of the folder that makes the chosen Node the first on the PATH."""
        return "node" if self.folder == "." else f"node {self.folder}"

    def setup(self) -> Task:
        """Return the task that puts the chosen Node, and the package manager, on the PATH."""
        commands = [Command(argv=("mkdir", "-p", f"{ENVIRONMENT}/bin"))]
        if self.node.interpreter:
            path = self.node.interpreter.path
            programs = (path, *(f"{dirname(path)}/{name}" for name in ("npm", "npx", "corepack")))
            commands.append(Command(argv=("ln", "-sf", *programs, f"{ENVIRONMENT}/bin")))
        if wanted := [one for one in (self.node.requirement, self.manager.requirement) if one]:
            options = ("--global", "--prefix", ENVIRONMENT, "--ignore-scripts", "--no-audit", "--no-fund")
            commands.append(Command(argv=("npm", "install", *options, *wanted)))
        return Task(
            name=titled(self.folder, f"setup_environment (node {self.node.version})"),
            stage=Stage.SETUP,
            commands=tuple(commands),
            environment=self.environment,
            reason=self.node.evidence or self.manager.evidence,
        )

    def install(self, setup: Task) -> Task:
        """Return the task that installs the dependencies of the package and of its workspace."""
        manifests = (self.package, *self.package.members)
        return Task(
            name=titled(self.folder, f"install_dependencies ({self.manager.name})"),
            stage=Stage.INSTALL,
            commands=(Command(argv=self.manager.install(), cwd=self.folder),),
            needs=(setup.name,),
            environment=self.environment,
            env={**RUN_ENV, **self._no_browsers()},
            inputs=tuple(
                filter(None, (self.manager.lock, *(package.manifest.file for package in manifests)))
            ),
            reason=self.manager.lock or self.package.manifest.file,
        )

    def task(
        self,
        name: str,
        stage: Stage,
        commands: Iterable[tuple[str, ...]],
        *,
        cwd: str,
        needs: Iterable[str],
        reason: str,
        outputs: Iterable[str] = (),
        env: Mapping[str, str] | None = None,
        optional: bool = False,
    ) -> Task:
        """Return a task that executes commands in a folder of the installed package."""
        return Task(
            name=name,
            stage=stage,
            commands=tuple(Command(argv=argv, cwd=cwd) for argv in commands),
            needs=tuple(dict.fromkeys(needs)),
            environment=self.environment,
            env={**RUN_ENV, **(env or {})},
            inputs=(join(self.folder, "**"),),
            outputs=tuple(outputs),
            optional=optional,
            reason=reason,
        )

    def built_folders(self, package: Package) -> tuple[str, ...]:
        """Return the folders that a package's users load files from and that only a build makes."""
        first = (entry.partition("/")[0] for entry in package.manifest.entries if "/" in entry)
        places = dict.fromkeys(
            join(package.folder, name) for name in first if re.fullmatch(r"[\w.-]*\w", name)
        )
        return tuple(place for place in places if place not in self.tracked)

    def _no_browsers(self) -> Mapping[str, str]:
        """Return what keeps tools from fetching browsers that no task would use."""
        depends = {name for p in (self.package, *self.package.members) for name in p.manifest.dependencies}
        variables = {
            "cypress": ("CYPRESS_INSTALL_BINARY", "0"),
            "playwright": ("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
        }
        return dict(value for name, value in variables.items() if name in depends)
