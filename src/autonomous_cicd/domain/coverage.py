"""The share of lines that tests reach, read from what coverage tools write."""

from __future__ import annotations

import json
import re

__all__ = ["percent_in_file", "percent_in_log"]

COBERTURA = re.compile(r"<coverage\b[^>]{0,2000}?\bline-rate=\"([0-9.]+)\"")
CLOVER = re.compile(r"<metrics\b[^>]{0,2000}?\bstatements=\"(\d+)\"[^>]{0,500}?\bcoveredstatements=\"(\d+)\"")
LOG_LINES = (
    re.compile(r"^TOTAL\s.*?(\d+(?:\.\d+)?)%\s*$", re.MULTILINE),  # coverage.py
    re.compile(
        r"^(?:# )?all files\s*\|\s*(\d+(?:\.\d+)?)\s*\|", re.MULTILINE | re.IGNORECASE
    ),  # istanbul, node:test
    re.compile(r"^(?:total:\s+\(statements\)|coverage:)\s+(\d+(?:\.\d+)?)%", re.MULTILINE),  # go
)


def percent_in_file(name: str, text: str) -> float | None:
    """Return the percent of lines covered that a report file gives; None when it gives none."""
    if name.endswith(".json"):
        return _json(text)
    if name.endswith(".info"):
        return _lcov(text)
    if match := COBERTURA.search(text):
        return _percent(float(match[1]), 1.0) if _is_number(match[1]) else None
    if match := CLOVER.search(text):
        return _percent(int(match[2]), int(match[1]))
    return None


def percent_in_log(text: str) -> float | None:
    """Return the percent that the last coverage table in a log gives; None when there is none."""
    for pattern in LOG_LINES:
        if found := pattern.findall(text):
            return float(found[-1])
    return None


def _json(text: str) -> float | None:
    """Read `coverage json`, and the summary of istanbul."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    for path in (("totals", "percent_covered"), ("total", "lines", "pct")):
        inner = value
        for key in path:
            inner = inner.get(key) if isinstance(inner, dict) else None
        if isinstance(inner, int | float) and not isinstance(inner, bool):
            return round(float(inner), 2)
    return None


def _lcov(text: str) -> float | None:
    found = [int(number) for number in re.findall(r"^LF:(\d{1,9})\r?$", text, re.MULTILINE)]
    hit = [int(number) for number in re.findall(r"^LH:(\d{1,9})\r?$", text, re.MULTILINE)]
    return _percent(sum(hit), sum(found))


def _percent(part: float, whole: float) -> float | None:
    return round(100 * part / whole, 2) if whole else None


def _is_number(text: str) -> bool:
    return text.count(".") <= 1 and text != "."
