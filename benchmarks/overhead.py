"""What it costs to run a thousand tasks that do nothing, output captured and one durable record each.

The C loop, which keeps neither output nor records, is the base. All that a contender starts counts,
interpreter start-up included.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.contest import PROGRAM, Contender, environment, middle, table, take_turns

__all__ = ["main", "own_run"]

HERE = Path(__file__).resolve().parent
BASE = "C, posix_spawn loop"
JOBS = 2


def main(quick: bool) -> None:
    """Compare, and look for growth."""
    count, rounds = (100, 2) if quick else (1000, 7)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{count} tasks that do nothing, {JOBS} at once, {rounds} rounds, ratio to the C loop\n")
        print(table(take_turns(contenders(count, folder), rounds), base=BASE, what="cpu"), flush=True)
        growth(count, folder, 1 if quick else 3)


def contenders(count: int, folder: Path) -> Iterator[Contender]:
    """Yield who takes part."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler:
        subprocess.run([compiler, "-O2", "-o", folder / "spawn", HERE / "spawn.c"], check=True)
        yield Contender(name=BASE, argv=(str(folder / "spawn"), str(count)))
    yield own_run(count, folder)
    yield Contender(
        name="its runner and store alone",
        argv=(sys.executable, str(HERE / "own_parts.py"), str(count), str(folder)),
    )
    for name, title in (("asyncio", "plain asyncio graph"), ("threads", "threads + SQLite rows")):
        yield Contender(
            name=title, argv=(sys.executable, str(HERE / "rivals.py"), name, str(count), str(folder))
        )
    yield from _classics(count, folder)


def own_run(count: int, folder: Path) -> Contender:
    """Return the whole program on a pipeline of so many tasks, as a user starts it."""
    project, state = folder / f"project-{count}", folder / f"state-{count}"
    project.mkdir(exist_ok=True)
    lines = ["autonomous_cicd:", "  pipeline:", "    tasks:"]
    lines += [f"      - {{name: task-{number}, command: ['true']}}" for number in range(count)]
    (project / ".autonomous-cicd.yml").write_text("\n".join(lines) + "\n")
    return Contender(
        name="autonomous-cicd run" if count <= 1000 else f"autonomous-cicd run, {count} tasks",
        argv=(PROGRAM, "run", str(project), "--no-cache", "--jobs", str(JOBS)),
        env=environment(AUTONOMOUS_CICD_STATE_DIR=state),
        prepare=lambda: shutil.rmtree(state, ignore_errors=True),
    )


def growth(count: int, folder: Path, rounds: int) -> None:
    """Compare the cost of a task among many with that of one among ten times as many."""
    few, many = own_run(count, folder), own_run(10 * count, folder)
    costs = take_turns((few, many), rounds)
    if len(costs) < 2:
        return
    small, large = middle(costs[few.name]), middle(costs[many.name])
    print(f"\nprocessor time of a task among {count}: {small.cpu / count * 1e6:.0f} us")
    print(f"of one among {10 * count}: {large.cpu / count * 1e5:.0f} us")
    further = (large.cpu - small.cpu) / (9 * count)
    print(f"of each that was added: {further * 1e6:.0f} us, ratio {further / (small.cpu / count):.2f}")


def _classics(count: int, folder: Path) -> Iterator[Contender]:
    """Yield the usual build tools, which keep no records."""
    if make := shutil.which("make"):
        names = " ".join(f"task-{number}" for number in range(count))
        (folder / "Makefile").write_text(f".PHONY: all {names}\nall: {names}\n{names}:\n\t@true\n")
        yield Contender(name="make", argv=(make, "-s", f"-j{JOBS}", "-f", str(folder / "Makefile")))
    if ninja := shutil.which("ninja"):
        lines = ["rule run", "  command = true"]
        lines += [f"build task-{number}: run" for number in range(count)]
        (folder / "build.ninja").write_text("\n".join(lines) + "\n")
        yield Contender(name="ninja", argv=(ninja, f"-j{JOBS}"), cwd=folder)
