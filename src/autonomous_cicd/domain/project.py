"""Project: a checkout and what we know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from autonomous_cicd.values import dataclass

__all__ = ["Complexity", "Component", "Project", "ProjectKind", "Tool", "ToolRole"]


class ProjectKind(StrEnum):
    """A language that a project is written in; "mixed" is having two of them."""

    PYTHON = "python"
    JAVASCRIPT = "javascript"
    TYPESCRIPT = "typescript"
    GO = "go"
    RUST = "rust"
    JAVA = "java"


class ToolRole(StrEnum):
    """What a tool does for a project."""

    PACKAGE_MANAGER = "package_manager"
    TEST_RUNNER = "test_runner"
    LINTER = "linter"
    FORMATTER = "formatter"
    TYPE_CHECKER = "type_checker"
    BUILD_BACKEND = "build_backend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool that the project itself configures."""

    name: str
    role: ToolRole
    evidence: str
    """File (and key) that says so, such as `pyproject.toml [tool.ruff]`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A part of the project with a manifest of its own; a plain project is one, at `.`."""

    path: str
    """Folder in the project, with forward slashes; `.` for the root."""
    kinds: frozenset[ProjectKind]
    name: str = ""
    tools: tuple[Tool, ...] = ()
    manifests: tuple[str, ...] = ()
    lock_files: tuple[str, ...] = ()
    interpreter: str = ""
    """The version range it asks for (`requires-python`, `engines.node`, `go`, …)."""
    versions: tuple[str, ...] = ()
    """Versions it says it supports or is tested with, oldest first."""
    dependencies: int = 0

    def tool(self, role: ToolRole) -> Tool | None:
        """Return the first tool of that role."""
        return next((tool for tool in self.tools if tool.role is role), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Complexity:
    """How large a project is; the plan uses it."""

    files: int = 0
    lines: int = 0
    languages: Mapping[str, int] = field(default_factory=dict)
    """Lines by language."""
    estimated: bool = False
    """Whether the lines are extrapolated from a sample, because there are very many files."""
    dependencies: int = 0
    tests: int = 0
    """Test files."""

    @property
    def level(self) -> str:
        """`small`, `medium` or `large`: what the guides call project complexity."""
        weight = self.lines / 10_000 + self.files / 500 + self.dependencies / 50 + self.tests / 100
        return "small" if weight < 2 else "medium" if weight < 10 else "large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A checkout and what we know of it. Its kinds are a set, so "mixed" is no special case."""

    path: str
    """Absolute."""
    name: str
    components: tuple[Component, ...] = ()
    complexity: Complexity = field(default_factory=Complexity)
    workflows: tuple[str, ...] = ()
    """Its CI workflow files."""

    @property
    def kinds(self) -> frozenset[ProjectKind]:
        """All kinds of all components."""
        return frozenset(kind for component in self.components for kind in component.kinds)
