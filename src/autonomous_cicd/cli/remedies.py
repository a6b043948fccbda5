"""`autonomous-cicd remedies`: lists the remedies, how often each helped, and what it has earned."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence

from autonomous_cicd.cases import Remedy
from autonomous_cicd.cli.records import opened
from autonomous_cicd.cli.table import table
from autonomous_cicd.domain.track import TrackRecord, stage_of
from autonomous_cicd.plugins import remedy

__all__ = ["HELP", "NAME", "configure", "execute"]

NAME = "remedies"
HELP = "list the remedies, and how often each helped"
HEADER = ("remedy", "strategy", "risk", "category", "tries", "helped", "seconds", "stage")
NUMBERS = frozenset({"tries", "helped", "seconds"})


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add("path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: this one)")
    add("--json", action="store_true", help="print JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Print the remedies with their records."""
    with opened(arguments.path, arguments.environment) as store:
        records = store.casebook.records()
    rows = [row for one in sorted(remedy.all(), key=lambda one: one.name) for row in _rows(one, records)]
    if arguments.json:
        print(json.dumps([dict(zip(HEADER, row, strict=True)) for row in rows], indent=2))
    else:
        print("\n".join(table([HEADER, *(tuple(map(str, row)) for row in rows)], NUMBERS)))
    return 0


def _rows(one: Remedy, records: Sequence[TrackRecord]) -> Iterator[tuple[str | int | float, ...]]:
    own = [record for record in records if record.remedy == one.name]
    for record in own:
        rest = (record.tries, record.successes, round(record.seconds, 1), stage_of(record))
        yield one.name, one.strategy.value, one.risk.value, record.category.value, *rest
    if not own:
        yield one.name, one.strategy.value, one.risk.value, "", 0, 0, 0.0, "label"
