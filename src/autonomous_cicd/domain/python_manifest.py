"""Files in which Python projects ask for distributions: which reader finds what in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import basename

from autonomous_cicd.domain.manifest_code import (
    command_shelves,
    nox_shelves,
    setup_py_shelves,
    with_argument,
)
from autonomous_cicd.domain.manifest_lines import (
    environment_shelves,
    ini_shelves,
    requirements_shelves,
    with_key,
)
from autonomous_cicd.domain.manifest_toml import (
    MISSING_LISTS,
    pipfile_shelves,
    pyproject_shelves,
    tox_toml_shelves,
    with_list,
)
from autonomous_cicd.domain.shelf import Reader, Shelf

__all__ = ["begun", "is_manifest", "is_requirements", "manifests", "mentioned", "reader_of", "shelves"]

_REQUIREMENTS = re.compile(
    r"(?:.*/)?(?:[^/]*[-_.])?(?:requirements?|reqs?|constraints?)(?:[-_.][^/]*)?\.(?:txt|in|pip)"
    r"|(?:.*/)?requirements?/[^/]+\.(?:txt|in|pip)",
    re.IGNORECASE,
)
_COMMANDS = re.compile(
    r"\.github/workflows/[^/]+\.ya?ml|(?:.*/)?Makefile|\.gitlab-ci\.yml|(?:.*/)?[\w-]+\.sh"
)
_LOCK_NAME = re.compile(r'^(?:name = "([\w.-]+)"|\s{4,8}"([\w.-]+)": \{)', re.MULTILINE)
_NAMED: dict[str, Reader] = {
    "pyproject.toml": pyproject_shelves,
    "tox.toml": tox_toml_shelves,
    "Pipfile": pipfile_shelves,
    "setup.cfg": ini_shelves,
    "tox.ini": ini_shelves,
    "setup.py": setup_py_shelves,
    "noxfile.py": nox_shelves,
    "environment.yml": environment_shelves,
    "environment.yaml": environment_shelves,
}
_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock")


def is_requirements(name: str) -> bool:
    """Whether a file is named as requirements or constraints are."""
    return bool(_REQUIREMENTS.fullmatch(name))


def reader_of(name: str) -> Reader | None:
    """Return what finds the requirements in a file; None when it is no such file."""
    if found := _NAMED.get(basename(name)):
        return found
    if is_requirements(name):
        return requirements_shelves
    return command_shelves if _COMMANDS.fullmatch(name) else None


def is_manifest(name: str) -> bool:
    """Whether requirements may stand in a file."""
    return reader_of(name) is not None


def manifests(names: Iterable[str]) -> tuple[str, ...]:
    """Return the files that may have requirements, those near the root first."""
    found = [one for one in names if is_manifest(one) and "node_modules/" not in one]
    return tuple(sorted(found, key=lambda one: (one.count("/"), one)))


def shelves(name: str, text: str) -> tuple[Shelf, ...]:
    """Return the shelves of a file."""
    reader = reader_of(name)
    return tuple(reader(text)) if reader else ()


def begun(name: str, text: str, path: tuple[str, ...]) -> str:
    """Return a manifest with an empty shelf where it had none; "" when none may be begun there."""
    match basename(name), path:
        case "setup.py", ("install_requires",):
            return with_argument(text, path[0], "[]")
        case "setup.cfg", ("options", "install_requires"):
            return with_key(text, *path)
        case _, (table, key) if path in MISSING_LISTS:
            return with_list(text, (table, key)) or ""
    return ""


def mentioned(name: str, text: str) -> Iterator[str]:
    """Yield the distributions that a manifest or lock file names, as indexes compare them."""
    if basename(name) in _LOCKS:
        for found in _LOCK_NAME.finditer(text):
            yield (found[1] or found[2]).lower().replace("_", "-").replace(".", "-")
        return
    for shelf in shelves(name, text):
        for item in shelf.items:
            if item.name:
                yield item.name
