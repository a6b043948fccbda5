"""How soon it answers: `--help`, and `plan` on repositories of ten and of a hundred thousand files."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.contest import PROGRAM, Contender, environment, table, take_turns

__all__ = ["main"]

IDENTITY = ("-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "commit.gpgsign=false")
BODY = "".join(
    f"def function_{number}(value: int) -> int:\n    return value + {number}\n\n\n" for number in range(9)
)
PROJECT = (
    '[project]\nname = "large"\nversion = "1"\nrequires-python = ">=3.11"\n\n[tool.pytest.ini_options]\n'
)


def main(quick: bool) -> None:
    """Print both tables."""
    _help(3 if quick else 21)
    for size, rounds in ((500, 1),) if quick else ((10_000, 7), (100_000, 1)):
        with tempfile.TemporaryDirectory() as folder:
            _plan(Path(folder), size, rounds)


def _help(rounds: int) -> None:
    own, bare = "autonomous-cicd --help", "python -c pass"
    costs = take_turns(
        (
            Contender(name=own, argv=(PROGRAM, "--help")),
            Contender(name=bare, argv=(sys.executable, "-c", "pass")),
            Contender(name="python -c 'import argparse'", argv=(sys.executable, "-c", "import argparse")),
            Contender(name="python -c 'import asyncio'", argv=(sys.executable, "-c", "import asyncio")),
        ),
        rounds,
    )
    print(f"{rounds} rounds, elapsed, ratio to an empty program\n\n{table(costs, base=bare)}\n", flush=True)


def _plan(folder: Path, size: int, rounds: int) -> None:
    project, state = folder / "project", folder / "state"
    _make_repository(project, size)
    base = "git status"
    costs = take_turns(
        (
            Contender(
                name="autonomous-cicd plan",
                argv=(PROGRAM, "plan", str(project)),
                env=environment(AUTONOMOUS_CICD_STATE_DIR=state),
                prepare=lambda: shutil.rmtree(state, ignore_errors=True),
            ),
            Contender(name=base, argv=("git", "status", "--porcelain"), cwd=project),
        ),
        rounds,
    )
    print(f"a repository of {size} files, {rounds} rounds, elapsed, ratio to git status\n")
    print(f"{table(costs, base=base)}\n", flush=True)


def _make_repository(project: Path, size: int) -> None:
    """Make a Python project: packages of fifty modules, a tenth of them tests, and as many data files."""
    project.mkdir()
    (project / "pyproject.toml").write_text(PROJECT)
    kinds = ("src/large/part_{}/module_{}.py",) * 6 + (
        "tests/part_{}/test_module_{}.py",
        "data/part_{}/{}.json",
    )
    for number in range(size - 1):
        place = project / kinds[number % len(kinds)].format(number // 400, number)
        if number % 400 < len(kinds):
            place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(BODY if place.suffix == ".py" else "{}\n")
    for words in (("init", "-q", "-b", "main"), ("add", "."), (*IDENTITY, "commit", "-q", "-m", "Begin")):
        subprocess.run(["git", *words], cwd=project, check=True)
