"""Plugins of build backends: which distribution brings one, and which settings of them nobody asks for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from posixpath import basename

from autonomous_cicd.domain.requirement import normal

__all__ = ["HATCH_PLUGINS", "generators"]

HATCH_PLUGINS = {
    "argparse-manpage": "hatch-argparse-manpage",
    "autorun": "hatch-autorun",
    "build-scripts": "hatch-build-scripts",
    "calver": "hatch-calver",
    "cython": "hatch-cython",
    "docstring-description": "hatch-docstring-description",
    "fancy-pypi-readme": "hatch-fancy-pypi-readme",
    "jupyter-builder": "hatch-jupyter-builder",
    "mypyc": "hatch-mypyc",
    "nodejs": "hatch-nodejs-version",
    "pinned-extra": "hatch-pinned-extra",
    "regex_commit": "hatch-regex-commit",
    "requirements_txt": "hatch-requirements-txt",
    "uv-dynamic-versioning": "uv-dynamic-versioning",
    "vcs": "hatch-vcs",
    "versioningit": "versioningit",
}
"""Names of version sources, build hooks and metadata hooks of hatch, and what brings them."""

_SETTINGS = (
    ("pyproject.toml", re.compile(r"(?m)^\[tool\.setuptools[_-]scm\b"), "setuptools-scm"),
    ("setup.py", re.compile(r"\buse_scm_version\s*="), "setuptools-scm"),
    ("pyproject.toml", re.compile(r"(?m)^\[tool\.versioningit\b"), "versioningit"),
    ("pyproject.toml", re.compile(r"(?m)^\[tool\.hatch\.build\.hooks\.vcs\]"), "hatch-vcs"),
    ("pyproject.toml", re.compile(r"(?m)^\[tool\.setuptools-git-versioning\]"), "setuptools-git-versioning"),
)
"""Settings of what writes a module while the project is built."""


def generators(module: str, texts: Mapping[str, str], asked: Collection[str]) -> tuple[str, ...]:
    """Return the distributions that would write one of the project's own modules while it is built.

    The manifests name the file that is to be written, and have the settings of the distribution, but ask for
    it nowhere. `asked`: what the build asks for, as indexes compare it.
    """
    manifests = {
        name: text for name, text in texts.items() if basename(name) in ("pyproject.toml", "setup.py")
    }
    file = re.compile(rf"[\"'/]{re.escape(module.rpartition('.')[2])}\.py[\"']")
    if "." not in module or not any(file.search(text) for text in manifests.values()):
        return ()
    found = [
        distribution
        for name, setting, distribution in _SETTINGS
        if any(basename(file) == name and setting.search(text) for file, text in manifests.items())
    ]
    return tuple(one for one in dict.fromkeys(found) if normal(one) not in asked)
