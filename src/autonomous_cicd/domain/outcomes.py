"""What became of each test, read from a JUnit report."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as Xml

__all__ = ["outcomes", "same_outcomes"]

WORDS = {"failure": "failed", "error": "failed", "skipped": "skipped"}


def outcomes(report: str) -> dict[str, str]:
    """Return `passed`, `failed` or `skipped` for each test; nothing when the report cannot be read.

    A test that is reported twice under one name has the worse outcome.
    """
    try:
        root = Xml.fromstring(report)  # noqa: S314 - of bounded size, and expat refuses to expand bombs
    except (Xml.ParseError, ValueError):
        return {}
    found: dict[str, str] = {}
    for case in root.iter("testcase"):
        name = f"{case.get('classname', '')}::{case.get('name', '')}"
        outcome = next((WORDS[child.tag] for child in case if child.tag in WORDS), "passed")
        if found.get(name) != "failed":
            found[name] = outcome
    return found


def same_outcomes(before: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Return whether every test that both know became the same, and hardly any is missing now.

    Tests may have come and gone between the two: a tenth of them may be missing, not more.
    """
    common = before.keys() & now.keys()
    return len(common) >= 0.9 * len(before) > 0 and all(before[name] == now[name] for name in common)
