"""A guess at the line that says why a run failed, when nothing that is known stands in its log."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["likeliest"]

SAYING = 1.0
"""Score from which on a line says something."""
_LOUD = re.compile(
    r"(?:^|[\s\]:])(?:error|fatal|panic|exception|fail(?:ed|ure)?)\b|\w(?:Error|Exception)\b"
    "|[\u274c\u2717\u2716\u2718\u00d7\u2a2f\u25cf]",  # crosses and dots of test runners
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"(?i)\b(?:cannot|can't|could not|couldn't|unable|invalid|missing|not found|no such|must|should|expected"
    r"|denied|refused|unexpected|unknown|undefined|required|exceed(?:s|ed)?|mismatch|does not|doesn't|illegal"
    r"|too (?:many|large|long|few)|forbidden|unsupported|rejected|broken|timed out"
    r"|not (?:allowed|supported|ready|exist))\b"
)
_EMPTY = re.compile(
    r"(?i)exit(?:ed)?(?: with)?(?: non-zero)? (?:code|status)|process completed|^\W*$|job failed"
    r"|build (?:step|failed)|finished:|complete log|see (?:the )?above|\[pipeline\]|^\s*at |^script returned"
    r"|^##\[(?:group|endgroup|warning)"
)


def likeliest(lines: Sequence[tuple[int, str]]) -> tuple[int, ...]:
    """Return the numbers of up to four lines that may say why, the likeliest first.

    `lines` are numbered and end where the run did. What is loud and says something counts most; of lines
    that are as good, what came first leads.
    """
    telling = [(number, line) for number, line in lines if line.strip() and not _EMPTY.search(line)]
    scored = [(_score(line) + at / (4 * len(telling)), number) for at, (number, line) in enumerate(telling)]
    best = max((score for score, _ in scored), default=0.0)
    near = 0.3 if best >= SAYING else 0.0  # where no line says anything, the last one is the best
    first = next((number for score, number in scored if score >= best - near), 0)
    others = [number for _, number in sorted(scored, reverse=True) if number != first]
    return tuple([first, *others][:4]) if first else ()


def _score(line: str) -> float:
    return 2.0 * bool(_LOUD.search(line)) + 1.5 * bool(_WORDS.search(line)) + 0.2 * (len(line) > 20)
