"""`autonomous-cicd diagnose`: says why a log is red."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from autonomous_cicd.domain.rule import MarkRule, Rule
from autonomous_cicd.plugins import parser as parsers
from autonomous_cicd.rules.book import Book
from autonomous_cicd.rules.load import marks, rules
from autonomous_cicd.services.diagnose import Diagnoser

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("logs", nargs="*", default=["-"], metavar="LOG", help="a file")
    parser.add_argument("--json", nargs="?", const="-", metavar="FILE", help="write JSON there")


def execute(arguments: argparse.Namespace) -> int:
    """Diagnose."""
    shelf = parsers.all()
    both: list[Rule | MarkRule] = [*marks(), *rules()]
    book = Book(both, [cue for one in shelf for cue in one.cues])
    diagnoser = Diagnoser(book, shelf, lambda text: text)
    found = []
    for name in arguments.logs:
        with Path(name).open("rb") as file:
            result = diagnoser.diagnose(iter(lambda: file.read(1 << 20), b""))
        failures = [
            {
                "category": one.category,
                "severity": one.severity,
                "confidence": one.confidence,
                "message": one.message,
                "line": one.line,
                "evidence": [quote.text for quote in one.evidence],
                "fingerprint": one.fingerprint,
                "file": one.place.file,
                "suggested_healing": list(one.remedies),
                "explanation": one.explanation,
                "rule": one.rule,
            }
            for one in result.failures
        ]
        found += failures
        print(json.dumps({"file": name, "outcome": result.outcome, "failures": failures}))
    return 1 if found else 0
