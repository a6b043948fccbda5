"""Telling: whether a line says why something failed, or only that it did."""

from __future__ import annotations

import re

from autonomous_cicd.domain.diagnosis import Role
from autonomous_cicd.domain.rule import Rule
from autonomous_cicd.rules.book import Book

__all__ = ["tells_why"]

_ONLY_THAT = re.compile(
    r"(?i)(?:exit(?:ed|s)?|returned|status|process completed)(?: \w+){0,3}"
    r" (?:with |a )?(?:non-?zero )?(?:exit )?(?:code|status)"
    r"|^(?:##\[\w+\])?\W*(?:error|fail(?:ed|ure)?|fatal)\W*$"
)


def tells_why(line: str, book: Book) -> bool:
    """Return False for a mere effect, such as an exit code, and for what only tells the course of a run."""
    if not re.search(r"[^\W\d_]{2}", line):
        return False
    roles = {hit.rule.role if isinstance(hit.rule, Rule) else None for hit in book.hits(line)}
    if Role.CAUSE in roles or Role.EFFECT in roles:
        return Role.CAUSE in roles
    return (Role.HINT in roles or not roles) and not _ONLY_THAT.search(line)
