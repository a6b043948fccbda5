"""Where things lie in a project: which folders hold its parts, and which only hold material."""

from __future__ import annotations

from posixpath import dirname

__all__ = ["MATERIAL", "folder_of", "inside", "is_material", "join", "parents", "relative", "titled"]

MATERIAL = frozenset(
    [
        "__fixtures__",
        "__mocks__",
        "__tests__",
        "_vendor",
        "bower_components",
        "cookiecutter",
        "demo",
        "demos",
        "doc",
        "docs",
        "e2e",
        "example",
        "examples",
        "extern",
        "external",
        "fixture",
        "fixtures",
        "node_modules",
        "sample",
        "samples",
        "scaffold",
        "scaffolds",
        "site-packages",
        "skeleton",
        "skeletons",
        "snippets",
        "template",
        "templates",
        "test",
        "test-fixtures",
        "test_data",
        "testdata",
        "tests",
        "third-party",
        "third_party",
        "thirdparty",
        "tutorial",
        "tutorials",
        "vendor",
        "vendored",
    ]
)
"""Names of folders whose manifests belong to tests, examples, documentation, or to somebody else."""


def folder_of(name: str) -> str:
    """Return the folder that a file lies in; `.` for the project's own."""
    return dirname(name) or "."


def parents(folder: str) -> tuple[str, ...]:
    """Return the folders that a folder lies in, nearest first; the last one is `.`."""
    found = []
    while folder not in (".", ""):
        folder = folder_of(folder)
        found.append(folder)
    return tuple(found)


def inside(name: str, folder: str) -> bool:
    """Return whether a file or folder lies in a folder, however deep."""
    return folder == "." or name.startswith(f"{folder}/")


def relative(name: str, folder: str) -> str:
    """Return the name of a file as seen from a folder that it lies in."""
    return name if folder == "." else name[len(folder) + 1 :]


def join(folder: str, name: str) -> str:
    """Return the name of a file that lies in a folder, as seen from the project."""
    return name if folder == "." else f"{folder}/{name}"


def is_material(folder: str) -> bool:
    """Return whether a folder only holds tests, examples, templates, or somebody else's work.

    A manifest in it describes no part of the project. Hidden folders are such, too.
    """
    if folder == ".":
        return False
    return any(part in MATERIAL or part.startswith((".", "{{")) for part in folder.lower().split("/"))


def titled(folder: str, name: str) -> str:
    """Return the name of a task with the folder that it belongs to: `packages/core: testing (jest)`."""
    return name if folder == "." else f"{folder}: {name}"
