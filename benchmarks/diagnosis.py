"""How well logs are diagnosed, beside looking for the first or the last line with "error"."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from autonomous_cicd.domain.diagnosis import Category, Failure, Quote, Severity
from autonomous_cicd.domain.redaction import Redactor
from autonomous_cicd.plugins import parser
from autonomous_cicd.rules.book import Book
from autonomous_cicd.rules.load import marks, rules
from autonomous_cicd.services.diagnose import Diagnoser
from benchmarks.log_scores import Labelled, Scores, labelled, score

__all__ = ["diagnoser", "main", "own_logs", "sets"]

ROOT = Path(__file__).parents[1]
VARIABLE = "AUTONOMOUS_CICD_LOGS"
"""Names further folders with labelled logs, separated as in a PATH."""
_TROUBLE = re.compile(r"error|fail", re.IGNORECASE)


def sets() -> Iterator[Path]:
    """Yield the folders of labelled logs that are there."""
    named = [Path(one) for one in os.environ.get(VARIABLE, "").split(os.pathsep) if one]
    own = [ROOT / "tests" / "logs" / name for name in ("grown", "aside")]
    wanted = [ROOT.parent / "shared" / "logs", *own, *named]
    yield from (one for one in wanted if (one / "labels.jsonl").is_file())


def diagnoser() -> Diagnoser:
    """Return what diagnoses with everything that comes with the program."""
    shelf = parser.all()
    book = Book([*marks(), *rules()], [cue for one in shelf for cue in one.cues])
    return Diagnoser(book, shelf, Redactor().redact)


def main(quick: bool, only: str = "") -> None:
    """Print a table for each set, or for the one of that name."""
    there = list(sets())
    found = [one for one in there if one.name == only] if only else there[:1] if quick else there
    if not found:
        names = ", ".join(one.name for one in there) or "none"
        print(f"not measured: no labelled logs{f' named {only}' if only else ''}; there are {names}")
        print(f"({VARIABLE} names further folders)")
        return
    own = diagnoser()
    print(
        "| set | | category | exactly | macro-F1 | line first | in first 3 | false alarms "
        "| calibration error | shown |"
    )
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for folder in found:
        logs = labelled(folder)
        usual = Counter(log.category for log in logs if log.category != "none").most_common(1)[0][0]
        _row(folder, "diagnose", score(logs, lambda raw: own.diagnose([raw]).failures))
        for name, last in (("grep, first line", False), ("grep, last line", True)):
            _row(folder, name, score(logs, partial(_grep, category=usual, last=last)))


def _row(folder: Path, name: str, scores: Scores) -> None:
    failing, passing = max(1, scores.failing), scores.passing
    shown = sum(scores.shown) / max(1, len(scores.shown))
    print(
        f"| {folder.name} ({failing} + {passing}) | {name} | {scores.lenient / failing:.1%} "
        f"| {scores.strict / failing:.1%} | {scores.macro_f1:.2f} "
        f"| {scores.first / failing:.1%} | {scores.third / failing:.1%} | {scores.alarms} of {passing} "
        f"| {scores.calibration_error:.3f} | {shown:.1%} |"
    )


def _grep(raw: bytes, *, category: str, last: bool) -> Sequence[Failure]:
    lines = raw.decode("utf-8", "replace").split("\n")
    found = [(number, line) for number, line in enumerate(lines, 1) if _TROUBLE.search(line)]
    chosen = found[::-1][:3] if last else found[:3]
    return [_failure(category, number, line) for number, line in chosen]


def _failure(category: str, number: int, line: str) -> Failure:
    return Failure(
        category=Category(category),
        severity=Severity.MEDIUM,
        confidence=1.0,
        message=line,
        line=number,
        evidence=(Quote(number, line),),
        fingerprint="",
        cause="",
        explanation="",
    )


def own_logs(*, passing: bool) -> list[Labelled]:
    """Return the labelled logs that passed, or that failed."""
    return [log for folder in sets() for log in labelled(folder) if (log.category == "none") is passing]
