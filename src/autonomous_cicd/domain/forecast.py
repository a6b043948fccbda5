"""Forecast: how likely a task is to fail, from the runs before.

A small model that can say why. The log-odds of a failure are a sum of few parts: how often the task fails,
what it did last, what failed after the files that changed were touched, whether what changed is what broke
it, whether it fails again and again for the same cause. Weights begin at what is usual, a little doubted,
and are learned as runs come, for all tasks of a project together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import PurePosixPath

from autonomous_cicd.domain.odds import Interval, log_odds, probability, share, wilson
from autonomous_cicd.values import dataclass

__all__ = ["Ended", "Forecast", "Model", "Past"]

USUAL = 0.1
"""Share of the results of a task that nothing is known of which are failures."""
BEGINNING = 2.0
"""Imagined results with which the rate of a task begins."""
FADING = 0.98
"""What is left of the weight of a result after each further one."""
TRANSITIONS = 6.0
"""Imagined results with which the rate after a failure, or after a pass, begins at the task's."""
PLACES = 4.0
"""Imagined results with which the rate of a folder or a file begins at the one above it."""
BROADEST = 100
"""Files beyond which a change says nothing of any of them."""
TOLD = 0.2
"""Log-odds from which on a part is told as a reason."""

PARTS = ("rate", "last", "files", "mends", "repeats")
FIRST_WEIGHTS = (1.0, 0.8, 0.5, -0.4, 0.25)
FIRMNESS = (30.0, 8.0, 4.0, 4.0, 4.0)
"""Results that it takes to move each weight."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a task in a run."""

    failed: bool
    causes: frozenset[str] = frozenset()
    """Fingerprints of why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A run of the past."""

    tasks: Mapping[str, Ended]
    touched: frozenset[str] = frozenset()
    """Files that differ from the run before, as far as it is known."""
    same: bool = False
    """Whether it is known to have run what the run before did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How likely a task is to fail."""

    task: str
    probability: float
    interval: Interval
    """Where the probability lies itself, nine times of ten, by how many results like these there were."""
    reasons: tuple[str, ...] = ()
    """In words, the weightiest first."""
    rate: float = USUAL
    """Share of its results so far that were failures: what to beat."""
    parts: tuple[float, ...] = ()
    """What goes into it, in log-odds, as `PARTS` names them."""


@dataclass(slots=True)
class _Count:
    """Results, and how many of them were failures."""

    of: float = 0.0
    failed: float = 0.0

    def add(self, failed: bool, fading: float = 1.0) -> None:
        self.of = self.of * fading + 1
        self.failed = self.failed * fading + failed

    def rate(self, prior: float, weight: float) -> float:
        return share(self.failed, self.of, prior=prior, weight=weight)


@dataclass(slots=True)
class _Known:
    """What is known of a task."""

    ever: _Count = field(default_factory=_Count)
    lately: _Count = field(default_factory=_Count)
    after: dict[tuple[bool, bool], _Count] = field(default_factory=dict)
    """By whether it failed before, and whether nothing had changed."""
    places: dict[tuple[bool, str], _Count] = field(default_factory=dict)
    """By whether it failed before, and a file or folder that was touched since."""
    failed: bool = False
    """What it did last."""
    streak: int = 0
    """How often in a row."""
    causes: frozenset[str] = frozenset()
    again: bool = False
    """Whether its last two results failed for the same cause."""
    broke: frozenset[str] = frozenset()
    """Files that were touched when it began to fail."""
    touched: frozenset[str] = frozenset()
    """Files that were touched since its last result."""
    same: bool = True
    """Whether nothing changed since its last result."""


class Model:
    """Learns from one run after the other, and says of each task how likely it is to fail in the next."""

    def __init__(self) -> None:
        """Begin with nothing but usual weights."""
        self._tasks: dict[str, _Known] = {}
        self._weights = list(FIRST_WEIGHTS)
        self._firmness = list(FIRMNESS)

    @property
    def tasks(self) -> Sequence[str]:
        """The tasks that have a result, in the order in which they came."""
        return list(self._tasks)

    def forecast(self, task: str, touched: frozenset[str], *, same: bool = False) -> Forecast:
        """Return how likely a task is to fail when these files differ from the last run."""
        known = self._tasks.get(task) or _Known(same=False)
        touched, same = known.touched | touched, known.same and same
        rate = known.lately.rate(USUAL, BEGINNING)
        likely, cases = _transition(known, rate, same=same)
        place, places = _place(known, touched, likely)
        parts = (
            log_odds(rate),
            log_odds(likely) - log_odds(rate),
            places,
            float(known.failed and bool(touched & known.broke)),
            float(known.failed and known.again),
        )
        weighed = [part * weight for part, weight in zip(parts, self._weights, strict=True)]
        found = probability(sum(weighed))
        return Forecast(
            task=task,
            probability=found,
            interval=wilson(found, cases),
            reasons=tuple(_reasons(known, weighed, touched, place, same=same)),
            rate=known.ever.rate(USUAL, BEGINNING),
            parts=parts,
        )

    def learn(self, past: Past) -> None:
        """Learn from a run that ended."""
        for task, outcome in past.tasks.items():
            if task in self._tasks:
                self._weigh(self.forecast(task, past.touched, same=past.same), outcome)
        for task, known in self._tasks.items():
            known.touched |= past.touched
            known.same = known.same and past.same
            if task in past.tasks:
                _remember(known, past.tasks[task])
        for task in past.tasks.keys() - self._tasks.keys():
            self._tasks[task] = _Known(same=False, touched=past.touched)
            _remember(self._tasks[task], past.tasks[task])

    def _weigh(self, said: Forecast, outcome: Ended) -> None:
        """Move the weights towards what would have been right: one step of Newton's method for each."""
        wrong = said.probability - outcome.failed
        certainty = max(said.probability * (1 - said.probability), 0.01)
        for number, part in enumerate(said.parts):
            self._firmness[number] += certainty * part * part
            self._weights[number] -= wrong * part / self._firmness[number]


def _transition(known: _Known, rate: float, *, same: bool) -> tuple[float, float]:
    """Return how often a task failed after what it did last, and how many cases say so."""
    if not known.streak:
        return rate, BEGINNING
    changed, unchanged = (known.after.get((known.failed, one), _Count()) for one in (False, True))
    both = _Count(changed.of + unchanged.of, changed.failed + unchanged.failed)
    likely = both.rate(rate, TRANSITIONS)
    mine = unchanged if same else changed
    return mine.rate(likely, TRANSITIONS), both.of + BEGINNING


def _place(known: _Known, touched: frozenset[str], likely: float) -> tuple[str, float]:
    """Return the riskiest file or folder of those that were touched, and its log-odds besides the usual."""
    if not touched or len(touched) > BROADEST:
        return "", 0.0
    found: list[tuple[float, str]] = []
    for file in touched:
        rate, told = likely, ""
        for place in reversed(list(_places(file))):
            count = known.places.get((known.failed, place))
            if count:
                rate, told = count.rate(rate, PLACES), place
        found.append((log_odds(rate) - log_odds(likely), told))
    worth, place = max(found)
    return place, worth


def _places(file: str) -> Iterator[str]:
    """Yield a file and the two folders that it is in."""
    yield file
    yield from (f"{folder}/" for folder in list(PurePosixPath(file).parents)[:-1][:2])


def _remember(known: _Known, outcome: Ended) -> None:
    if known.streak:
        known.after.setdefault((known.failed, known.same), _Count()).add(outcome.failed, FADING)
        if len(known.touched) <= BROADEST:
            for place in {place for file in known.touched for place in _places(file)}:
                known.places.setdefault((known.failed, place), _Count()).add(outcome.failed)
    known.ever.add(outcome.failed)
    known.lately.add(outcome.failed, FADING)
    if outcome.failed and not (known.streak and known.failed):
        known.broke = known.touched
    known.again = outcome.failed and known.failed and bool(outcome.causes & known.causes)
    known.streak = known.streak + 1 if outcome.failed == known.failed else 1
    known.failed, known.causes = outcome.failed, outcome.causes
    known.touched, known.same = frozenset(), True


def _reasons(
    known: _Known, weighed: Sequence[float], touched: frozenset[str], place: str, *, same: bool
) -> Iterator[str]:
    """Yield why, the weightiest first."""
    if not known.streak:
        yield "it never ran before"
        return
    count = known.places.get((known.failed, place), _Count())
    after = f"after a change there it failed {round(count.failed)} of {_times(round(count.of))}"
    mended = next(iter(sorted(touched & known.broke)), "")
    unchanged = ", and nothing changed since" if same else ""
    said = {
        "rate": f"it failed in {round(known.ever.failed)} of {_times(round(known.ever.of), 'run')}",
        "last": f"it {'failed' if known.failed else 'passed'} {_in_a_row(known.streak)}{unchanged}",
        "files": f"{place} changed: {after}" if place and weighed[2] > 0 and count.failed else "",
        "mends": f"{mended} changed, with which it began to fail",
        "repeats": "it failed again for the same cause",
    }
    strengths = {name: abs(value) for name, value in zip(PARTS, weighed, strict=True)}
    strengths["rate"] = TOLD  # it is always there; what is special comes first
    for name in sorted(PARTS, key=lambda one: -strengths[one]):
        if said[name] and strengths[name] >= TOLD:
            yield said[name]


def _times(count: int, noun: str = "time") -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _in_a_row(count: int) -> str:
    return "last time" if count == 1 else f"{count} times in a row"
