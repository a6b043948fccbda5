"""How well a graph is ordered: tasks that only sleep, beside a simulated list schedule of the same graph.

The schedule starts whenever there is room the task with the longest path behind it, and costs nothing. The
program knows how long a task takes only from runs before, so its first run is listed apart.
"""

from __future__ import annotations

import heapq
import random
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.contest import PROGRAM, Contender, Cost, environment, take_turns

__all__ = ["Sleeper", "main", "random_graph", "simulated"]


@dataclass(frozen=True, slots=True)
class Sleeper:
    """A task that sleeps."""

    name: str
    seconds: float
    needs: tuple[str, ...]


def main(quick: bool) -> None:
    """Print the ratios of every graph."""
    count, seeds, rounds = (16, (1,), 1) if quick else (120, (1, 2, 3, 4), 1)
    ratios: dict[str, list[float]] = {}
    for jobs in (4,) if quick else (4, 8):
        for seed in seeds:
            graph = random_graph(seed, count)
            ideal = simulated(graph, jobs)
            with tempfile.TemporaryDirectory() as folder:
                costs = take_turns(_contenders(graph, jobs, Path(folder)), rounds)
            for name, own in costs.items():
                ratios.setdefault(name, []).append(_wall(own) / ideal)
            shown = ", ".join(f"{name} {_wall(own) / ideal:.3f}" for name, own in costs.items())
            print(f"- graph {seed}, --jobs {jobs}, schedule {ideal:.2f} s: {shown}", flush=True)
    print(f"\n{count} tasks that sleep 0.05 to 0.5 s, elapsed, ratio to the simulated schedule\n")
    print("| | median | worst |\n| --- | ---: | ---: |")
    for name, found in ratios.items():
        print(f"| {name} | {median(found):.3f} | {max(found):.3f} |")


def random_graph(seed: int, count: int) -> tuple[Sleeper, ...]:
    """Return a graph in which most tasks need one to three of those before."""
    chance = random.Random(seed)
    tasks: list[Sleeper] = []
    for number in range(count):
        most = min(number, chance.choice((0, 1, 1, 2, 3)))
        needs = chance.sample([task.name for task in tasks[-30:]], min(most, len(tasks[-30:])))
        tasks.append(Sleeper(f"task-{number}", round(chance.uniform(0.05, 0.5), 3), tuple(sorted(needs))))
    chance.shuffle(tasks)
    return tuple(tasks)


def simulated(graph: Sequence[Sleeper], jobs: int) -> float:
    """Return how long a list schedule of a graph takes, longest path first."""
    tasks = {task.name: task for task in graph}
    length = _lengths(tasks)
    missing = {task.name: len(task.needs) for task in graph}
    ready = [(-length[name], name) for name, count in missing.items() if not count]
    heapq.heapify(ready)
    running: list[tuple[float, str]] = []
    now = 0.0
    while ready or running:
        while ready and len(running) < jobs:
            name = heapq.heappop(ready)[1]
            heapq.heappush(running, (now + tasks[name].seconds, name))
        now, ended = heapq.heappop(running)
        for task in graph:
            if ended in task.needs:
                missing[task.name] -= 1
                if not missing[task.name]:
                    heapq.heappush(ready, (-length[task.name], task.name))
    return now


def _lengths(tasks: Mapping[str, Sleeper]) -> dict[str, float]:
    """Return for each task the seconds from its start to the end of the longest path behind it."""
    followers: dict[str, list[str]] = {name: [] for name in tasks}
    for task in tasks.values():
        for need in task.needs:
            followers[need].append(task.name)
    length: dict[str, float] = {}

    def measured(name: str) -> float:
        if name not in length:
            length[name] = tasks[name].seconds + max(map(measured, followers[name]), default=0.0)
        return length[name]

    for name in tasks:
        measured(name)
    return length


def _wall(costs: Sequence[Cost]) -> float:
    return median(cost.wall for cost in costs)


def _contenders(graph: Sequence[Sleeper], jobs: int, folder: Path) -> Iterator[Contender]:
    project, state = folder / "project", folder / "state"
    project.mkdir()
    (project / ".autonomous-cicd.yml").write_text(_configuration(graph))
    argv = (PROGRAM, "run", str(project), "--jobs", str(jobs))
    env = environment(AUTONOMOUS_CICD_STATE_DIR=state)
    yield Contender(name="autonomous-cicd, first run", argv=argv, env=env, prepare=partial(_forget, state))
    yield Contender(name="autonomous-cicd, durations known", argv=argv, env=env)
    if ninja := shutil.which("ninja"):
        (folder / "build.ninja").write_text(_ninja(graph))
        yield Contender(name="ninja", argv=(ninja, f"-j{jobs}"), cwd=folder)
    if make := shutil.which("make"):
        (folder / "Makefile").write_text(_make(graph))
        yield Contender(name="make", argv=(make, "-s", f"-j{jobs}"), cwd=folder)


def _forget(state: Path) -> None:
    shutil.rmtree(state, ignore_errors=True)


def _configuration(graph: Sequence[Sleeper]) -> str:
    lines = ["autonomous_cicd:", "  pipeline:", "    tasks:"]
    for task in graph:
        needs = ", ".join(task.needs)
        lines.append(f"      - {{name: {task.name}, command: [sleep, '{task.seconds}'], needs: [{needs}]}}")
    return "\n".join(lines) + "\n"


def _ninja(graph: Sequence[Sleeper]) -> str:
    lines = ["rule run", "  command = sleep $seconds"]
    for task in graph:
        lines += [f"build {task.name}: run {' '.join(task.needs)}", f"  seconds = {task.seconds}"]
    return "\n".join(lines) + "\n"


def _make(graph: Sequence[Sleeper]) -> str:
    names = " ".join(task.name for task in graph)
    lines = [f".PHONY: all {names}", f"all: {names}"]
    for task in graph:
        lines += [f"{task.name}: {' '.join(task.needs)}", f"\t@sleep {task.seconds}"]
    return "\n".join(lines) + "\n"
