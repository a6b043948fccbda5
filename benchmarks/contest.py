"""Lets programs take turns, measures each from the outside, and compares them round by round.

A machine is never quite quiet, and what disturbs one round disturbs all of it: so the ratio to the base is
taken within each round, and the median of these ratios is what counts.
"""

from __future__ import annotations

import compileall
import os
import platform
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

__all__ = [
    "PROGRAM",
    "Contender",
    "Cost",
    "compile_bytecode",
    "environment",
    "machine",
    "measure",
    "middle",
    "ratio",
    "table",
    "take_turns",
]

PROGRAM = str(Path(sys.executable).with_name("autonomous-cicd"))
SOURCES = Path(__file__).resolve().parents[1] / "src"


@dataclass(frozen=True, slots=True)
class Cost:
    """What it took to run a program."""

    cpu: float
    """Processor seconds of itself and of all that it started and waited for."""
    wall: float
    code: int = 0
    """Its exit code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A program that takes part."""

    name: str
    argv: Sequence[str]
    cwd: Path | None = None
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    prepare: Callable[[], None] = lambda: None
    """Called before each turn, and not measured."""
    accepted: frozenset[int] = frozenset({0})
    """Exit codes after which a turn counts."""


def environment(**variables: str | Path) -> dict[str, str]:
    """Return our environment with some more variables."""
    return {**os.environ, **{name: str(value) for name, value in variables.items()}}


def measure(contender: Contender) -> Cost:
    """Run a program to its end. Raises RuntimeError, with what it said, when it goes wrong."""
    with tempfile.TemporaryFile() as said:
        started = time.monotonic()
        process = subprocess.Popen(
            contender.argv,
            cwd=contender.cwd,
            env=contender.env,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in contender.accepted:
            said.seek(0)
            text = said.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{contender.name} ended with {process.returncode}:\n{text}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, process.returncode)


def take_turns(contenders: Iterable[Contender], rounds: int) -> dict[str, list[Cost]]:
    """Let each run once in each round; one that goes wrong is named and left out."""
    left = list(contenders)
    costs: dict[str, list[Cost]] = {contender.name: [] for contender in left}
    for _ in range(rounds):
        for contender in tuple(left):
            try:
                contender.prepare()
                costs[contender.name].append(measure(contender))
            except (OSError, RuntimeError) as error:
                print(f"not measured: {error}\n", flush=True)
                left.remove(contender)
                del costs[contender.name]
    return costs


def middle(costs: Sequence[Cost]) -> Cost:
    """Return the medians."""
    return Cost(median(cost.cpu for cost in costs), median(cost.wall for cost in costs))


def ratio(costs: Sequence[Cost], base: Sequence[Cost], what: str) -> float:
    """Return the median of the ratios to the base, each of one round; `what` is `cpu` or `wall`."""
    ratios = [getattr(one, what) / getattr(other, what) for one, other in zip(costs, base, strict=True)]
    return float(median(ratios))


def table(costs: Mapping[str, Sequence[Cost]], *, base: str, what: str = "wall") -> str:
    """Return medians and ratios as a Markdown table."""
    heads = {"cpu": "processor", "wall": "elapsed"}
    lines = [f"| | processor s | elapsed s | {heads[what]}, ratio |", "| --- | ---: | ---: | ---: |"]
    for name, own in costs.items():
        cost = middle(own)
        compared = f"{ratio(own, costs[base], what):.2f}" if base in costs else "?"
        lines.append(f"| {name} | {cost.cpu:.3f} | {cost.wall:.3f} | {compared} |")
    return "\n".join(lines)


def compile_bytecode() -> None:
    """Compile our sources and what they need, so that nobody pays for that in the first round."""
    for folder in (SOURCES, Path(sysconfig.get_path("purelib"))):
        compileall.compile_dir(folder, quiet=2, workers=0)


def machine() -> str:
    """Return a description of this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    system = f"{platform.system()} {platform.release()}"
    now = time.strftime("%Y-%m-%d %H:%M")
    return (
        f"{os.cpu_count()} x {_processor()}, {memory:.0f} GB, {system}, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}, {now}"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
