"""Has the coverage of a detected test task measured, where the project does not measure it itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from autonomous_cicd.domain.pipeline import Command, Stage, Task
from autonomous_cicd.ports import Files

__all__ = ["with_coverage"]

CONFIGURATIONS = ("pyproject.toml", "pytest.ini", ".pytest.ini", "setup.cfg", "tox.ini")
OUTSIDE = "--omit=tests/*,test/*,*/tests/*,*/test/*,docs/*,setup.py,noxfile.py"
SETTINGS = "--rcfile=/dev/null"
"""The project's own settings may scatter the data over many files, or not measure everything."""
PROGRAMS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("pytest",): ("-m", "pytest"),
    ("python", "-m", "pytest"): ("-m", "pytest"),
    ("python", "-m", "unittest"): ("-m", "unittest"),
}
"""How tests are started, and what coverage has to be told to start instead."""


def with_coverage(task: Task, files: Files, programs: Mapping[str, str]) -> Task:
    """Return a task that measures the coverage of its tests too; the same task where that is not needed."""
    if task.stage is not Stage.TEST or not task.environment or not task.commands:
        return task
    *before, last = task.commands
    started = next((start for start in PROGRAMS if last.argv[: len(start)] == start), None)
    if started is None or _measures_itself(last, files):
        return task
    installer = ("uv", "pip", "install") if "uv" in programs else ("python", "-m", "pip", "install")
    run = ("python", "-m", "coverage", "run", SETTINGS, f"--source={_source(last.cwd, files)}", OUTSIDE)
    tests = replace(last, argv=(*run, *PROGRAMS[started], *last.argv[len(started) :]))
    report = ("python", "-m", "coverage", "json", SETTINGS, "-q", "-o", "coverage.json")
    return replace(
        task,
        commands=(
            *before,
            Command(argv=(*installer, "-q", "coverage"), cwd=last.cwd),
            tests,
            Command(argv=report, cwd=last.cwd),
        ),
        outputs=(*task.outputs, _inside(last.cwd, "coverage.json")),
    )


def _measures_itself(command: Command, files: Files) -> bool:
    words: Sequence[str] = command.argv
    return any(word.startswith("--cov") for word in words) or any(
        "--cov" in files.read(_inside(command.cwd, name)) for name in CONFIGURATIONS
    )


def _source(folder: str, files: Files) -> str:
    start = _inside(folder, "src/")
    return "src" if any(name.startswith(start) and name.endswith(".py") for name in files.names) else "."


def _inside(folder: str, name: str) -> str:
    return name if folder in ("", ".") else f"{folder}/{name}"
