"""A credential of ours is nowhere that project code, or whoever reads a report, could find it."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.conftest import Sample, Tool

CANARY = "canary-5f2d7c91-do-not-leak"

SPY = """
import os
pid = os.getppid()
for _ in range(8):
    try:
        line = open(f"/proc/{pid}/cmdline").read()
        print(pid, line.replace(chr(0), " "))
        ours = "autonomous_cicd" in line
        print(open(f"/proc/{pid}/environ").read())
    except OSError as error:
        print(error)
    if ours:
        break
    pid = int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1])
print("found us:", ours)
"""
"""Goes up from its own process to ours and no further: what started us is not ours to seal."""
WORKFLOW = """
on: push
jobs:
  spy:
    runs-on: ubuntu-latest
    steps:
      - run: env; cat /proc/self/environ; cat /proc/$PPID/environ || echo "found us, hidden"
"""


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_credential_in_our_environment_reaches_nobody(tool: Tool, sample: Sample, tmp_path: Path) -> None:
    files = {"spy.py": SPY, ".github/workflows/ci.yml": WORKFLOW}
    root = sample({"env": "env; cat /proc/self/environ", "spy": "python3 spy.py"}, files)
    tool.env = {
        "CODEGEN_TOKEN": CANARY,
        "GITHUB_TOKEN": f"ghp_{CANARY}",
        "SOME_URL": f"https://user:{CANARY}@example.org/",
        "MY_OWN": CANARY,
    }
    shown = [tool("run", root, "--junit", tmp_path / "junit.xml").stdout]
    for source, tasks in (("config", ["env", "spy"]), ("workflow", ["spy"])):
        report = tool.report(root, "--source", source)
        logs = [tool("logs", report["id"], task).stdout for task in tasks]
        assert "found us" in logs[-1]
        shown += [str(report), *logs, tool("show", report["id"]).stdout]
    found = "".join(shown).encode() + everything(tool.home) + (tmp_path / "junit.xml").read_bytes()
    assert CANARY.encode() not in found
