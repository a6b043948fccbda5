"""Real projects, broken in real ways: what is healed, beside what else people do. Takes an hour."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

__all__ = ["main"]

SHARED = Path(__file__).resolve().parents[2] / "shared" / "heal"
"""A runner of cases with an oracle; not part of this repository."""
OURS = "autonomous-cicd run --heal"
OTHERS = {
    "do nothing": "nothing",
    "retry three times": "retry",
    "revert the last commit": "revert",
    "format and fix": "autofix",
    "upgrade everything": "upgrade",
}
VERDICTS = ("healed", "right-escalation", "wrong", "escalated", "missed")


def main(quick: bool) -> None:
    """Print a table by healer, one by family for ours, and one of the time that each phase of ours takes."""
    if not (SHARED / "run.py").is_file():
        print(f"{SHARED} is not there: nothing was measured")
        return
    only = ["--only", "click-*,cssselect-*"] if quick else []
    with tempfile.TemporaryDirectory(prefix="healing-") as scratch:
        tables = {OURS: _rows(only, Path(scratch))}
        phases = _phases(Path(scratch))
    for name, builtin in OTHERS.items():
        with tempfile.TemporaryDirectory(prefix="healing-") as scratch:
            tables[name] = _rows([*only, "--builtin", builtin], Path(scratch))
    print("| healer | cases | " + " | ".join(VERDICTS) + " | median s |")
    print("| --- |" + " ---: |" * (len(VERDICTS) + 2))
    for name, rows in tables.items():
        print(_line(name, rows))
    print("\n| family | cases | " + " | ".join(VERDICTS) + " | median s |")
    print("| --- |" + " ---: |" * (len(VERDICTS) + 2))
    for family in dict.fromkeys(row["family"] for row in tables[OURS]):
        print(_line(family, [row for row in tables[OURS] if row["family"] == family]))
    print("\n| phase of ours | median s | longest s |\n| --- | ---: | ---: |")
    for phase, seconds in phases.items():
        print(f"| {phase} | {median(seconds):.1f} | {max(seconds):.1f} |")


def _environment(scratch: Path) -> dict[str, str]:
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": programs, "AUTONOMOUS_CICD_STATE_DIR": str(scratch / "state")}


def _rows(options: Sequence[str], scratch: Path) -> list[Mapping[str, Any]]:
    """Return what became of each case; those whose healthy project does not pass here are left out."""
    report = scratch / "report.json"
    words = ["heal", "--json", str(report), "--work", str(scratch / "work"), *options]
    subprocess.run(
        [sys.executable, "run.py", *words],
        cwd=SHARED,
        env=_environment(scratch),
        stdout=sys.stderr,
        check=True,
    )
    rows: list[Mapping[str, Any]] = json.loads(report.read_text(encoding="utf-8"))["results"]
    proven = json.loads((SHARED / "verified.json").read_text(encoding="utf-8"))
    return [row for row in rows if proven.get(row["id"], {}).get("ok")]


def _phases(scratch: Path) -> Mapping[str, list[float]]:
    """Return the seconds that each phase took, of every incident that was closed."""

    def told(*words: str) -> Any:
        command = [sys.executable, "-m", "autonomous_cicd", *words, "--json"]
        return json.loads(subprocess.check_output(command, env=_environment(scratch)))

    found: dict[str, list[float]] = defaultdict(list)
    runs = {run["id"]: run["seconds"] for run in told("runs", "--all", "--limit", "1000")}
    for listed in told("incidents", "--all", "--limit", "1000"):
        incident = told("show", listed["id"])
        tried = sum(attempt["seconds"] for attempt in incident["healing"])
        times = [entry["at"] for entry in incident["history"]]
        found["the run that failed"].append(runs[incident["run"]])
        found["proving: what was tried, run again"].append(tried)
        found["diagnosing, finding remedies, delivering or handing over"].append(times[-1] - times[0] - tried)
    return found


def _line(name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    count = Counter(row["verdict"] for row in rows)
    seconds = median(row["seconds"] for row in rows) if rows else 0.0
    cells = " | ".join(str(count[verdict]) for verdict in VERDICTS)
    return f"| {name} | {len(rows)} | {cells} | {seconds:.0f} |"
