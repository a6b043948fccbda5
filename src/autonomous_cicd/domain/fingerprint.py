"""Fingerprint: the same for the same cause, whatever its numbers, paths, hashes and times."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from autonomous_cicd.domain.diagnosis import Category

__all__ = ["fingerprint", "template", "together"]

_VARIABLE = re.compile(
    r"(?P<url>\b[a-z][a-z0-9+.-]*://[^\s'\"<>)\]]+)"
    r"|(?P<path>(?<![\w.@])(?:~|\.{1,2}|[A-Za-z]:)?(?:[/\\][\w.@+~%=-]+)+[/\\]?)"
    r"|(?P<id>\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b0x[0-9a-fA-F]+\b"
    r"|\b(?=[0-9a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{7,64}\b)"
    r"|(?P<time>\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?Z?)?|\b\d\d:\d\d:\d\d(?:[.,]\d+)?)"
    r"|(?P<number>\d+(?:\.\d+)*)"
)


def template(line: str) -> str:
    """Return a line with the parts that vary from run to run replaced by what they are."""
    return " ".join(_VARIABLE.sub(_named, line).split())


def fingerprint(category: Category, message: str) -> str:
    """Return the fingerprint of a cause that a line states."""
    return _hashed(category, [message])


def together(known: str, lines: Sequence[str]) -> str:
    """Return the fingerprint of a cause that several lines state together; "" without any line."""
    return _hashed(known, lines) if lines else ""


def _hashed(first: str, lines: Sequence[str]) -> str:
    text = "\n".join([first, *sorted(template(line).lower() for line in lines)])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _named(match: re.Match[str]) -> str:
    if match.lastgroup == "path":
        return _file_name(match[0])
    return f"<{match.lastgroup}>"


def _file_name(path: str) -> str:
    """Return of a path what is the same on every machine: the name of the file, without its numbers."""
    name = re.split(r"[/\\]", path.rstrip("/\\"))[-1]
    return f"<path>/{re.sub(r'[0-9]+', '<number>', name)}" if "." in name else "<path>"
