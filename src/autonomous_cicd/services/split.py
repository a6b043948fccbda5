"""Splits a test suite over workers where that was measured to pay, and its results stay the same.

A suite that took long enough is watched: its next run is serial still and records what became of each test,
the one after it is split as a trial. Only if that passes, every test became the same, and it was clearly
faster, the suite is split from then on. Whatever a split run reports that is not a pass is asked of a serial
run again, whose word counts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field, replace
from enum import Enum, auto

from autonomous_cicd.domain.pipeline import Command, Stage, Task
from autonomous_cicd.values import dataclass

__all__ = ["Record", "Way", "choose_way", "divided", "from_bytes", "observed", "splittable", "to_bytes"]

WORTH = 20.0
"""Seconds that a suite must take, serial, before a split is tried."""
PAYS = 0.9
"""Share of the serial time that a split run may take at most."""
STARTS = (("pytest",), ("python", "-m", "pytest"))


class Way(Enum):
    """How a suite is run this time."""

    SERIAL = auto()
    TRIAL = auto()
    SPLIT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is known of a suite."""

    seconds: float = 0.0
    """Of its last serial run."""
    outcomes: Mapping[str, str] = field(default_factory=dict)
    ratio: float = 0.0
    """Time of the trial relative to the serial run; 0: there was none."""
    refused: bool = False
    """Whether its results were different when it was split."""


def splittable(task: Task) -> bool:
    """Return whether a task is a pytest suite that does not split itself."""
    return (
        task.stage is Stage.TEST
        and bool(task.environment and task.commands)
        and task.cores <= 1
        and any(task.commands[-1].argv[: len(start)] == start for start in STARTS)
        and not any(word.startswith(("-n", "--dist", "--numprocesses")) for word in task.commands[-1].argv)
    )


def choose_way(record: Record, workers: int) -> Way:
    """Return how the suite is run next."""
    if workers < 2 or record.refused or record.seconds < WORTH or not record.outcomes:
        return Way.SERIAL
    if not record.ratio:
        return Way.TRIAL
    return Way.SPLIT if record.ratio <= PAYS else Way.SERIAL


def observed(task: Task, report: str) -> Task:
    """Return the suite with a report of what became of each test."""
    *before, tests = task.commands
    return replace(task, commands=(*before, _with(tests, f"--junit-xml={report}")))


def divided(task: Task, report: str, workers: int, programs: Mapping[str, str]) -> Task:
    """Return the suite split over workers, with a report of what became of each test."""
    *before, tests = task.commands
    installer = ("uv", "pip", "install") if "uv" in programs else ("python", "-m", "pip", "install")
    install = Command(argv=(*installer, "-q", "pytest-xdist"), cwd=tests.cwd)
    split = _with(tests, f"--numprocesses={workers}", f"--junit-xml={report}")
    return replace(task, commands=(*before, install, split), cores=float(workers))


def to_bytes(record: Record) -> bytes:
    """Return a record as it is kept."""
    return json.dumps([record.seconds, dict(record.outcomes), record.ratio, record.refused]).encode()


def from_bytes(kept: bytes) -> Record:
    """Return a record as it was kept; an empty one when it cannot be read."""
    try:
        seconds, outcomes, ratio, refused = json.loads(kept)
        return Record(
            seconds=float(seconds), outcomes=dict(outcomes), ratio=float(ratio), refused=bool(refused)
        )
    except (ValueError, TypeError):
        return Record()


def _with(tests: Command, *words: str) -> Command:
    return replace(tests, argv=(*tests.argv, *words))
