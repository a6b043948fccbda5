"""`./run demo`: shows the main job on a project that is not ours, in about two minutes."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from demo.project import break_it, make

BREAK = "Now three commits break it in three ways."
DIAGNOSE = "diagnose"
HEAL = ("run", "--heal", "--apply")


def main() -> int:
    """Show it; return 0 when every step ended as it should."""
    with tempfile.TemporaryDirectory(prefix="autonomous-cicd-demo-") as scratch:
        project = Path(scratch, "greenhouse")
        project.mkdir()
        make(project)
        os.environ["AUTONOMOUS_CICD_STATE_DIR"] = str(Path(scratch, "state"))
        steps: tuple[tuple[str, tuple[str, ...], int], ...] = (
            ("A stranger's project. What is it, and what would be run? Nothing is executed.", ("plan",), 0),
            ("Run it: in a private copy, in an environment of its own.", ("run",), 0),
            ("Again: nothing changed, so nothing is done twice.", ("run",), 0),
            (BREAK, ("run",), 1),
            ("Why is it red? A log of any CI will do; this is what a task printed.", (DIAGNOSE,), 1),
            ("Have it healed: each fix is tried in a private copy, and proven.", HEAL, 0),
            ("And once more: it is green, and the working tree has the fixes.", ("run",), 0),
            ("What happened:", ("incidents",), 0),
        )
        return 0 if all(_show(project, *step) for step in steps) else 1


def _show(project: Path, title: str, words: tuple[str, ...], wanted: int) -> bool:
    """Carry out one step; return whether it ended as it should."""
    print(f"\n\033[1m# {title}\033[0m" if sys.stdout.isatty() else f"\n# {title}", flush=True)
    if title == BREAK:
        break_it(project)
        subprocess.run(
            ["git", "--no-pager", "log", "-3", "-p", "-U0", "--format=%h %s"], cwd=project, check=True
        )
    code = _diagnose(project) if words == (DIAGNOSE,) else _run(project, *words, str(project))
    if code != wanted:
        print(f"the demonstration expected exit code {wanted}, not {code}", file=sys.stderr)
    return code == wanted


def _run(project: Path, *words: str) -> int:
    """Run one of our commands; return its exit code."""
    print(f"$ {shlex.join(['autonomous-cicd', *words])}", flush=True)
    program = [sys.executable, "-m", "autonomous_cicd", *words]
    return subprocess.run(program, cwd=project, check=False).returncode


def _diagnose(project: Path) -> int:
    """Write what the last run printed to a file, as a CI would keep it, and diagnose that."""
    log = project.parent / "build.log"
    print(f"$ autonomous-cicd logs last > {log}", flush=True)
    program = [sys.executable, "-m", "autonomous_cicd", "logs", "last"]
    with log.open("wb") as file:
        subprocess.run(program, cwd=project, stdout=file, check=True)
    return _run(project, "diagnose", str(log))


if __name__ == "__main__":
    sys.exit(main())
