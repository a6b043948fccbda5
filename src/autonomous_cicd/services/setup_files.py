"""What is known of a project -> the files with which it begins to use us. Writes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from autonomous_cicd.domain.project import Project, ProjectKind
from autonomous_cicd.settings.section import Option, Reach
from autonomous_cicd.settings.tree import declared

__all__ = [
    "ANALYZER",
    "EXAMPLE",
    "FAILURE",
    "IGNORE",
    "MAINTENANCE",
    "OUR_WORKFLOWS",
    "SETTINGS",
    "analyzer",
    "env_example",
    "failure_workflow",
    "ignored",
    "maintenance_workflow",
    "settings_file",
]

SETTINGS = ".autonomous-cicd.yml"
EXAMPLE = ".env.example"
IGNORE = ".gitignore"
FAILURE = ".github/workflows/autonomous-failure-analysis.yml"
MAINTENANCE = ".github/workflows/autonomous-maintenance.yml"
ANALYZER = ".github/scripts/autonomous_failure_analyzer.py"
OUR_WORKFLOWS = frozenset({FAILURE, MAINTENANCE})

_TEMPLATES = Path(__file__).parent / "templates"
_TASKS = {
    ProjectKind.PYTHON: ("ruff check", "pytest -q"),
    ProjectKind.TYPESCRIPT: ("npm run lint", "npm test"),
    ProjectKind.JAVASCRIPT: ("npm run lint", "npm test"),
    ProjectKind.GO: ("go vet ./...", "go test ./..."),
    ProjectKind.RUST: ("cargo clippy", "cargo test"),
    ProjectKind.JAVA: ("mvn -q checkstyle:check", "mvn -q test"),
}
"""Commands that lint and test a project of each kind, as an example; the first kind that fits is taken."""
_HEAD = (
    "# Variables of autonomous-cicd. Copy this file to .env, fill in what you use, and keep .env out of git.",
    "# What is empty is not set. `autonomous-cicd config show` prints what counts, and where it comes from.",
)
_ADDED = "# Variables of autonomous-cicd:"
_IGNORING = frozenset({".env", "/.env", "**/.env", ".env*", "/.env*", "*.env"})
"""Lines that keep `.env` out of git."""


def settings_file(project: Project | None) -> str:
    """Return a `.autonomous-cicd.yml` that changes nothing yet, and shows what a newcomer wants to change."""
    kinds = project.kinds if project else frozenset()
    lint, test = next((_TASKS[kind] for kind in _TASKS if kind in kinds), ("make lint", "make test"))
    return _template("settings.yml").replace("@@LINT@@", lint).replace("@@TEST@@", test)


def env_example(before: str | None = None) -> str:
    """Return a `.env.example` with every variable that a project's `.env` may hold, all of them empty.

    What one that is there already says stays; what it lacks comes at its end.
    """
    present = {line.partition("=")[0].strip().removeprefix("export ") for line in (before or "").splitlines()}
    lacking = [line for name, lines in _variables() if name not in present for line in lines]
    if before is None:
        return "\n".join([*_HEAD, *lacking, ""])
    return "\n".join([before.rstrip("\n"), "", _ADDED, *lacking, ""]) if lacking else before


def ignored(before: str | None) -> str:
    """Return a `.gitignore` that keeps `.env` out of git."""
    if not _IGNORING.isdisjoint(line.strip() for line in (before or "").splitlines()):
        return before or ""
    end = "" if not before or before.endswith("\n") else "\n"
    gap = "\n" if before else ""
    return f"{before or ''}{end}{gap}# Keys stay on this machine.\n.env\n"


def failure_workflow(names: Sequence[str], version: str) -> str:
    """Return the workflow that analyses failed runs of other workflows, which it names."""
    # JSON's strings are YAML's too, so that nothing in a name can end it.
    quoted = "\n      - ".join(json.dumps(name, ensure_ascii=False) for name in names)
    return _pinned("autonomous-failure-analysis.yml", version).replace('"@@WORKFLOWS@@"', quoted)


def maintenance_workflow(version: str) -> str:
    """Return the workflow that looks after a project each day, and when a person asks for it."""
    return _pinned("autonomous-maintenance.yml", version)


def analyzer() -> str:
    """Return the script by which the guides call the failure analysis."""
    return _template("autonomous_failure_analyzer.py.txt")


def _variables() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every variable with the lines that say what it is, the code host's first."""
    paths = sorted(declared(), key=lambda path: not path.startswith("integrations."))
    for path in paths:
        one = declared()[path]
        if one.reach is not Reach.OPERATOR:
            first, *others = [name for name in one.aliases if name.isupper()] or [""]
            if first:
                yield first, ("", f"# {path}: {one.help}{_default(one)}", f"{first}=")
            for other in others:
                yield other, ("", f"# Another name for {first}.", f"{other}=")


def _default(one: Option) -> str:
    written = one.kind.write(one.default)
    plain = str(written).lower() if isinstance(written, bool) else written
    return f" Without it: {plain}" if plain not in (None, "", [], "***") else ""


def _pinned(name: str, version: str) -> str:
    return _template(name).replace("@@TOOL@@", f"autonomous-cicd[uv]=={version}")


def _template(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")
