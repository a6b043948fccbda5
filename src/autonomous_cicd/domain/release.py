"""Release: one published version of a package."""

from __future__ import annotations

from autonomous_cicd.values import dataclass

__all__ = ["Release"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One published version of a package."""

    version: str
    published: float = 0.0
    """Seconds since the epoch; 0 when it is not known."""
    requires_python: str = ""
    yanked: bool = False
