"""Machine and settings -> what is there, what is missing, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.ranges import parse_version
from autonomous_cicd.settings.kinds import Token
from autonomous_cicd.settings.load import Settings
from autonomous_cicd.settings.tree import declared
from autonomous_cicd.values import dataclass

__all__ = ["Check", "State", "credentials", "disk", "healthy", "interpreters", "tools"]

MB = 1024**2
LITTLE, TOO_LITTLE = 2048 * MB, 200 * MB
"""Bytes of free disk from which on it is worth a warning, and below which nothing can be run."""


class State(StrEnum):
    """How something is."""

    OK = "ok"
    WARNING = "warning"
    """Not everything can be done without it."""
    MISSING = "missing"
    """Nothing can be done without it."""
    NOT_CHECKED = "not checked"
    NOT_CONFIGURED = "not configured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    group: str
    name: str
    state: State
    detail: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A tool, what it is for, and where it comes from."""

    names: tuple[str, ...]
    purpose: str
    remedy: str
    needed: bool = False


WANTED = (
    Wanted(("git",), "private copies of projects", "install git with your system's package manager", True),
    Wanted(("uv",), "Python environments", "pip install uv, or install autonomous-cicd[uv]", True),
    Wanted(
        ("bash",), "`run` steps of workflow files", "install bash with your system's package manager", True
    ),
    Wanted(("bwrap",), "`--runner sandbox`", "install bubblewrap with your system's package manager"),
    Wanted(("npm",), "JavaScript and TypeScript projects", "install Node.js, npm comes with it"),
    Wanted(("go",), "Go projects", "install Go from go.dev"),
    Wanted(("cargo",), "Rust projects", "install Rust from rustup.rs"),
    Wanted(("mvn", "gradle"), "Java projects without a wrapper", "install Maven or Gradle"),
)

LANGUAGES = {
    "python": "install one: uv python install 3.13",
    "node": "install one: nvm install --lts, or from nodejs.org",
    "java": "install a development kit with your system's package manager",
}


def tools(machine: Machine, *, sandboxed: bool = False) -> Iterator[Check]:
    """Give the tools that projects, and we ourselves, need; `sandboxed`: everything runs in a sandbox."""
    for wanted in WANTED:
        found = [machine.programs[name] for name in wanted.names if name in machine.programs]
        needed = wanted.needed or (sandboxed and wanted.names == ("bwrap",))
        yield Check(
            group="tools",
            name=" or ".join(wanted.names),
            state=State.OK if found else State.MISSING if needed else State.WARNING,
            detail=", ".join(found) if found else f"needed for {wanted.purpose}",
            remedy="" if found else wanted.remedy,
        )


def interpreters(machine: Machine) -> Iterator[Check]:
    """Give the interpreters by language; without any Python nothing of ours works."""
    for language, remedy in LANGUAGES.items():
        found = [i.version for i in machine.interpreters if i.language == language]
        found.sort(key=newness)
        yield Check(
            group="interpreters",
            name=language,
            state=State.OK if found else State.MISSING if language == "python" else State.WARNING,
            detail=", ".join(found) or "none is installed",
            remedy="" if found else remedy,
        )


def credentials(settings: Settings) -> Iterator[Check]:
    """Give every credential and whether it is there, never its value. Trying one would need the network."""
    for path, one in declared().items():
        if isinstance(one.kind, Token):
            known = bool(settings.value(path))
            where = ", ".join(name for name in one.aliases if name.isupper())
            yield Check(
                group="credentials",
                name=path,
                state=State.NOT_CHECKED if known else State.NOT_CONFIGURED,
                detail=f"configured ({settings.source(path)}); whether it is valid only its service knows"
                if known
                else "",
                remedy=f"set {where}" if where and not known else "",
            )


def disk(free: int, place: str) -> Check:
    """Return whether there is room for private copies and environments."""
    state = State.OK if free >= LITTLE else State.WARNING if free >= TOO_LITTLE else State.MISSING
    return Check(
        group="storage",
        name="free disk",
        state=state,
        detail=f"{free // MB:,} MB where {place} lies",
        remedy="" if state is State.OK else "make room, or move it with AUTONOMOUS_CICD_STATE_DIR",
    )


def healthy(checks: Iterable[Check]) -> bool:
    """Return whether everything is there that nothing can be done without."""
    return all(check.state is not State.MISSING for check in checks)


def newness(version: str) -> tuple[float, ...]:
    """Return what sorts versions from old to new."""
    parsed = parse_version(version)
    return parsed.key() if parsed else ()
