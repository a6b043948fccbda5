"""Real projects, broken in real ways: what is healed, beside what else people do. Takes an hour."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
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
    """Print a table by healer, and one by family for ours."""
    if not (SHARED / "run.py").is_file():
        print(f"{SHARED} is not there: nothing was measured")
        return
    only = ["--only", "click-*,cssselect-*"] if quick else []
    tables = {OURS: _rows(only)}
    for name, builtin in OTHERS.items():
        tables[name] = _rows([*only, "--builtin", builtin])
    print("| healer | cases | " + " | ".join(VERDICTS) + " | median s |")
    print("| --- |" + " ---: |" * (len(VERDICTS) + 2))
    for name, rows in tables.items():
        print(_line(name, rows))
    print("\n| family | cases | " + " | ".join(VERDICTS) + " | median s |")
    print("| --- |" + " ---: |" * (len(VERDICTS) + 2))
    for family in dict.fromkeys(row["family"] for row in tables[OURS]):
        print(_line(family, [row for row in tables[OURS] if row["family"] == family]))


def _rows(options: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return what became of each case; those whose healthy project does not pass here are left out."""
    with tempfile.TemporaryDirectory(prefix="healing-") as scratch:
        report = Path(scratch, "report.json")
        programs = Path(sys.executable).parent
        environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"}
        environment["AUTONOMOUS_CICD_STATE_DIR"] = str(Path(scratch, "state"))
        words = ["heal", "--json", str(report), "--work", str(Path(scratch, "work")), *options]
        subprocess.run(
            [sys.executable, "run.py", *words], cwd=SHARED, env=environment, stdout=sys.stderr, check=True
        )
        rows: list[Mapping[str, Any]] = json.loads(report.read_text(encoding="utf-8"))["results"]
    proven = json.loads((SHARED / "verified.json").read_text(encoding="utf-8"))
    return [row for row in rows if proven.get(row["id"], {}).get("ok")]


def _line(name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    count = Counter(row["verdict"] for row in rows)
    seconds = median(row["seconds"] for row in rows) if rows else 0.0
    cells = " | ".join(str(count[verdict]) for verdict in VERDICTS)
    return f"| {name} | {len(rows)} | {cells} | {seconds:.0f} |"
