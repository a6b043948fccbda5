"""Looks once over a project's names, and finds its Python components and what belongs to each."""

from __future__ import annotations

import fnmatch
import functools
from collections.abc import Hashable, Mapping
from dataclasses import field
from typing import cast

from autonomous_cicd.documents import read_toml
from autonomous_cicd.domain.layout import inside, is_material, join, parents, relative
from autonomous_cicd.ecosystems.python.legacy import read_ini, read_setup_py
from autonomous_cicd.ecosystems.python.pyproject import workspace_members
from autonomous_cicd.ecosystems.python.requirements import is_requirements_file
from autonomous_cicd.ecosystems.python.shapes import Table, table
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.ports import Files
from autonomous_cicd.values import dataclass

__all__ = ["Survey", "is_test", "survey"]

_ROOT_ONLY = frozenset(
    ("tox.ini", "tox.toml", "noxfile.py", "pytest.ini", "environment.yml", "environment.yaml")
)
_TELLING = (
    *(".toml", ".cfg", ".txt", ".in", ".ini", ".pip", ".yml", ".yaml", ".lock", ".json", ".sh"),
    *(".flake8", ".bandit", ".yapf", "rc", "-version", "file", "PKG-INFO"),
)
"""Ends of the names of files that say something about a component."""
_TELLING_MODULES = frozenset(("setup.py", "manage.py", "noxfile.py", "tasks.py"))
_NOT_OURS = frozenset(
    ("node_modules", "site-packages", ".git", ".tox", ".nox", ".venv", "venv", "__pycache__")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The Python components of a project."""

    components: tuple[str, ...] = ()
    """Their folders; the root first."""
    here: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Names of the files in each folder that holds a component or a requirements file."""
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Python files of each component, relative to it, those of components inside it left out."""
    workspaces: Mapping[str, str] = field(default_factory=dict)
    """Folder of the workspace of each component that is a member of one, and of the workspace itself."""
    requirements: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Requirements files of each component, relative to it."""
    said: Mapping[str, str] = field(default_factory=dict)
    """Text of the files of the whole project in which CI and people keep their commands."""


def is_test(name: str) -> bool:
    """Return whether a Python file holds tests, by its name."""
    base = name.rpartition("/")[2]
    return (base.startswith("test_") or base.endswith("_test.py") or base == "tests.py") and base.endswith(
        ".py"
    )


_SAYING = (
    ".github/workflows/",
    ".gitlab-ci",
    ".circleci/",
    ".travis.yml",
    "azure-pipelines",
    "scripts/",
    "script/",
)
_MOST_SAYING = 40


def survey(files: Files) -> Survey:
    """Return what there is; the last project that was looked at is remembered."""
    return _survey(cast("Hashable", files))


@functools.lru_cache(maxsize=1)
def _survey(files: Files) -> Survey:
    here: dict[str, set[str]] = {}
    python: dict[str, list[str]] = {}
    for name in files.names:
        folder, _, base = name.rpartition("/")
        if base.endswith((".py", ".pyi")):
            python.setdefault(folder or ".", []).append(name)
            if folder and base not in _TELLING_MODULES:
                continue
        elif not base.endswith(_TELLING):
            continue
        here.setdefault(folder or ".", set()).add(base)
    members = _members(files, here)
    found = [folder for folder in sorted(here) if _is_component(folder, files, here[folder], members)]
    found += _by_requirements(here, found, python)
    if "." not in found and _loose_root(here.get(".", set()), found, python):
        found.append(".")
    components = tuple(sorted(found, key=lambda folder: (folder != ".", folder)))
    return Survey(
        components=components,
        here={folder: frozenset(names) for folder, names in here.items()},
        sources=_assign(components, python),
        workspaces={member: root for member, root in members.items() if member in found},
        requirements=_requirements(components, here),
        said=_said(files) if components else {},
    )


def _is_component(folder: str, files: Files, names: set[str], members: Mapping[str, str]) -> bool:
    if is_material(folder) and folder not in members:
        return False
    if "Pipfile" in names or folder in members:
        return True
    if "setup.py" in names and (folder == "." or read_setup_py(files.read(join(folder, "setup.py")))):
        return True
    if "pyproject.toml" in names and (folder == "." or _is_project(files, folder)):
        return True
    if (
        "setup.cfg" in names
        and {"metadata", "options"} & read_ini(files.read(join(folder, "setup.cfg"))).keys()
    ):
        return True
    return folder == "." and bool(names & _ROOT_ONLY)


def _is_project(files: Files, folder: str) -> bool:
    document = _pyproject(files, folder)
    return bool({"project", "build-system"} & document.keys() or table(document, "tool", "poetry"))


def _pyproject(files: Files, folder: str) -> Table:
    try:
        return table(read_toml(files.read(join(folder, "pyproject.toml"))).value)
    except DocumentError:
        return {}


def _members(files: Files, here: Mapping[str, set[str]]) -> dict[str, str]:
    """Return the workspace of each folder that belongs to one."""
    if "pyproject.toml" not in here.get(".", set()) or "[tool.uv.workspace]" not in files.read(
        "pyproject.toml"
    ):
        return {}
    workspace = workspace_members(_pyproject(files, "."))
    if workspace is None:
        return {}
    wanted, excluded = workspace
    found = {".": "."}
    for folder, names in here.items():
        if "pyproject.toml" in names and _matches(folder, wanted) and not _matches(folder, excluded):
            found[folder] = "."
    return found


def _matches(folder: str, patterns: tuple[str, ...]) -> bool:
    for pattern in (one.strip("/") for one in patterns):
        same_depth = pattern.count("/") == folder.count("/")
        if "**" in pattern and fnmatch.fnmatchcase(folder, pattern.replace("**", "*")):
            return True
        if same_depth and fnmatch.fnmatchcase(folder, pattern):
            return True
    return False


def _by_requirements(
    here: Mapping[str, set[str]], found: list[str], python: Mapping[str, list[str]]
) -> list[str]:
    """Return the folders that are applications: a requirements.txt beside code, in no other component."""
    known = set(found)
    more = []
    for folder in sorted(here):
        if "requirements.txt" not in here[folder] or is_material(folder) or folder in known:
            continue
        if not known.intersection(parents(folder)) and any(
            one == folder or inside(one, folder) for one in python
        ):
            more.append(folder)
            known.add(folder)
    return more


def _loose_root(names: set[str], found: list[str], python: Mapping[str, list[str]]) -> bool:
    """Return whether there is Python at the root that no manifest speaks of."""
    if any(is_requirements_file(name) for name in names) and python and not found:
        return True
    if any(name.endswith(".py") and name != "conftest.py" for name in names):
        return True
    outside = [folder for folder in python if not any(folder == one or inside(folder, one) for one in found)]
    return any(is_test(name) for folder in outside for name in python[folder]) and not found


def _assign(components: tuple[str, ...], python: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Return the Python files of each component."""
    known = set(components)
    owned: dict[str, list[str]] = {folder: [] for folder in components}
    for folder in sorted(python):
        owner = next((one for one in (folder, *parents(folder)) if one in known), None)
        if owner is not None and not _NOT_OURS.intersection(folder.split("/")):
            owned[owner] += [relative(name, owner) for name in python[folder]]
    return {folder: tuple(names) for folder, names in owned.items()}


def _requirements(components: tuple[str, ...], here: Mapping[str, set[str]]) -> dict[str, tuple[str, ...]]:
    """Return the requirements files of each component: beside its manifest, or one or two folders below."""
    found: dict[str, list[str]] = {folder: [] for folder in components}
    known = set(components)
    for folder in sorted(here):
        owner = next((one for one in (folder, *parents(folder)) if one in known), None)
        if owner is None:
            continue
        for name in sorted(here[folder]):
            full = relative(join(folder, name), owner)
            if is_requirements_file(full):
                found[owner].append(full)
    return {folder: tuple(names) for folder, names in found.items()}


def _said(files: Files) -> dict[str, str]:
    names = [
        name
        for name in files.names
        if name.startswith(_SAYING)
        and (name.endswith((".yml", ".yaml", ".sh")) or "." not in name.rpartition("/")[2])
    ]
    return {name: files.read(name) for name in names[:_MOST_SAYING]}
