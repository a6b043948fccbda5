"""Says whether a folder can be installed, built and distributed, and by which back end."""

from __future__ import annotations

from autonomous_cicd.ecosystems.python.legacy import Setup
from autonomous_cicd.ecosystems.python.shapes import Table, string, strings, table

__all__ = ["backend", "buildable", "installable"]

_DEFAULT_BACKEND = "setuptools.build_meta:__legacy__"


def installable(names: frozenset[str], document: Table, cfg: Setup) -> bool:
    """Return whether an installer can install the folder."""
    poetry = table(document, "tool", "poetry")
    if poetry.get("package-mode") is False or table(document, "tool", "uv").get("package") is False:
        return False
    if table(document, "tool", "pdm").get("distribution") is False:
        return False
    if "setup.py" in names or (cfg.name and "setup.cfg" in names):
        return True
    if "build-system" in document:
        return bool("project" in document or poetry or table(document, "tool", "flit"))
    return "project" in document and "uv" not in table(document, "tool")


def buildable(document: Table, names: frozenset[str]) -> bool:
    """Return whether a distribution is to be built from it."""
    private = any("Private ::" in one for one in strings(table(document, "project").get("classifiers")))
    return ("build-system" in document or "setup.py" in names or "setup.cfg" in names) and not private


def backend(document: Table, can_be_installed: bool) -> str:
    """Return the build back end; empty when there is nothing to install."""
    system = table(document, "build-system")
    if not can_be_installed:
        return ""
    return string(system.get("build-backend")) or _DEFAULT_BACKEND
