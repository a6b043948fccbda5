"""How well logs are diagnosed: labelled sets of logs, and the score of what is said of them."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autonomous_cicd.domain.diagnosis import Failure

__all__ = ["Labelled", "Scores", "labelled", "score"]

_NOISE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\r|\x1b[@-Z\\-_]")
_TIME = re.compile(r"^\ufeff?(?:[^\t\n]{1,80}\t[^\t\n]{1,80}\t)?\ufeff?\d{4}-\d\d-\d\dT[\d:.]+Z ?")
LINES = 3
"""Lines of proof of a cause that count, beside the one it names."""


@dataclass(frozen=True)
class Labelled:
    """A log, and what a careful reader says of it."""

    path: Path
    category: str
    """`none`: the run passed."""
    accepted: frozenset[str]
    keys: tuple[str, ...]
    """Parts of the lines that state the cause; one of them is enough."""


@dataclass
class Scores:
    """Counts over a set of logs."""

    failing: int = 0
    passing: int = 0
    strict: int = 0
    lenient: int = 0
    first: int = 0
    """The root-cause line is shown by the first cause."""
    third: int = 0
    """It is shown by one of the first three."""
    alarms: int = 0
    by_category: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    predicted: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    said: list[tuple[float, bool]] = field(default_factory=list)
    """Confidence of each first cause, and whether its category was accepted."""
    shown: list[float] = field(default_factory=list)
    """Share of the lines of each log that are shown."""

    @property
    def macro_f1(self) -> float:
        """Mean over the categories of the harmonic mean of precision and recall; accepted ones count."""
        values = []
        for category, found in self.by_category.items():
            recall = sum(found) / len(found)
            told = self.predicted.get(category, [])
            precision = sum(told) / len(told) if told else 0.0
            values.append(2 * precision * recall / (precision + recall) if precision + recall else 0.0)
        return sum(values) / max(1, len(values))

    @property
    def calibration_error(self) -> float:
        """Mean distance between what is said and what is right, over ten bins of confidence."""
        bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
        for confidence, right in self.said:
            bins[min(int(confidence * 10), 9)].append((confidence, right))
        gaps = (abs(sum(c for c, _ in one) - sum(r for _, r in one)) for one in bins.values())
        return sum(gaps) / max(1, len(self.said))


def labelled(folder: Path) -> tuple[Labelled, ...]:
    """Return the logs of a folder with `labels.jsonl` and `files/`."""
    return tuple(_labelled(folder))


def _labelled(folder: Path) -> Iterator[Labelled]:
    for line in (folder / "labels.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        accepted = frozenset([label["category"], *(label.get("alt") or [])])
        yield Labelled(
            folder / "files" / label["file"], label["category"], accepted, tuple(label["key_lines"])
        )


def score(logs: Sequence[Labelled], diagnose: Callable[[bytes], Sequence[Failure]]) -> Scores:
    """Return how well the logs are diagnosed."""
    scores = Scores()
    for log in logs:
        raw = log.path.read_bytes()
        failures = diagnose(raw)
        if log.category == "none":
            scores.passing += 1
            scores.alarms += bool(failures)
        else:
            _count(scores, log, failures, raw.decode("utf-8", "replace").split("\n"))
    return scores


def _count(scores: Scores, log: Labelled, failures: Sequence[Failure], lines: Sequence[str]) -> None:
    scores.failing += 1
    told = failures[0].category.value if failures else "nothing"
    right = told in log.accepted
    hits = [_hit(log.keys, failure, lines) for failure in failures[:3]]
    scores.strict += told == log.category
    scores.lenient += right
    scores.first += bool(hits and hits[0])
    scores.third += any(hits)
    scores.by_category[log.category].append(right)
    scores.predicted[log.category if right else told].append(right)
    if failures:
        scores.said.append((failures[0].confidence, right))
        shown = sum(len(failure.evidence) for failure in failures[:3])
        scores.shown.append(min(1.0, shown / max(1, len(lines))))


def _hit(keys: Sequence[str], failure: Failure, lines: Sequence[str]) -> bool:
    texts = [failure.message, *(quote.text for quote in failure.evidence[:LINES])]
    if 0 < failure.line <= len(lines):
        texts.append(lines[failure.line - 1])
    shown = [_plain(text).lower() for text in texts]
    wanted = [_plain(key).lower() for key in keys]
    return any(key in text or (len(text) >= 12 and text in key) for key in wanted for text in shown)


def _plain(text: str) -> str:
    return " ".join(_TIME.sub("", _NOISE.sub("", text)).split())[:600]
