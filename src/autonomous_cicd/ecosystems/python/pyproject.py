"""Reads pyproject.toml: PEP 621, PEP 735, and what poetry, pdm, uv, hatch and flit say in it."""

from __future__ import annotations

from autonomous_cicd.ecosystems.python.facts import Requirements, SetKind
from autonomous_cicd.ecosystems.python.poetry import poetry_requirements
from autonomous_cicd.ecosystems.python.shapes import Table, string, strings, table

__all__ = [
    "conflicts",
    "default_groups",
    "dependencies",
    "named_sets",
    "named_versions",
    "requires_python",
    "workspace_members",
]

_FILE = "pyproject.toml"
_MOST_GROUPS = 100
_CLASSIFIER = "Programming Language :: Python :: 3."


def named_versions(classifiers: tuple[str, ...]) -> tuple[str, ...]:
    """Return the versions of Python 3 that classifiers name, oldest first."""
    found = {text.removeprefix(_CLASSIFIER).strip() for text in classifiers if text.startswith(_CLASSIFIER)}
    return tuple(f"3.{minor}" for minor in sorted(int(one) for one in found if one.isdigit()))


def requires_python(document: Table) -> str:
    """Return the range of interpreters that the project supports."""
    own = string(table(document, "project").get("requires-python"))
    poetry = table(document, "tool", "poetry", "dependencies").get("python")
    if isinstance(poetry, dict):
        poetry = poetry.get("version")
    return own or string(poetry)


def dependencies(document: Table) -> tuple[str, ...]:
    """Return what the project needs to work."""
    poetry = table(document, "tool", "poetry", "dependencies")
    flit = strings(table(document, "tool", "flit", "metadata").get("requires"))
    own = strings(table(document, "project").get("dependencies"))
    return own + flit + _poetry(poetry)


def named_sets(document: Table) -> tuple[Requirements, ...]:
    """Return the extras and the groups of a project."""
    extras = {**table(document, "tool", "flit", "metadata", "requires-extra")}
    extras |= table(document, "tool", "poetry", "extras")
    extras |= table(document, "project", "optional-dependencies")
    found = [_set(SetKind.EXTRA, name, strings(value)) for name, value in extras.items()]
    return (*found, *_groups(document))


def default_groups(document: Table) -> tuple[str, ...]:
    """Return the groups that the manager installs unasked."""
    asked = table(document, "tool", "uv").get("default-groups", ["dev"])
    if asked == "all":
        return tuple(table(document, "dependency-groups"))
    poetry = table(document, "tool", "poetry", "group")
    unasked = tuple(name for name, group in poetry.items() if table(group).get("optional") is not True)
    return strings(asked) + unasked


def conflicts(document: Table) -> tuple[frozenset[str], ...]:
    """Return the sets that uv was told never to install together."""
    found = []
    declared = table(document, "tool", "uv").get("conflicts")
    for together in declared if isinstance(declared, list) else ():
        entries = [table(entry) for entry in together] if isinstance(together, list) else []
        found.append(frozenset(string(entry.get("extra") or entry.get("group")) for entry in entries))
    return tuple(found)


def workspace_members(document: Table) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the patterns of uv workspace members and exclusions; None when it is no workspace."""
    workspace = table(document, "tool", "uv").get("workspace")
    if not isinstance(workspace, dict):
        return None
    return strings(workspace.get("members")), strings(workspace.get("exclude"))


def _groups(document: Table) -> tuple[Requirements, ...]:
    declared = table(document, "dependency-groups")
    found = [_set(SetKind.GROUP, name, _resolved(declared, name, set())) for name in declared]
    own: dict[str, tuple[str, ...]] = {}
    if uv := strings(table(document, "tool", "uv").get("dev-dependencies")):
        own["dev"] = uv
    for name, value in table(document, "tool", "pdm", "dev-dependencies").items():
        own[name] = strings(value)
    poetry = table(document, "tool", "poetry")
    if old := table(poetry, "dev-dependencies"):
        own["dev"] = _poetry(old)
    for name, group in table(poetry, "group").items():
        own[name] = own.get(name, ()) + _poetry(table(group, "dependencies"))
    return (*found, *(_set(SetKind.OWN, name, asked) for name, asked in own.items()))


def _poetry(declared: Table) -> tuple[str, ...]:
    entries = ((name, value) for name, value in declared.items() if name != "python")
    return tuple(text for name, value in entries for text in poetry_requirements(name, value))


def _resolved(declared: Table, name: str, seen: set[str]) -> tuple[str, ...]:
    """Return what a group asks for, included groups too, each of them once."""
    entries = declared.get(name)
    if not isinstance(entries, list) or name in seen or len(seen) > _MOST_GROUPS:
        return ()
    seen.add(name)
    found: list[str] = []
    for entry in entries:
        if isinstance(entry, str):
            found.append(entry)
        elif included := string(table(entry).get("include-group")):
            found += _resolved(declared, included, seen)
    return tuple(found)


def _set(kind: SetKind, name: str, requirements: tuple[str, ...]) -> Requirements:
    return Requirements(kind=kind, name=name, requirements=requirements, source=_FILE)
