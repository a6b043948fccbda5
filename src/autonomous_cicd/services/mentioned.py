"""Mentioned: variables of our environment that the project itself names where it says how it is checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import PurePosixPath

from autonomous_cicd.domain.yardsticks import run_by
from autonomous_cicd.ports import Files
from autonomous_cicd.sealed import looks_secret

__all__ = ["mentioned"]

MOST_FILES = 400
MOST_CHARACTERS = 4_000_000
_NAMED = re.compile(r"(?<!\w)[A-Z][A-Z0-9_]{2,63}(?!\w)")
_OURS = (
    "ACTIONS_", "AUTONOMOUS_CICD_", "AWS_", "AZURE_", "BASH_", "CONDA_", "DBUS_", "DOCKER_", "DYLD_", "GIT_",
    "GITHUB_", "GOOGLE_", "KUBE", "LD_", "NODE_", "NPM_", "PYTHON", "RUNNER_", "SSH_", "SUDO_", "VIRTUAL_ENV",
    "XDG_",
)  # fmt: skip
"""Beginnings of names that steer programs or belong to the machine; a project gets its own, or none."""
_USUAL = frozenset({
    "ENV", "PWD", "OLDPWD", "SHLVL", "HOSTNAME", "HOSTTYPE", "DISPLAY", "EDITOR", "PAGER", "MAIL",
    "TERM", "COLORTERM", "SHELL", "SHELLOPTS", "BASHOPTS", "PATH", "HOME", "USER", "LOGNAME", "TMPDIR",
    "LS_COLORS", "TMP", "TEMP", "CDPATH", "IFS", "PROMPT_COMMAND", "WINDOWID", "LINES", "COLUMNS",
})  # fmt: skip
_PLACES = re.compile(
    r"(?:^|/)(?:\.github/workflows/|tests?/|testing/|spec/|scripts?/|ci/|bin/)"
    r"|(?:^|/)(?:conftest\.py|test_[^/]*\.py|[^/]*_test\.py|[^/]*\.(?:sh|bash|test\.[jt]sx?|spec\.[jt]sx?)"
    r"|Makefile|tox\.ini|noxfile\.py|package\.json|pyproject\.toml|setup\.(?:py|cfg)|test\.[jt]s"
    r"|\.autonomous-cicd\.yml|docker-compose\.ya?ml|\.env\.example)$"
)
_CALLERS = re.compile(
    r"^\.github/workflows/|(?:^|/)(?:Makefile|tox\.ini|noxfile\.py|package\.json|[^/]*\.(?:sh|bash))$"
)


def mentioned(files: Files, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the variables named in workflow files, in what these run, in tests or in scripts; no secrets."""
    wanted = {name for name, value in environment.items() if _may(name, value)}
    return tuple(sorted(_found(files, wanted))) if wanted else ()


def _may(name: str, value: str) -> bool:
    return (
        bool(_NAMED.fullmatch(name))
        and name not in _USUAL
        and not name.startswith(_OURS)
        and not looks_secret(name, value)
    )


def _found(files: Files, wanted: Iterable[str]) -> set[str]:
    left, found, read = set(wanted), set[str](), 0
    run = _run(files)
    places = [name for name in files.names if _PLACES.search(name) or name in run]
    for name in sorted(places, key=lambda one: not one.startswith(".github/"))[:MOST_FILES]:
        text = files.read(name)
        read += len(text)
        new = {word for word in _NAMED.findall(text) if word in left}
        found |= new
        left -= new
        if not left or read > MOST_CHARACTERS:
            break
    return found


def _run(files: Files) -> set[str]:
    """Return the files that workflow files, scripts of a package and the like call by their names."""
    found: set[str] = set()
    for name in [one for one in files.names if _CALLERS.search(one)][:MOST_FILES]:
        words = run_by(name, files.read(name)).split()
        folder = "" if name.startswith(".github/") else str(PurePosixPath(name).parent)
        called = {word.strip("\"';&|(),[]").removeprefix("./") for word in words}
        called |= {f"{one.replace('.', '/')}.py" for before, one in pairwise(words) if before == "-m"}
        found |= {str(PurePosixPath(folder, one)) for one in called}
    return found
