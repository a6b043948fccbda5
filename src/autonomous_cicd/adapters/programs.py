"""Which program a name would start, and of what version, without starting it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

__all__ = ["fingerprints"]


def fingerprints(names: Iterable[str], path: str) -> Mapping[str, str]:
    """Return for each program that exists on that search path something that changes with its version."""
    found = {}
    for name in names:
        if mark := _fingerprint(name, path):
            found[name] = mark
    return found


def _fingerprint(name: str, path: str) -> str:
    places = [name] if "/" in name else [os.path.join(folder, name) for folder in path.split(os.pathsep)]  # noqa: PTH118 - a hundred look-ups must cost nothing
    for place in places:
        try:
            status = os.stat(place)  # noqa: PTH116
        except OSError:
            continue
        return f"{place} {status.st_size} {status.st_mtime_ns} {Path(place).resolve()}"
    return ""
