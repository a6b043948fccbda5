"""Diagnoses texts in tests, with all rules and parsers, as the command does."""

from __future__ import annotations

from functools import cache, lru_cache

from autonomous_cicd.domain.redaction import Redactor
from autonomous_cicd.domain.rule import MarkRule, Rule
from autonomous_cicd.plugins import parser
from autonomous_cicd.rules.book import Book
from autonomous_cicd.rules.kept import our_rules
from autonomous_cicd.rules.load import OURS, marks, text_rules
from autonomous_cicd.services.diagnose import Diagnoser, Diagnosis

__all__ = ["TABLES", "book", "diagnose", "diagnoser", "table"]

TABLES = sorted(path.name for path in OURS.glob("*.toml"))
"""The files with the rules and marks that come with the program."""


@cache
def table(name: str) -> tuple[Rule | MarkRule, ...]:
    """Return the rules or marks of one file, with their examples."""
    return marks() if name == "marks.toml" else text_rules((OURS / name).read_text("utf-8"), name)


@lru_cache(maxsize=1)
def book() -> Book:
    """Return all rules and marks that come with the program."""
    found, signs = our_rules()
    return Book([*signs, *found], [cue for one in parser.all() for cue in one.cues])


@lru_cache(maxsize=1)
def diagnoser() -> Diagnoser:
    """Return the diagnoser with everything that comes with the program."""
    return Diagnoser(book(), parser.all(), Redactor().redact)


def diagnose(text: str | bytes, *, failed: bool = False) -> Diagnosis:
    """Return what a log says."""
    raw = text.encode() if isinstance(text, str) else text
    return diagnoser().diagnose([raw], failed=failed)
