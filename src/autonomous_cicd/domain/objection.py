"""Objection: why a change is not to be made, or not without a person."""

from __future__ import annotations

from autonomous_cicd.values import dataclass

__all__ = ["Objection"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """One thing that a patch must not do, or that somebody has to agree to."""

    what: str
    """In plain words, as the rest of a sentence about the file."""
    file: str = ""
    line: int = 0
    """Of the new text, from 1; 0 when it is no line."""
    consent: bool = False
    """Whether a person may allow it; else nobody can."""

    def __str__(self) -> str:
        """Return it as one line: `setup.cfg:12: lowers fail_under`."""
        place = (
            f"{self.file}:{self.line}: " if self.file and self.line else f"{self.file}: " if self.file else ""
        )
        return f"{place}{self.what}"
