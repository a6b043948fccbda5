"""Brief, Reply: what is asked of an agent, with text that nobody vouches for fenced off."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from autonomous_cicd.values import dataclass

__all__ = ["LONGEST", "Brief", "Reply", "fenced"]

LONGEST = 32_000
"""Characters of a question, evidence included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What an agent is asked."""

    purpose: str
    """In a word or two: `diagnosis`."""
    text: str
    """The whole question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an agent answered: text that nobody vouches for."""

    text: str
    seconds: float = 0.0
    cost: float | None = None
    """In US dollars, when it says so."""


def fenced(lines: Sequence[str]) -> str:
    """Return lines between two marks that none of them can contain, so that none can pretend to end them."""
    text = "\n".join(lines)
    mark = f"DATA-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}"
    return f"<{mark}>\n{text}\n</{mark}>"
