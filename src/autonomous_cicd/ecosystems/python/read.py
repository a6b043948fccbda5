"""Reads everything that is said about one component into `Facts`."""

from __future__ import annotations

import functools
import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import field
from typing import cast

from autonomous_cicd.documents import read_toml
from autonomous_cicd.domain.layout import join
from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.ecosystems.python import nox, package, precommit, pyproject, tox
from autonomous_cicd.ecosystems.python.facts import Facts, Hook, Manager, Recipe, Requirements, SetKind
from autonomous_cicd.ecosystems.python.hatch import hatch_environments
from autonomous_cicd.ecosystems.python.legacy import Setup, read_ini, read_setup_cfg, read_setup_py
from autonomous_cicd.ecosystems.python.locks import LOCK_FILES, locked_versions, pipfile_sets
from autonomous_cicd.ecosystems.python.requirements import installs_project, requirement_sets
from autonomous_cicd.ecosystems.python.shapes import Table, string, strings, table
from autonomous_cicd.ecosystems.python.survey import Survey, is_test, survey
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.ports import Files
from autonomous_cicd.values import dataclass

__all__ = ["read_facts"]

_MANIFESTS = ("pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "tox.ini", "tox.toml", "noxfile.py")
_INI = ("setup.cfg", "tox.ini", "pytest.ini", ".pytest.ini", "mypy.ini", ".mypy.ini", ".flake8", ".isort.cfg")
_SAYING = (
    "Makefile",
    "makefile",
    "GNUmakefile",
    "justfile",
    "Justfile",
    "Taskfile.yml",
    "noxfile.py",
    "tasks.py",
)
_IMPORT = re.compile(r"^[ \t]{0,8}(?:import|from)[ \t]+([A-Za-z_]\w*)", re.MULTILINE)
_FUNCTION = re.compile(r"^(?:async )?def test", re.MULTILINE)
_ENOUGH = 60
"""Test files that are read."""


@dataclass(slots=True)
class _Reading:
    """What was read so far."""

    files: Files
    folder: str
    found: Survey
    problems: list[Skipped] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Return whether a file lies in the folder."""
        return name in self.found.here.get(self.folder, ())

    def text(self, name: str) -> str:
        """Return the text of a file in the folder."""
        return self.files.read(join(self.folder, name)) if self.has(name) else ""

    def toml(self, name: str) -> Table:
        """Return a TOML file; what is wrong with it is remembered."""
        if not self.has(name):
            return {}
        try:
            return table(read_toml(self.text(name), file=join(self.folder, name)).value)
        except DocumentError as error:
            self.problems.append(Skipped(join(self.folder, name), f"it cannot be read: {error}"))
            return {}


def read_facts(files: Files, folder: str) -> Facts:
    """Return what the files of a component say; what was read of a project lately is remembered."""
    return _read(cast("Hashable", files), folder)


@functools.lru_cache(maxsize=64)
def _read(files: Files, folder: str) -> Facts:
    reading = _Reading(files, folder, survey(files))
    document = reading.toml("pyproject.toml")
    sections = {name: read_ini(reading.text(name)) for name in _INI if reading.has(name)}
    cfg = read_setup_cfg(sections.get("setup.cfg", {})) or Setup()
    script = read_setup_py(reading.text("setup.py")) or Setup()
    sources = reading.found.sources.get(folder, ())
    names = reading.found.here.get(folder, frozenset())
    sets, main_files, main = _sets(reading, document, cfg, script)
    recipes = _recipes(reading, document, sections)
    hooks, exclude = _hooks(reading)
    manager, evidence = _manager(reading, document, main_files, sets)
    lock_files = tuple(name for name in LOCK_FILES if name in names)
    project = table(document, "project")
    imported, functions = _test_code(reading, sources)
    installable = package.installable(names, document, cfg)
    return Facts(
        folder=folder,
        name=string(project.get("name"))
        or string(table(document, "tool", "poetry").get("name"))
        or cfg.name
        or script.name,
        manager=manager,
        manager_evidence=evidence,
        manifests=tuple(name for name in _MANIFESTS if name in names) + main_files,
        lock_files=lock_files,
        lock=_locked(reading, lock_files),
        workspace=reading.found.workspaces.get(folder, ""),
        members=folder in reading.found.workspaces.values(),
        installable=installable,
        buildable=installable and package.buildable(document, names),
        backend=package.backend(document, installable),
        requires_python=pyproject.requires_python(document)
        or cfg.requires_python
        or script.requires_python
        or _pipfile_python(reading),
        pinned_python=_pinned(files, reading),
        versions=_versions(reading, document, (*cfg.classifiers, *script.classifiers), recipes),
        dependencies=pyproject.dependencies(document) + cfg.dependencies + script.dependencies,
        sets=sets,
        default_groups=pyproject.default_groups(document),
        conflicts=pyproject.conflicts(document),
        main_files=main_files,
        main_requirements=main,
        compiled=_compiled(reading),
        recipes=recipes,
        hooks=hooks,
        hooks_exclude=exclude,
        tools=table(document, "tool"),
        sections=sections,
        says=_says(reading),
        files=tuple(sorted(names)),
        sources=sources,
        tests=tuple(name for name in sources if is_test(name)),
        test_imports=imported,
        test_functions=functions,
        problems=tuple(reading.problems),
    )


def _sets(
    reading: _Reading, document: Table, cfg: Setup, script: Setup
) -> tuple[tuple[Requirements, ...], tuple[str, ...], tuple[str, ...]]:
    """Return all named sets, the requirements files that the project needs to work, and what they ask for."""
    found = list(pyproject.named_sets(document))
    for setup, source in ((cfg, "setup.cfg"), (script, "setup.py")):
        extras = setup.extras.items()
        found += [_named(SetKind.EXTRA, name, asked, source) for name, asked in extras]
        if setup.tests_require:
            found.append(_named(SetKind.LIST, "tests", setup.tests_require, source))
    found += pipfile_sets(reading.toml("Pipfile"))
    in_files = requirement_sets(
        reading.files, reading.folder, list(reading.found.requirements.get(reading.folder, ()))
    )
    main = [one for one in in_files if one.name in _MAIN_FILES and not _is_for_developers(reading, one)]
    found += [one for one in in_files if one not in main]
    asked = tuple(text for one in main for text in one.requirements)
    return tuple(found), tuple(one.name for one in main), asked


def _is_for_developers(reading: _Reading, one: Requirements) -> bool:
    """Return whether a plain requirements file installs the project itself, and with it what tests it."""
    text = reading.files.read(join(reading.folder, one.name))
    return installs_project(text) and "pytest" in one.names


_MAIN_FILES = frozenset(
    f"{folder}{name}.{end}"
    for folder, names in (
        ("", ("requirements", "requirements.base", "requirements-base")),
        ("requirements/", ("base", "requirements", "main", "common", "default", "prod", "production")),
    )
    for name in names
    for end in ("txt", "in", "pip")
)


def _named(kind: SetKind, name: str, asked: tuple[str, ...], source: str) -> Requirements:
    return Requirements(kind=kind, name=name, requirements=asked, source=source)


def _recipes(
    reading: _Reading, document: Table, sections: Mapping[str, Mapping[str, Mapping[str, str]]]
) -> tuple[Recipe, ...]:
    """Return the environments of tox, nox and hatch; where tox is said twice, the first word counts."""
    own = table(document, "tool", "tox")
    legacy = string(own.get("legacy_tox_ini"))
    from_tox: tuple[Recipe, ...] = ()
    if any(title == "tox" or title.startswith("testenv") for title in sections.get("tox.ini", {})):
        from_tox = tox.environments(sections["tox.ini"], file="tox.ini")
    elif "tox:tox" in sections.get("setup.cfg", {}):
        from_tox = tox.environments(sections["setup.cfg"], file="setup.cfg")
    elif legacy:
        from_tox = tox.environments(read_ini(legacy), file="pyproject.toml")
    elif own:
        from_tox = tox.toml_environments(own, file="pyproject.toml")
    elif reading.has("tox.toml"):
        from_tox = tox.toml_environments(reading.toml("tox.toml"), file="tox.toml")
    from_nox = nox.sessions(reading.text("noxfile.py"))
    hatch = hatch_environments(table(document, "tool", "hatch", "envs") or reading.toml("hatch.toml"))
    return (*from_tox, *from_nox, *hatch)


def _hooks(reading: _Reading) -> tuple[tuple[Hook, ...], str]:
    for name in precommit.CONFIGS:
        if reading.has(name) and not name.endswith(".toml"):
            hooks, exclude, wrong = precommit.read_hooks(reading.text(name), file=join(reading.folder, name))
            reading.problems += wrong
            return hooks, exclude
    return (), ""


def _manager(
    reading: _Reading, document: Table, main_files: tuple[str, ...], sets: Iterable[Requirements]
) -> tuple[Manager, str]:
    """Return the package manager, and what says so: a lock file first, then a table of its own."""
    if reading.found.workspaces.get(reading.folder):
        return Manager.UV, "pyproject.toml [tool.uv.workspace]"
    tools = table(document, "tool")
    for lock, manager in (
        ("uv.lock", Manager.UV),
        ("poetry.lock", Manager.POETRY),
        ("pdm.lock", Manager.PDM),
        ("Pipfile.lock", Manager.PIPENV),
    ):
        if reading.has(lock):
            return manager, lock
    if "poetry" in tools and table(tools, "poetry").keys() & {
        "name",
        "dependencies",
        "group",
        "dev-dependencies",
    }:
        return Manager.POETRY, "pyproject.toml [tool.poetry]"
    if "uv" in tools and "project" in document:
        return Manager.UV, "pyproject.toml [tool.uv]"
    if table(tools, "pdm").keys() - {"build", "version"}:
        return Manager.PDM, "pyproject.toml [tool.pdm]"
    if reading.has("Pipfile"):
        return Manager.PIPENV, "Pipfile"
    if compiled := _compiled(reading):
        return Manager.PIP_TOOLS, compiled[0]
    asking = [*main_files, *(one.source for one in sets if not one.source.startswith("doc"))]
    own = next((name for name in ("pyproject.toml", "setup.py", "setup.cfg") if reading.has(name)), "")
    return Manager.PIP, own or next(iter(asking), "no manifest names another")


def _compiled(reading: _Reading) -> tuple[str, ...]:
    """Return the requirements files that pip-tools made."""
    owned = reading.found.requirements.get(reading.folder, ())
    ours = [name for name in owned if not name.startswith(("doc", "example"))]
    return tuple(name for name in ours if name.endswith(".txt") and f"{name[:-4]}.in" in owned)


def _locked(reading: _Reading, lock_files: tuple[str, ...]) -> Mapping[str, str]:
    return next((found for name in lock_files if (found := locked_versions(reading.text(name)))), {})


def _pinned(files: Files, reading: _Reading) -> str:
    """Return the version of `.python-version`, its own or the project's."""
    text = reading.text(".python-version") or files.read(".python-version")
    return next((line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"), "")


def _pipfile_python(reading: _Reading) -> str:
    """Return the range of interpreters that a Pipfile asks for."""
    asked = table(reading.toml("Pipfile"), "requires")
    version = string(asked.get("python_full_version") or asked.get("python_version"))
    return f"=={version}.*" if version.count(".") == 1 else f"=={version}" if version else ""


def _versions(
    reading: _Reading, document: Table, classifiers: tuple[str, ...], recipes: tuple[Recipe, ...]
) -> tuple[str, ...]:
    """Return the versions it names: in its classifiers, else in the environments it is tested in."""
    poetry = strings(table(document, "tool", "poetry").get("classifiers"))
    own = strings(table(document, "project").get("classifiers"))
    named = pyproject.named_versions((*own, *poetry, *classifiers))
    if named:
        return named
    tested = tox.versions_named([recipe.name for recipe in recipes if recipe.tool == "tox"])
    if tested:
        return tested
    asked = nox.session_versions(reading.text("noxfile.py")).values()
    return tox.versions_named([version for versions in asked for version in versions])


def _says(reading: _Reading) -> dict[str, str]:
    """Return the files in which a project keeps the commands that people and CI type."""
    own = {name: text for name in _SAYING if (text := reading.text(name))}
    return {**own, **reading.found.said}


def _test_code(reading: _Reading, sources: tuple[str, ...]) -> tuple[frozenset[str], bool]:
    """Return what the tests import from elsewhere, and whether any of them is a plain function."""
    own = {name.removeprefix("src/").split("/")[0].removesuffix(".py") for name in sources}
    looked_at = [name for name in sources if is_test(name) or name.endswith("conftest.py")]
    imported: set[str] = set()
    functions = False
    for name in looked_at[:_ENOUGH]:
        text = reading.files.read(join(reading.folder, name))
        imported.update(_IMPORT.findall(text))
        functions = functions or bool(_FUNCTION.search(text))
    return frozenset(imported - own), functions
