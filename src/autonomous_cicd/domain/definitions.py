"""Definitions: the name that a line of code defines, in the languages that projects are mostly written in."""

from __future__ import annotations

import re

__all__ = ["declares", "offers"]

_LEAD = (
    r"[ \t]*(?:(?:export|default|public|private|protected|static|async|final|abstract|pub(?:\(\w+\))?)\s+)*"
)
_KINDS = r"def|class|function\*?|fn|func|interface|struct|enum|trait"
_CALLED = r"\s+(?:\([^)]*\)\s*)?(\w+)"
_DECLARES = re.compile(rf"{_LEAD}(?:{_KINDS}|impl|module|const|let|var){_CALLED}")
_OFFERS = re.compile(
    rf"{_LEAD}(?:{_KINDS}){_CALLED}"
    r"|(?:export\s+)?(?:const|let|var)\s+(\w+)\s*=\s*(?:async\s*)?(?:\([^)]*\)|\w+)\s*=>"
    r"|(?:module\.)?exports\.(\w+)\s*=\s*(?:async\s+)?function"
)


def declares(line: str) -> str:
    """Return the function, type, module or variable that a line declares with a word for it; else ""."""
    found = _DECLARES.match(line)
    return found[1] if found else ""


def offers(line: str) -> str:
    """Return the function or type that a line defines, however it is written; "" when it defines none."""
    found = _OFFERS.match(line)
    return next(filter(None, found.groups())) if found else ""
