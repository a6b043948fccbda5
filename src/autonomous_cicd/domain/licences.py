"""Whether a dependency's licence is one that a project may have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

__all__ = ["judge_licence"]

NOISE = re.compile(r"\b(?:the|licen[sc]e|software|approved|osi)\b|::|[^a-z0-9.+*?-]+")


def judge_licence(licence: str, allowed: Sequence[str], denied: Sequence[str]) -> str:
    """Return why a licence is objectionable; "" when it is not.

    Patterns such as `GPL-*` match whole names; of `A OR B` one has to be right, of `A AND B` both.
    """
    if not licence.strip():
        return "its licence is unknown" if allowed else ""
    objections = [_judge_all(choice, allowed, denied) for choice in re.split(r"\s+OR\s+", licence)]
    return "" if "" in objections else objections[0]


def _judge_all(licence: str, allowed: Sequence[str], denied: Sequence[str]) -> str:
    for part in re.split(r"\s+AND\s+", licence.strip("() ")):
        name = part.strip("() ")
        if any(_same(name, pattern) for pattern in denied):
            return f"{name} is denied"
        if allowed and not any(_same(name, pattern) for pattern in allowed):
            return f"{name} is not allowed"
    return ""


def _same(name: str, pattern: str) -> bool:
    return fnmatchcase(_plain(name), _plain(pattern))


def _plain(name: str) -> str:
    return NOISE.sub(" ", name.casefold()).strip().replace(" ", "-")
