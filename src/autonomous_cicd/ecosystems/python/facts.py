"""What the manifests of a Python component say, whichever of them says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.ecosystems.python.shapes import Table, distributions
from autonomous_cicd.values import dataclass

__all__ = ["Facts", "Hook", "Manager", "Recipe", "Requirements", "SetKind"]


class SetKind(StrEnum):
    """Where a named set of requirements stands, and so how it is installed."""

    EXTRA = "extra"
    GROUP = "group"
    """PEP 735."""
    OWN = "own"
    """A group in the manager's own spelling, which no other manager reads."""
    FILE = "file"
    """A requirements file; the name is its path in the component."""
    LIST = "list"
    """Anything else: its requirements are named one by one."""


class Manager(StrEnum):
    """The package manager that a project is kept with."""

    UV = "uv"
    POETRY = "poetry"
    PDM = "pdm"
    PIPENV = "pipenv"
    PIP_TOOLS = "pip-tools"
    PIP = "pip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """A named set of requirements that is needed for some purpose other than using the project."""

    kind: SetKind
    name: str
    requirements: tuple[str, ...] = ()
    source: str = ""
    """The file that names it."""

    @property
    def names(self) -> frozenset[str]:
        """Normalised names of what it asks for."""
        return distributions(self.requirements)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """An environment of tox, nox or hatch: what it installs, and what it executes there."""

    tool: str
    """`tox`, `nox` or `hatch`."""
    name: str
    source: str
    """The file that names it."""
    requirements: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    project: bool = True
    """Whether the project itself is installed."""
    commands: tuple[tuple[str, ...], ...] = ()
    cwd: str = "."
    env: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True
    """Whether everything it says could be read without executing it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A hook of pre-commit."""

    id: str
    repo: str
    rev: str = ""
    args: tuple[str, ...] = ()
    files: str = ""
    exclude: str = ""
    additional: tuple[str, ...] = ()
    language: str = ""
    stages: tuple[str, ...] = ()
    entry: str = ""
    """The command of a hook that the project itself defines."""
    pass_filenames: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a component before anything of it was executed."""

    folder: str
    name: str = ""
    manager: Manager = Manager.PIP
    manager_evidence: str = ""
    manifests: tuple[str, ...] = ()
    """In the component."""
    lock_files: tuple[str, ...] = ()
    lock: Mapping[str, str] = field(default_factory=dict)
    """Version of each distribution that a lock file names exactly once."""
    workspace: str = ""
    """Folder of the workspace that it is a member of; empty: it is none."""
    members: bool = False
    """Whether it is the root of a workspace."""
    installable: bool = False
    """Whether an installer can install the folder itself."""
    buildable: bool = False
    backend: str = ""
    requires_python: str = ""
    pinned_python: str = ""
    """`.python-version`."""
    versions: tuple[str, ...] = ()
    """Versions it names, oldest first."""
    dependencies: tuple[str, ...] = ()
    sets: tuple[Requirements, ...] = ()
    default_groups: tuple[str, ...] = ()
    """Groups that the manager installs unasked."""
    conflicts: tuple[frozenset[str], ...] = ()
    """Sets that cannot be installed together, by name."""
    main_files: tuple[str, ...] = ()
    """Requirements files of what the project needs to work."""
    main_requirements: tuple[str, ...] = ()
    """What they ask for."""
    compiled: tuple[str, ...] = ()
    """Requirements files that pip-tools made of an `.in` file."""
    recipes: tuple[Recipe, ...] = ()
    hooks: tuple[Hook, ...] = ()
    hooks_exclude: str = ""
    tools: Table = field(default_factory=dict)
    """The `[tool.*]` tables of pyproject.toml."""
    sections: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    """Sections of setup.cfg, tox.ini, pytest.ini, …, by file."""
    says: Mapping[str, str] = field(default_factory=dict)
    """Text of the files in which a project keeps its commands (Makefile, CI, …), by name."""
    files: tuple[str, ...] = ()
    """Files in the component's own folder, without their path."""
    sources: tuple[str, ...] = ()
    """Its Python files, relative to the component."""
    tests: tuple[str, ...] = ()
    """Those of them that hold tests."""
    test_imports: frozenset[str] = frozenset()
    """Modules that its tests import, from outside the component."""
    test_functions: bool = False
    """Whether a test is a plain function, which only pytest runs."""
    problems: tuple[Skipped, ...] = ()

    def section(self, file: str, name: str) -> Mapping[str, str] | None:
        """Return a section of an INI file; None when it has none of that name."""
        return self.sections.get(file, {}).get(name)

    @property
    def declared(self) -> frozenset[str]:
        """Normalised names of everything that any set or recipe asks for."""
        found = {name for one in self.sets for name in one.names}
        for recipe in self.recipes:
            found |= distributions(recipe.requirements)
        return frozenset(found)
