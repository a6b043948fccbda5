"""Diagnoses texts in tests, with all rules and parsers, as the command does."""

from __future__ import annotations

from functools import lru_cache

from autonomous_cicd.domain.redaction import Redactor
from autonomous_cicd.plugins import parser
from autonomous_cicd.rules.book import Book
from autonomous_cicd.rules.load import marks, rules
from autonomous_cicd.services.diagnose import Diagnoser, Diagnosis

__all__ = ["book", "diagnose", "diagnoser"]


@lru_cache(maxsize=1)
def book() -> Book:
    """Return all rules and marks that come with the program."""
    return Book([*marks(), *rules()], [cue for one in parser.all() for cue in one.cues])


@lru_cache(maxsize=1)
def diagnoser() -> Diagnoser:
    """Return the diagnoser with everything that comes with the program."""
    return Diagnoser(book(), parser.all(), Redactor().redact)


def diagnose(text: str | bytes, *, failed: bool = False) -> Diagnosis:
    """Return what a log says."""
    raw = text.encode() if isinstance(text, str) else text
    return diagnoser().diagnose([raw], failed=failed)
