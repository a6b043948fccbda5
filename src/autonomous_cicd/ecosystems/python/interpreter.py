"""Chooses the installed interpreter that a component is set up with."""

from __future__ import annotations

from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.domain.ranges import Version, parse_range, parse_version
from autonomous_cicd.domain.version import choose, satisfies
from autonomous_cicd.ecosystems.python.facts import Facts

__all__ = ["choose_interpreter", "minor", "missing"]

_HANDY = (3, 8)
"""The oldest release that today's installers work with."""


def choose_interpreter(facts: Facts, machine: Machine) -> Interpreter | None:
    """Return the interpreter that suits a component best; None when none that is installed does.

    What `.python-version` names comes first. Else it is the newest that the project supports and names,
    else the one that is nearest to what it names, else the newest that it supports.
    """
    if facts.pinned_python and (choice := choose(facts.pinned_python, machine.interpreters)):
        return choice.interpreter
    supported = _supported(facts, machine)
    if not supported or not facts.versions:
        return supported[0] if supported else None
    named = [one for one in supported if minor(one) in facts.versions]
    if named:
        return named[0]
    newest = parse_version(facts.versions[-1])
    later = [one for one in supported if newest and _version(one).key() > newest.key()]
    handy = [one for one in later if _version(one).numbers >= _HANDY]
    return (handy or later or supported)[-1 if later else 0]


def missing(facts: Facts, machine: Machine) -> str:
    """Return why there is no interpreter for a component, and what to do."""
    pythons = sorted(_pythons(machine), key=lambda one: _version(one).key())
    installed = ", ".join(dict.fromkeys(minor(one) for one in pythons)) or "none"
    asked = facts.requires_python or "3"
    return (
        f"the project asks for Python {asked}, and installed here: {installed}. "
        "Install such a version (for example with `uv python install` or pyenv) and run again."
    )


def minor(interpreter: Interpreter) -> str:
    """Return the version of an interpreter without its patch: `3.12`."""
    return ".".join(interpreter.version.split(".")[:2])


def _supported(facts: Facts, machine: Machine) -> list[Interpreter]:
    """Return the interpreters that the project supports, newest first; early releases are left out."""
    pythons = [one for one in _pythons(machine) if not _version(one).pre]
    asked = facts.requires_python
    if asked and parse_range(asked) is not None:
        pythons = [one for one in pythons if satisfies(one.version, asked)]
    return sorted(pythons, key=lambda one: _version(one).key(), reverse=True)


def _pythons(machine: Machine) -> list[Interpreter]:
    return [
        one for one in machine.interpreters if one.language == "python" and _version(one).numbers[:1] == (3,)
    ]


def _version(interpreter: Interpreter) -> Version:
    return parse_version(interpreter.version) or Version(())
