"""`./run demo`: shows the main job on a project that is not ours, in about a minute."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from demo.project import BROKEN, MENDED, make


def main() -> int:
    """Show it; return 0 when every step ended as it should."""
    with tempfile.TemporaryDirectory(prefix="autonomous-cicd-demo-") as scratch:
        project = Path(scratch, "greenhouse")
        project.mkdir()
        make(project)
        os.environ["AUTONOMOUS_CICD_STATE_DIR"] = str(Path(scratch, "state"))
        steps = (
            (
                "A stranger's project. What is it, and what would be run? Nothing is executed.",
                None,
                "plan",
                0,
            ),
            ("Run it: in a private copy, in an environment of its own.", None, "run", 0),
            ("Again: nothing changed, so nothing is done twice.", None, "run", 0),
            ("Now somebody breaks it.", BROKEN, "run", 1),
            ("Why is it red? A log of any CI will do; this is what the tests printed.", None, "diagnose", 1),
            ("And mends it.", MENDED, "run", 0),
            ("What happened:", None, "runs", 0),
        )
        return 0 if all(_show(project, *step) for step in steps) else 1


def _show(project: Path, title: str, change: tuple[str, str, str] | None, command: str, wanted: int) -> bool:
    """Carry out one step; return whether it ended as it should."""
    print(f"\n\033[1m# {title}\033[0m" if sys.stdout.isatty() else f"\n# {title}", flush=True)
    if change:
        path = project / change[0]
        text = path.read_text(encoding="utf-8")
        if change[1] not in text:
            raise SystemExit(f"the sample project has no {change[1]!r} to change")
        path.write_text(text.replace(change[1], change[2]), encoding="utf-8")
        subprocess.run(["git", "--no-pager", "diff", "-U0", "--no-color"], cwd=project, check=True)
    code = _diagnose(project) if command == "diagnose" else _run(project, command, str(project))
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
