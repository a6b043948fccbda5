"""Reads requirements files: what they name, and which of them is for what."""

from __future__ import annotations

import re
from posixpath import basename, dirname, normpath
from posixpath import join as joined

from autonomous_cicd.ecosystems.python.facts import Requirements, SetKind
from autonomous_cicd.ports import Files

__all__ = ["installs_project", "is_requirements_file", "read_requirements", "requirement_sets"]

_FILE = re.compile(
    r"(?:.*[-_./])?(?:requirements?|reqs?|constraints)(?:[-_.].*)?\.(?:txt|in|pip)|requirements?/.+\.(?:txt|in|pip)",
    re.IGNORECASE,
)
_INCLUDE = re.compile(r"(?:-r|--requirement)[\s=]*(\S+)")
_PROJECT = re.compile(r"(?:(?:-e|--editable)[\s=]*)?[\"']?\.(?:/)?(?:\[[^\]]*\])?[\"']?\s*(?:[;#].*)?")
_MOST = 50
"""Files that one includes."""


def is_requirements_file(name: str) -> bool:
    """Return whether a file, as seen from its component, is a requirements file."""
    return name.endswith((".txt", ".in", ".pip")) and name.count("/") <= 2 and bool(_FILE.fullmatch(name))


def read_requirements(files: Files, name: str) -> tuple[str, ...]:
    """Return what a requirements file asks for, its includes too; options and hashes are left out."""
    return tuple(_read(files, name, set()))


def _read(files: Files, name: str, seen: set[str]) -> list[str]:
    """Return what a file asks for; one that was seen already adds nothing."""
    found: list[str] = []
    seen.add(name)
    for line in files.read(name).replace("\\\n", " ").splitlines():
        text = re.sub(r"(^|\s)#.*", "", line).strip()
        include = _INCLUDE.match(text)
        if include:
            other = normpath(joined(dirname(name), include[1]))
            found += _read(files, other, seen) if other not in seen and len(seen) < _MOST else []
        elif text.startswith(("-e", "--editable")):
            found.append(re.sub(r"^(-e|--editable)[\s=]*", "", text))
        elif text and not text.startswith("-"):
            found.append(text.split(" --", 1)[0].strip())
    return found


def installs_project(text: str) -> bool:
    """Return whether a requirements file installs the folder of the project itself."""
    return any(_PROJECT.fullmatch(line.strip()) for line in text.splitlines() if line.strip())


def requirement_sets(files: Files, folder: str, names: list[str]) -> tuple[Requirements, ...]:
    """Return the requirements files of a component, the compiled one for each that pip-tools compiles.

    Constraints are no requirements, so they are left out.
    """
    prefix = "" if folder == "." else f"{folder}/"
    found = []
    for name in names:
        if not is_requirements_file(name) or "constraint" in basename(name).lower():
            continue
        if name.endswith(".in") and f"{name[:-3]}.txt" in names:
            continue
        asked = read_requirements(files, prefix + name)
        if asked:
            found.append(Requirements(kind=SetKind.FILE, name=name, requirements=asked, source=name))
    return tuple(found)
