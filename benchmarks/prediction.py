"""Whether forecasts are worth anything: on histories of which it is known what can be foreseen in them."""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from statistics import mean

from autonomous_cicd.domain.backtest import Replay, replay
from autonomous_cicd.domain.forecast import Ended, Past

__all__ = ["HISTORIES", "History", "main"]

History = Callable[[random.Random, int], list[Past]]

SEEDS = range(1_000, 1_060)
"""Others than those with which the model was made."""
FOLDERS = ("src/shop", "src/pay", "web", "docs", "tools")
FILES = tuple(f"{folder}/file_{number}.py" for folder in FOLDERS for number in range(8))


def main(quick: bool) -> None:
    """Print a table for each length of history."""
    seeds = 5 if quick else 60
    for length in (60,) if quick else (30, 60, 120, 300):
        print(f"histories of {length} runs, {seeds} seeds each; told: the share in which it was not silent\n")
        print("| history | foreseeable | told | Brier | base rate's | AUC | base rate's |")
        print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
        for name, (history, foreseeable) in HISTORIES.items():
            replays = [replay(history(random.Random(seed), length)) for seed in SEEDS[:seeds]]
            print(f"| {name} | {'yes' if foreseeable else 'no'} | {_row(replays)} |", flush=True)
        print()


def _row(replays: Sequence[Replay]) -> str:
    tests = [one.whole for one in replays]
    own = [area for one in tests if (area := _area([(f.probability, how) for f, how in one.forecasts])) >= 0]
    base = [area for one in tests if (area := _area([(f.rate, how) for f, how in one.forecasts])) >= 0]
    told = mean(bool(one.told) for one in replays)
    briers = f"{mean(one.brier for one in tests):.4f} | {mean(one.base_brier for one in tests):.4f}"
    areas = f"{mean(own):.2f} | {mean(base):.2f}" if own else "- | -"
    return f"{told:.0%} | {briers} | {areas}"


def _area(told: Sequence[tuple[float, bool]]) -> float:
    """Return how often a failure was told to be likelier than a pass (AUC); -1 without both of them."""
    red = [said for said, how in told if how]
    green = sorted(said for said, how in told if not how)
    if not red or not green:
        return -1.0
    wins = sum(bisect_left(green, said) + bisect_right(green, said) for said in red) / 2
    return wins / (len(red) * len(green))


def _touched(dice: random.Random) -> frozenset[str]:
    """Return what a commit touches: a few files, mostly of one folder."""
    folder = dice.choice(FOLDERS)
    near = [file for file in FILES if file.startswith(f"{folder}/")]
    return frozenset(dice.choice(near if dice.random() < 0.8 else FILES) for _ in range(dice.randint(1, 4)))


def _independent(rates: Sequence[float]) -> History:
    """Return histories of tasks that fail by chance alone."""

    def make(dice: random.Random, length: int) -> list[Past]:
        return [
            Past(
                tasks={f"task {n}": _ended(dice, dice.random() < rate) for n, rate in enumerate(rates)},
                touched=_touched(dice),
            )
            for _ in range(length)
        ]

    return make


def _by_files(*, stays: float, noise: float) -> History:
    """Return histories in which a change of some files breaks a task, until it is mended there."""

    def make(dice: random.Random, length: int) -> list[Past]:
        risky = {"test": set(dice.sample(FILES, 4)), "lint": set(dice.sample(FILES, 6)), "docs": set[str]()}
        broken: dict[str, str] = {}
        pasts = []
        for _ in range(length):
            touched = _touched(dice) | {file for file in broken.values() if dice.random() < 0.6}
            tasks = {}
            for task, files in risky.items():
                if task in broken:
                    if (broken[task] in touched and dice.random() < 0.8) or dice.random() > stays:
                        del broken[task]
                elif (breaking := sorted(files & touched)) and dice.random() < 0.5:
                    broken[task] = breaking[0]
                tasks[task] = _ended(dice, task in broken or dice.random() < noise, broken.get(task, ""))
            pasts.append(Past(tasks=tasks, touched=touched))
        return pasts

    return make


def _spells(dice: random.Random, length: int) -> list[Past]:
    """Return a history in which a task breaks out of the blue and stays broken for a while."""
    pasts, broken = [], False
    for _ in range(length):
        broken = dice.random() < (0.75 if broken else 0.06)
        tasks = {"test": _ended(dice, broken, "same"), "lint": _ended(dice, dice.random() < 0.02)}
        pasts.append(Past(tasks=tasks, touched=_touched(dice)))
    return pasts


def _stable(dice: random.Random, length: int) -> list[Past]:
    """Return a history in which next to nothing ever fails."""
    red = {dice.randrange(length): f"task {dice.randrange(4)}" for _ in range(length // 100)}
    return [
        Past(
            tasks={f"task {n}": _ended(dice, red.get(run) == f"task {n}") for n in range(4)},
            touched=_touched(dice),
        )
        for run in range(length)
    ]


def _ended(dice: random.Random, failed: bool, cause: str = "") -> Ended:
    return Ended(failed, frozenset({cause or str(dice.random())}) if failed else frozenset())


def _each() -> Iterator[tuple[str, History, bool]]:
    yield "files break it, at once mended", _by_files(stays=0.0, noise=0.02), True
    yield "files break it, mended there", _by_files(stays=0.95, noise=0.02), True
    yield "it breaks for a while", _spells, True
    yield "flaky: one of 15 %, three of 0 %", _independent((0.15, 0.0, 0.0, 0.0)), False
    yield "chance: 5, 20 and 50 %", _independent((0.05, 0.2, 0.5)), False
    yield "chance: five of 10 %", _independent((0.1,) * 5), False
    yield "stable: one failure in 100 runs", _stable, False


HISTORIES = {name: (history, foreseeable) for name, history, foreseeable in _each()}
"""Histories by name, and whether anything but its rate of failures can be foreseen in it."""
