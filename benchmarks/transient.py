"""How runs end in which every fifth task fails for a passing reason: as they would without, or not."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import tempfile
from collections import Counter
from pathlib import Path

from autonomous_cicd.adapters.clock import SystemClock
from autonomous_cicd.app import App, Request
from autonomous_cicd.healer import run_and_heal
from autonomous_cicd.services.heal import Heard
from autonomous_cicd.services.healing_report import status_of
from autonomous_cicd.services.silence import Silence

__all__ = ["main"]

FAULTS = (
    "curl: (22) The requested URL returned error: 503",
    "curl: (56) Recv failure: Connection reset by peer",
    "curl: (6) Could not resolve host: files.example.org",
    "npm error code ECONNRESET",
    "ReadTimeoutError: HTTPSConnectionPool(host='files.example.org', port=443): Read timed out.",
    "fatal: unable to access 'https://git.example.org/a.git/': The requested URL returned error: 502",
    "429 Too Many Requests",
    "ERROR: failed to do request: dial tcp: i/o timeout",
)
SHARE = 0.2
SCRIPT = """#!/bin/sh
n=$(cat "$DICE/count" 2>/dev/null || echo 0)
echo $((n + 1)) > "$DICE/count"
fault=$(sed -n "$((n + 1))p" "$DICE/faults")
if [ -n "$fault" ]; then echo "$fault" >&2; exit 1; fi
echo "1 passed"
"""
PIPELINE = """autonomous_cicd:
  pipeline:
    tasks:
      fetch: sh fetch.sh
"""


class _Hurried(SystemClock):
    """A clock on which pauses take no time: what is measured is how runs end, not how long they wait."""

    async def sleep(self, seconds: float) -> None:
        """Let others go on."""
        await asyncio.sleep(min(seconds, 0.02))


def main(quick: bool) -> None:
    """Print how many of the runs ended as without faults."""
    runs = 100 if quick else 1_000
    dice = random.Random(1)
    ended: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="transient-") as scratch:
        project = Path(scratch, "project")
        project.mkdir()
        (project / "fetch.sh").write_text(SCRIPT, encoding="utf-8")
        (project / ".autonomous-cicd.yml").write_text(PIPELINE, encoding="utf-8")
        for number in range(runs):
            ended[_ended(project, Path(scratch, f"dice-{number}"), Path(scratch, "state"), dice)] += 1
    good = ended["passed"] + ended["healed"]
    print(f"{runs} runs, {SHARE:.0%} of the executions fail for a passing reason of {len(FAULTS)} kinds\n")
    print("| ended | runs |")
    print("| --- | ---: |")
    for word, count in ended.most_common():
        print(f"| {word} | {count} |")
    print(f"\nas without faults: {good / runs:.1%} (goal: 99.5 %)")


def _ended(project: Path, place: Path, state: Path, dice: random.Random) -> str:
    """Run and heal once; return how it ended."""
    place.mkdir()
    faults = [dice.choice(FAULTS) if dice.random() < SHARE else "" for _ in range(20)]
    (place / "faults").write_text("\n".join(faults) + "\n", encoding="utf-8")
    environment = {**os.environ, "DICE": str(place), "AUTONOMOUS_CICD_STATE_DIR": str(state)}
    overrides = {"pipeline.environment": ["DICE"], "pipeline.cache": False}
    app = App.open(project, environment=environment, overrides=overrides)
    app.clock = _Hurried()
    with contextlib.closing(app):
        work = run_and_heal(app, Request(path=project), Silence(), Heard(), apply=False, stop=asyncio.Event())
        return status_of(*asyncio.run(work))
